import {performance} from 'node:perf_hooks';
import type {Measurement} from './finding.ts';

/** One of those that are compared. `act` is what is measured, `prepare` comes before. */
export type Contender = {
	readonly what: string;
	prepare?(round: number): Promise<void> | void;
	act(round: number): Promise<void>;
};

/**
 * Runs all in turn, round after round, each round beginning with another one: what else the machine
 * does meanwhile, and what the one before left in its caches, falls on all alike. Milliseconds.
 */
export const interleave = async (
	contenders: readonly Contender[],
	rounds: number,
): Promise<readonly Measurement[]> => {
	const samples = contenders.map((): number[] => []);
	for (let round = 0; round < rounds; round += 1) {
		for (let turn = 0; turn < contenders.length; turn += 1) {
			const index = (round + turn) % contenders.length;
			const contender = contenders[index];
			await contender?.prepare?.(round);
			const started = performance.now();
			await contender?.act(round);
			samples[index]?.push(performance.now() - started);
		}
	}
	return contenders.map(({what}, index) => ({what, unit: 'ms', samples: samples[index] ?? []}));
};
