import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import type {Clock} from '../../ports/clock.ts';
import {createConcurrencyLimit} from './concurrency-limit.ts';

/**
 * Stands before every request to one host, from the API and from git alike. When the host asks
 * to slow down, or goes out of reach, it closes for all of them together: a hundred workers that
 * each try again on their own are what keeps a limit exceeded. Then it lets fewer through at once,
 * and after many cut connections too, until the host answers again.
 */
export type HostGate = {
	readonly host: string;
	/**
	 * Waits while the gate is closed, or as many are through as the host bears. Gives a ticket, to be
	 * shown when the host refuses. Throws the last refusal once it has closed so often in a row,
	 * without one answer in between, that waiting is no use: then nobody asks it any more. `onHeld` is
	 * told each time that it has to wait.
	 */
	pass(signal: AbortSignal, onHeld?: () => void): Promise<Ticket>;
	/** What passed is over, however it ended. */
	leave(): void;
	/** `retryAfter` in milliseconds, where the host named a time. */
	close(ticket: Ticket, failure: Failure, retryAfter: number | undefined): void;
	/**
	 * The host is out of reach. Closes the gate where it has answered before, and gives whether it
	 * did: a host that never answered is no outage, but a wrong address or no network.
	 */
	lose(ticket: Ticket, failure: Failure): boolean;
	/** A connection was cut. */
	strain(): void;
	/** The host answered: the next closing begins with a short wait again. */
	relax(): void;
};

/** How often the gate had closed when a request passed it. */
export type Ticket = number;

export type GateListener = {
	onClose(host: string, failure: Failure, until: number): void;
	onOpen(host: string): void;
};

/** So many times in a row a host may ask to slow down before what is left is left for next time. */
const mostClosings = 30;

/**
 * No longer than this is waited in a row, in milliseconds: Bitbucket's window of an hour is over
 * twice by then, and a run that waits on would be in the way of the next one.
 */
const longestWaiting = 3 * 60 * 60_000;

/** So many times in a row a host is waited for that cannot be reached: about four minutes. */
export const mostOutages = 6;

/** So many connections cut without one answer in between are too many for chance. */
const mostCuts = 3;

/** Without a named time: 2 to 5 seconds at first, doubling up to five minutes. Milliseconds. */
const shortestWait = 2000;
const waitSpread = 3000;
const longestWait = 5 * 60_000;

/** A time named further off than Bitbucket's window of an hour is not believed. Milliseconds. */
const longestNamedWait = 65 * 60_000;

/**
 * `transfers`: as many go at once after an outage, until there are answers. Fewer would hold up
 * transfers, of which one may take hours; looks are many more, and would all ask at once.
 */
export const createHostGate = (
	host: string,
	clock: Clock,
	transfers: number,
	listener: GateListener,
): HostGate => {
	/** Of the clock that never jumps: a host's minute stays a minute when the time is set. */
	let closedUntil = 0;
	/** All closings, and those since the host last answered as it should. */
	let closings: Ticket = 0;
	let inRow = 0;
	/** Milliseconds waited since then. */
	let waited = 0;
	let lastRefusal: Failure | undefined;
	/** Connections that were cut since the host last answered. */
	let cuts = 0;
	let hasAnswered = false;
	const limit = createConcurrencyLimit();

	const waitWhileClosed = async (signal: AbortSignal, onHeld: () => void): Promise<void> => {
		for (let wait = closedUntil - clock.elapsed(); wait > 0; wait = closedUntil - clock.elapsed()) {
			onHeld();
			await clock.sleep(wait, signal);
		}

		if (lastRefusal !== undefined) {
			throw new FailureError(lastRefusal);
		}

		if (closedUntil !== 0) {
			closedUntil = 0;
			listener.onOpen(host);
		}
	};

	/** Did it close for this? */
	const close = (
		ticket: Ticket,
		failure: Failure,
		retryAfter: number | undefined,
		most: number,
	): boolean => {
		// Requests under way when the gate closed come back refused too: one refusal, not many.
		if (ticket !== closings) {
			return false;
		}

		const grown = (shortestWait + clock.random() * waitSpread) * 2 ** inRow;
		const wait =
			retryAfter === undefined
				? Math.min(grown, longestWait)
				: Math.min(retryAfter, longestNamedWait) + clock.random() * 1000;
		if (inRow >= most || waited + wait > longestWaiting) {
			lastRefusal = failure;
			return false;
		}

		closings += 1;
		inRow += 1;
		waited += wait;
		closedUntil = clock.elapsed() + wait;
		listener.onClose(host, failure, clock.now() + wait);
		return true;
	};

	return {
		host,
		pass: async (signal, onHeld = () => {}) => {
			// Most find it open, and room behind it.
			while (closedUntil !== 0 || lastRefusal !== undefined || !limit.enter()) {
				await waitWhileClosed(signal, onHeld);
				await limit.hasRoom(signal, onHeld);
			}

			return closings;
		},
		leave: limit.leave,
		close: (ticket, failure, retryAfter) => {
			if (close(ticket, failure, retryAfter, mostClosings)) {
				limit.narrow();
			}
		},
		lose: (ticket, failure) => {
			if (hasAnswered && close(ticket, failure, undefined, mostOutages)) {
				limit.beginWith(transfers);
			}

			return hasAnswered;
		},
		strain: () => {
			cuts += 1;
			if (cuts >= mostCuts) {
				cuts = 0;
				limit.narrow();
			}
		},
		relax: () => {
			inRow = 0;
			waited = 0;
			cuts = 0;
			hasAnswered = true;
			lastRefusal = undefined;
			limit.widen();
		},
	};
};
