/** What JSON leaves as it is although a terminal may obey or hide it. */
const unsafe = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * JSON on one line, with everything escaped that a terminal would obey: the same value for a
 * program, harmless for a person.
 */
export const formatJson = (value: unknown): string =>
	JSON.stringify(value).replace(unsafe, (character) =>
		character
			.split('')
			.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
			.join(''),
	);
