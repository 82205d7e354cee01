/** The middle one of the samples, or the mean of the middle two. */
export const median = (samples: readonly number[]): number => {
	const sorted = samples.toSorted((left, right) => left - right);
	const middle = Math.floor(sorted.length / 2);
	const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
	return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
};

/** Each sample over the one of the same round. */
export const ratios = (over: readonly number[], under: readonly number[]): readonly number[] =>
	over.map((sample, round) => sample / (under[round] ?? Number.NaN));
