import {setTimeout as wait} from 'node:timers/promises';
import type {Clock} from '../ports/clock.ts';

/** Milliseconds; Node's timers cannot wait longer (timers, "setTimeout"). */
const longestTimer = 2 ** 31 - 1;

/** The `Clock` port over the machine's clocks. */
export const openClock = (): Clock => ({
	now: () => Date.now(),
	elapsed: () => performance.now(),
	random: () => Math.random(),
	sleep: async (duration, signal) => {
		signal.throwIfAborted();
		try {
			await wait(Math.min(Math.max(duration, 0), longestTimer), undefined, {signal});
		} catch (error) {
			signal.throwIfAborted();
			throw error;
		}
	},
});
