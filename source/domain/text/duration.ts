const second = 1_000;

/** Milliseconds of each unit, by every way it is written. */
const units: readonly {readonly pattern: RegExp; readonly length: number}[] = [
	{pattern: /^(s|secs?|seconds?)$/i, length: second},
	{pattern: /^(m|mins?|minutes?)$/i, length: 60 * second},
	{pattern: /^(h|hrs?|hours?)$/i, length: 3_600 * second},
	{pattern: /^(d|days?)$/i, length: 86_400 * second},
	{pattern: /^(w|weeks?)$/i, length: 7 * 86_400 * second},
];

/** `2d`, `36 hours` or `1d 12h` in milliseconds; undefined for any other text. */
export const parseDuration = (text: string): number | undefined => {
	const parts = [...text.matchAll(/\s*(\d{1,9}(?:\.\d{1,9})?)\s*([a-z]+)\s*/gi)];
	if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text) {
		return undefined;
	}

	const lengths = parts.map(([, number, name = '']) => {
		const unit = units.find(({pattern}) => pattern.test(name));
		return unit === undefined ? Number.NaN : Number(number) * unit.length;
	});
	const total = lengths.reduce((sum, length) => sum + length, 0);
	return Number.isNaN(total) ? undefined : total;
};
