/** `1 ref`, `3 refs`; thousands apart, `12,480 refs`. */
export const formatCount = (count: number, one: string, many = `${one}s`): string =>
	`${formatNumber(count)} ${count === 1 ? one : many}`;

/** `12,480`. By hand, as to load what Node knows of languages takes longer than a start may. */
export const formatNumber = (count: number): string =>
	String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');

/** More names than these are only counted. */
export const usualNames = 3;

/** `a`, `a and b`, `a, b and 3 more` for the first names of `total`. */
export const formatNames = (names: readonly string[], total: number, most = usualNames): string => {
	const shown = names.slice(0, total <= most ? most : most - 1);
	const rest = total - shown.length;
	const parts = rest > 0 ? [...shown, `${formatNumber(rest)} more`] : shown;
	return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
};
