import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import type {Clock} from '../../ports/clock.ts';

/**
 * Every request to one host passes this gate, from the API and from git alike. When the host asks to
 * slow down or is out of reach, the gate closes for all requests together: a hundred workers that
 * retry each on their own keep a limit exceeded. Afterwards, and after many cut connections, it lets
 * fewer through at once until the host answers again.
 */
export type HostGate = {
	/**
	 * Waits while the gate is closed or full. Returns a ticket, to be shown if the host refuses. Throws
	 * the last refusal once the gate has closed so often in a row, without one answer, that waiting is
	 * no use. `onHeld` is called for each wait.
	 */
	pass(signal: AbortSignal, onHeld?: () => void): Promise<Ticket>;
	/** To be called when a request that passed has ended, in whatever way. */
	leave(): void;
	/** The host asked to slow down. */
	close(ticket: Ticket, failure: RateLimited): void;
	/**
	 * The host is out of reach. Closes the gate if the host has answered before, and returns whether it
	 * has: a host that never answered is not an outage, but a wrong address or no network.
	 */
	lose(ticket: Ticket, failure: Failure): boolean;
	/** A connection was cut. */
	strain(): void;
	/** The host answered: the next closing begins with a short wait again. */
	relax(): void;
};

/** Number of closings before a request passed the gate. */
export type Ticket = number;

type RateLimited = Extract<Failure, {readonly kind: 'rate-limited'}>;

type GateListener = {
	/** `until` in milliseconds since 1970. */
	onClose(failure: Failure, until: number): void;
	onOpen(): void;
};

/** Closings in a row because of a limit; after the last one the rest is left for the next run. */
const mostClosings = 30;

/**
 * Longest waiting in a row, in milliseconds: Bitbucket's window of an hour has passed twice by then,
 * and a run that goes on waiting would block the next one.
 */
const longestWaiting = 3 * 60 * 60_000;

/** Closings in a row because of an outage: about four minutes. */
export const mostOutages = 6;

/** Connections cut without one answer in between; this many are no chance. */
const mostCuts = 3;

/** Without a named time: 2 to 5 seconds at first, doubling up to five minutes. Milliseconds. */
const shortestWait = 2000;
const waitSpread = 3000;
const longestWait = 5 * 60_000;

/** A named time beyond Bitbucket's window of an hour is not believed. Milliseconds. */
const longestNamedWait = 65 * 60_000;

/**
 * `transfers`: the number of requests at once after an outage, until there are answers. Fewer would
 * delay transfers, which may take hours. More would let all the looks ask at once.
 * `maxWait`: milliseconds of waiting altogether, however often the host answers in between.
 */
export const createHostGate = (
	clock: Clock,
	transfers: number,
	listener: GateListener,
	maxWait = Number.POSITIVE_INFINITY,
): HostGate => {
	/** On the clock that never jumps: a minute stays a minute when the time is set. */
	let closedUntil = 0;
	/** All closings, and those since the last good answer. */
	let closings: Ticket = 0;
	let inRow = 0;
	/** Milliseconds waited since then, and altogether. */
	let waited = 0;
	let waitedInAll = 0;
	let lastRefusal: Failure | undefined;
	/** Connections cut since the last good answer. */
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
			listener.onOpen();
		}
	};

	/** Returns false if it did not close because of this refusal. */
	const close = (ticket: Ticket, failure: Failure, most: number): boolean => {
		// Requests that were under way when the gate closed are refused too. Count them once.
		if (ticket !== closings) {
			return false;
		}

		const grown = (shortestWait + clock.random() * waitSpread) * 2 ** inRow;
		const named = failure.kind === 'rate-limited' ? failure.retryAfter : undefined;
		const wait =
			named === undefined
				? Math.min(grown, longestWait)
				: Math.min(named, longestNamedWait) + clock.random() * 1000;
		if (inRow >= most || waited + wait > longestWaiting || waitedInAll + wait > maxWait) {
			lastRefusal = failure;
			return false;
		}

		closings += 1;
		inRow += 1;
		waited += wait;
		waitedInAll += wait;
		closedUntil = clock.elapsed() + wait;
		listener.onClose(failure, clock.now() + wait);
		return true;
	};

	return {
		pass: async (signal, onHeld = () => {}) => {
			// Usually the gate is open and there is room.
			while (closedUntil !== 0 || lastRefusal !== undefined || !limit.enter()) {
				await waitWhileClosed(signal, onHeld);
				await limit.hasRoom(signal, onHeld);
			}

			return closings;
		},
		leave: limit.leave,
		close: (ticket, failure) => {
			if (close(ticket, failure, mostClosings)) {
				limit.narrow();
			}
		},
		lose: (ticket, failure) => {
			if (hasAnswered && close(ticket, failure, mostOutages)) {
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

/**
 * The number of requests that a host bears at once is not known. So there is no limit until the host
 * is strained, which halves the number, or was away, which leaves a few. Each round of answers lets
 * one more through again.
 */
type ConcurrencyLimit = {
	/** Waits while it is full, and calls `onHeld` before. */
	hasRoom(signal: AbortSignal, onHeld: () => void): Promise<void>;
	/** Returns false if it is full again. */
	enter(): boolean;
	leave(): void;
	/** The host is strained. */
	narrow(): void;
	/** The host was away: sets the limit to at most this number. */
	beginWith(count: number): void;
	/** The host gave a good answer. */
	widen(): void;
};

const createConcurrencyLimit = (): ConcurrencyLimit => {
	let width = Number.POSITIVE_INFINITY;
	let inside = 0;
	const waiting = new Set<() => void>();

	const isFull = (): boolean => inside >= Math.floor(width);

	const wake = (): void => {
		for (const go of waiting) {
			go();
		}
	};

	return {
		hasRoom: async (signal, onHeld) => {
			while (isFull()) {
				onHeld();
				await nextChange(waiting, signal);
			}
		},
		enter: () => {
			if (isFull()) {
				return false;
			}

			inside += 1;
			return true;
		},
		leave: () => {
			inside -= 1;
			wake();
		},
		narrow: () => {
			width = Math.max(1, Math.min(width, inside) / 2);
		},
		beginWith: (count) => {
			width = Math.min(width, count);
		},
		widen: () => {
			width += 1 / width;
			wake();
		},
	};
};

const nextChange = async (waiting: Set<() => void>, signal: AbortSignal): Promise<void> => {
	signal.throwIfAborted();
	await new Promise<void>((resolve) => {
		const go = (): void => {
			waiting.delete(go);
			signal.removeEventListener('abort', go);
			resolve();
		};
		waiting.add(go);
		signal.addEventListener('abort', go);
	});
	signal.throwIfAborted();
};
