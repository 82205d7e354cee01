import type {Clock} from '../../source/ports.ts';

export type FakeClock = Clock & {
	/** Moves the time without anybody waiting. Milliseconds. */
	advance(duration: number): void;
	/** How long each wait was, in order. Milliseconds. */
	readonly waits: readonly number[];
};

/** A clock on which waiting takes no time, but moves the time on. */
export const createFakeClock = (start = Date.parse('2026-11-23T12:00:00Z')): FakeClock => {
	let time = start;
	const waits: number[] = [];
	return {
		waits,
		now: () => time,
		elapsed: () => time - start,
		random: () => 0.5,
		advance: (duration) => {
			time += duration;
		},
		sleep: async (duration, signal) => {
			signal.throwIfAborted();
			waits.push(duration);
			time += Math.max(0, duration);
			await Promise.resolve();
			signal.throwIfAborted();
		},
	};
};
