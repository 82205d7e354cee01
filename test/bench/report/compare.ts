import type {Goal, Measurement} from './finding.ts';
import {median, ratios} from './statistics.ts';

/** How many times as long the first takes as the second: of the medians, and in each round. */
export const compareMedians = (
	what: string,
	over: Measurement,
	under: Measurement,
	limit: Pick<Goal, 'atLeast' | 'atMost'>,
): Goal => ({
	what,
	unit: 'times',
	value: median(over.samples) / median(under.samples),
	rounds: ratios(over.samples, under.samples),
	...limit,
});

/** The same of the round that went best, where both sides suffer from what else the machine does. */
export const compareBest = (
	what: string,
	over: Measurement,
	under: Measurement,
	limit: Pick<Goal, 'atMost'>,
): Goal => {
	const rounds = ratios(over.samples, under.samples);
	return {what, unit: 'times', value: Math.min(...rounds), rounds, ...limit};
};
