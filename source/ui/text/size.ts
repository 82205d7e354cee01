const units = ['kB', 'MB', 'GB', 'TB'] as const;

/** `0 B`, `512 B`, `4.1 MB`, `330 MB`: three figures are as much as anybody reads. */
export const formatSize = (bytes: number): string => {
	let amount = bytes;
	let unit = 'B';
	for (const next of units) {
		// 999.5 would be rounded to a fourth figure.
		if (amount < 999.5) {
			break;
		}
		amount /= 1000;
		unit = next;
	}
	const isShort = unit !== 'B' && amount < 99.95;
	return `${isShort ? amount.toFixed(1) : Math.round(amount)} ${unit}`;
};
