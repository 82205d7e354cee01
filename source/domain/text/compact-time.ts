/** `20261123T195853Z`: sorts by time, and can be a part of any name. Milliseconds since 1970. */
export const formatCompactTime = (at: number): string =>
	new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '');

/** Such a time as RFC 3339; undefined for any other text. */
export const readCompactTime = (text: string): string | undefined =>
	/^\d{8}T\d{6}Z$/.test(text)
		? text.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z')
		: undefined;
