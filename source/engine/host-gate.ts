import type {Failure} from '../domain/failure.ts';
import type {Clock} from '../ports.ts';

/**
 * Stands before every request to one host, from the API and from git alike. When the host asks
 * to slow down, it closes for all of them together: a hundred workers that each try again on
 * their own are what keeps a limit exceeded.
 */
export type HostGate = {
	readonly host: string;
	/** Waits while the gate is closed. */
	pass(signal: AbortSignal): Promise<void>;
	/** `retryAfter` in milliseconds, where the host named a time. */
	close(failure: Failure, retryAfter: number | undefined): void;
	/** The host answered: the next closing begins with a short wait again. */
	relax(): void;
};

export type GateListener = {
	onClose(host: string, failure: Failure, until: number): void;
	onOpen(host: string): void;
};

/** Without a named time: 2 to 5 seconds at first, doubling up to five minutes. Milliseconds. */
const shortestWait = 2000;
const waitSpread = 3000;
const longestWait = 5 * 60_000;

/** A time named further off than Bitbucket's window of an hour is not believed. Milliseconds. */
const longestNamedWait = 65 * 60_000;

export const createHostGate = (host: string, clock: Clock, listener: GateListener): HostGate => {
	let closedUntil = 0;
	let closings = 0;

	return {
		host,
		pass: async (signal) => {
			for (let wait = closedUntil - clock.now(); wait > 0; wait = closedUntil - clock.now()) {
				await clock.sleep(wait, signal);
			}

			if (closedUntil !== 0) {
				closedUntil = 0;
				listener.onOpen(host);
			}
		},
		close: (failure, retryAfter) => {
			const now = clock.now();
			// Requests under way when the gate closed come back refused as well: one refusal, not many.
			if (closedUntil > now && retryAfter === undefined) {
				return;
			}

			const grown = (shortestWait + clock.random() * waitSpread) * 2 ** closings;
			const wait =
				retryAfter === undefined
					? Math.min(grown, longestWait)
					: Math.min(retryAfter, longestNamedWait) + clock.random() * 1000;
			closings += 1;
			if (now + wait > closedUntil) {
				closedUntil = now + wait;
				listener.onClose(host, failure, closedUntil);
			}
		},
		relax: () => {
			closings = 0;
		},
	};
};
