import {performance} from 'node:perf_hooks';

export type Unit = 'ms' | 'MiB' | 'MB' | 'times' | 'requests' | '%';

/** One sample a round. */
export type Measurement = {
	readonly name: string;
	readonly unit: Unit;
	readonly samples: readonly number[];
};

/** A figure with its limit; one without a limit is only reported. */
export type Goal = {
	readonly name: string;
	readonly unit: Unit;
	readonly value: number;
	/** The same figure of each round, where each round has one. */
	readonly rounds: readonly number[];
	readonly atLeast?: number;
	readonly atMost?: number;
};

export type Finding = {
	readonly title: string;
	readonly measurements: readonly Measurement[];
	readonly goals: readonly Goal[];
};

/** One of the programs that are compared. `act` is measured, `prepare` is not. */
export type Contender = {
	readonly name: string;
	/** `act` does one part of this many alike, and its time is multiplied. Default: 1. */
	readonly parts?: number;
	prepare?(round: number): Promise<void> | void;
	act(round: number): Promise<unknown>;
};

/**
 * Runs the contenders in turn, round after round, and begins each round with another one: the other
 * load of the machine, and the caches that each leaves behind, then fall on all alike.
 */
export const interleave = async <Key extends string>(
	contenders: Readonly<Record<Key, Contender>>,
	rounds: number,
): Promise<Readonly<Record<Key, Measurement>>> => {
	const entries = Object.entries<Contender>(contenders);
	const samples = new Map<string, number[]>(entries.map(([key]) => [key, []]));
	for (let round = 0; round < rounds; round += 1) {
		const first = round % entries.length;
		for (const [key, contender] of [...entries.slice(first), ...entries.slice(0, first)]) {
			await contender.prepare?.(round);
			const started = performance.now();
			await contender.act(round);
			samples.get(key)?.push((performance.now() - started) * (contender.parts ?? 1));
		}
	}
	const measured = entries.map(([key, {name}]): [string, Measurement] => [
		key,
		{name, unit: 'ms', samples: samples.get(key) ?? []},
	]);
	return Object.fromEntries(measured) as Record<Key, Measurement>;
};

/** The middle sample, or the mean of the middle two. */
export const median = (samples: readonly number[]): number => {
	const sorted = samples.toSorted((left, right) => left - right);
	const middle = Math.floor(sorted.length / 2);
	const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
	return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
};

const ratios = (over: Measurement, under: Measurement): readonly number[] =>
	over.samples.map((sample, round) => sample / (under.samples[round] ?? Number.NaN));

type Limit = Pick<Goal, 'atLeast' | 'atMost'>;

/** How many times as long the first takes as the second: of the medians, and of each round. */
export const compareMedians = (
	name: string,
	over: Measurement,
	under: Measurement,
	limit: Limit = {},
): Goal => ({
	name,
	unit: 'times',
	value: median(over.samples) / median(under.samples),
	rounds: ratios(over, under),
	...limit,
});

/** The same of the best round, for runs so long that other load of the machine shows. */
export const compareBest = (
	name: string,
	over: Measurement,
	under: Measurement,
	limit: Limit = {},
): Goal => {
	const rounds = ratios(over, under);
	return {name, unit: 'times', value: Math.min(...rounds), rounds, ...limit};
};

/** The median of a measurement against a limit. */
export const limitMedian = ({name, unit, samples}: Measurement, limit: Limit): Goal => ({
	name,
	unit,
	value: median(samples),
	rounds: samples,
	...limit,
});

/** The worst round of a measurement against a limit. */
export const limitMost = ({name, unit, samples}: Measurement, limit: Limit): Goal => ({
	name,
	unit,
	value: Math.max(...samples),
	rounds: samples,
	...limit,
});

export const isMet = ({value, atLeast, atMost}: Goal): boolean =>
	(atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost);
