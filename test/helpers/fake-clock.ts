import type {Clock} from '../../source/ports/clock.ts';

export type FakeClock = Clock & {
	/** Moves the time on without a wait. Milliseconds. */
	advance(duration: number): void;
	/** Sets the time, ahead or back, without any going by. Milliseconds. */
	jump(distance: number): void;
	/** How long each wait was, in order. Milliseconds. */
	readonly waits: readonly number[];
};

/** A clock on which waiting takes no time, but moves the time on. */
export const createFakeClock = (start = Date.parse('2026-11-23T12:00:00Z')): FakeClock => {
	let time = start;
	let elapsed = 0;
	const pass = (duration: number): void => {
		time += duration;
		elapsed += duration;
	};
	const waits: number[] = [];
	return {
		waits,
		now: () => time,
		elapsed: () => elapsed,
		random: () => 0.5,
		advance: pass,
		jump: (distance) => {
			time += distance;
		},
		sleep: async (duration, signal) => {
			signal.throwIfAborted();
			waits.push(duration);
			pass(Math.max(0, duration));
			await Promise.resolve();
			signal.throwIfAborted();
		},
	};
};
