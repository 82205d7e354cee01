import {type Failure, FailureError, failureOf} from '../../domain/failure/failure.ts';
import {isCut, isOutage, isPassing, isSilence} from '../../domain/failure/failure-table.ts';
import type {Clock} from '../../ports/clock.ts';
import {type HostGate, mostOutages, type Ticket} from './host-gate.ts';

/** Attempts before a failure counts. */
export const mostAttempts = 4;

/** First wait between two attempts for one repository. It doubles each time. Milliseconds. */
const firstWait = 1000;

export type AttemptOptions = {
	readonly gate: HostGate;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	/** Called before a wait between two attempts; `until`: milliseconds since 1970. */
	readonly onWait?: (failure: Failure, until: number) => void;
	readonly onWaited?: () => void;
	/** Called before a wait at the gate, and after it. */
	readonly onHeld?: () => void;
	readonly onReleased?: () => void;
	readonly attempts?: number | undefined;
	/** The attempts before this one, after which others were let past. */
	readonly earlier?: EarlierAttempts | undefined;
	/**
	 * Are others waiting that this one must not hold up? Then a failure that may pass is thrown at
	 * once, and `unfinishedAttempts` knows it.
	 */
	readonly letsOthersPast?: () => boolean;
};

export type EarlierAttempts = {readonly failure: Failure; readonly attempts: number};

/** The last failure, with the number of attempts. */
class AttemptsError extends FailureError {
	readonly attempts: number;
	readonly isUnfinished: boolean;

	constructor(failure: Failure, attempts: number, isUnfinished: boolean) {
		super(failure);
		this.attempts = attempts;
		this.isUnfinished = isUnfinished;
	}
}

/** Number of attempts before an error. */
export const attemptsOf = (error: unknown): number =>
	error instanceof AttemptsError ? error.attempts : 1;

/** The attempts before an error, if further ones were put off to let others past. */
export const unfinishedAttempts = (error: unknown): EarlierAttempts | undefined =>
	error instanceof AttemptsError && error.isUnfinished ? error : undefined;

/**
 * The failure of one repository. An unexpected error is a bug of ours, and no reason to leave the
 * other repositories unsaved.
 */
export const asFailure = (error: unknown): Failure =>
	error instanceof FailureError
		? error.failure
		: {
				kind: 'defect',
				detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
			};

/**
 * Acts through the host's gate, again if the failure may pass. A limit or an outage closes the gate
 * for all requests and does not count as an attempt. Throws a `FailureError`: the last one of `act`,
 * or the gate's own if the host's limit is not lifted or its outage goes on.
 */
export const attempt = async <Result>(
	act: () => Promise<Result>,
	options: AttemptOptions,
): Promise<Result> => {
	const {gate, attempts = mostAttempts, earlier} = options;
	let outages = 0;
	let tries = 1;
	if (earlier !== undefined) {
		await waitBefore(earlier.attempts, earlier.failure, options);
		tries += earlier.attempts;
	}

	for (;;) {
		const tried = await tryOnce(act, options);
		if (tried.state === 'done') {
			gate.relax();
			return tried.result;
		}

		const {failure, ticket} = tried;
		if (isCut(failure)) {
			gate.strain();
		}

		if (failure.kind === 'rate-limited') {
			gate.close(ticket, failure);
		} else if (isOutage(failure) && outages <= mostOutages && gate.lose(ticket, failure)) {
			// Counted, because a host that only git cannot reach stays so while the API answers.
			outages += 1;
		} else if (mayBePutOff(failure, tries < attempts) && options.letsOthersPast?.() === true) {
			throw new AttemptsError(failure, tries, true);
		} else if (isPassing(failure) && tries < attempts) {
			await waitBefore(tries, failure, options);
			tries += 1;
		} else {
			throw new AttemptsError(failure, tries, false);
		}
	}
};

/** The last attempt may be put off too if nothing was said in it: it may have been a short one. */
const mayBePutOff = (failure: Failure, isAttemptLeft: boolean): boolean =>
	isPassing(failure) && !isOutage(failure) && (isAttemptLeft || isSilence(failure));

type Tried<Result> =
	| {readonly state: 'done'; readonly result: Result}
	| {readonly state: 'failed'; readonly failure: Failure; readonly ticket: Ticket};

/** Leaves the gate before any wait for the next attempt, so that others can pass. */
const tryOnce = async <Result>(
	act: () => Promise<Result>,
	options: AttemptOptions,
): Promise<Tried<Result>> => {
	const {gate, signal} = options;
	const ticket = await passGate(options);
	try {
		signal.throwIfAborted();
		return {state: 'done', result: await act()};
	} catch (error) {
		return {state: 'failed', failure: failureOf(error), ticket};
	} finally {
		gate.leave();
	}
};

const passGate = async ({gate, signal, onHeld, onReleased}: AttemptOptions): Promise<Ticket> => {
	let isHeld = false;
	const ticket = await gate.pass(signal, () => {
		if (!isHeld) {
			isHeld = true;
			onHeld?.();
		}
	});
	if (isHeld) {
		onReleased?.();
	}

	return ticket;
};

const waitBefore = async (
	tries: number,
	failure: Failure,
	{clock, signal, onWait, onWaited}: AttemptOptions,
): Promise<void> => {
	const wait = firstWait * 2 ** (tries - 1) * (1 + clock.random());
	onWait?.(failure, clock.now() + wait);
	await clock.sleep(wait, signal);
	onWaited?.();
};
