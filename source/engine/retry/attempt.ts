import {type Failure, FailureError, failureOf} from '../../domain/failure/failure.ts';
import {isCut, isOutage, isPassing} from '../../domain/failure/failure-table.ts';
import type {Clock} from '../../ports/clock.ts';
import {type HostGate, mostOutages, type Ticket} from './host-gate.ts';

/** So many times something is tried before its failure counts. */
export const mostAttempts = 4;

/** First wait of one repository between two attempts; doubles each time. Milliseconds. */
const firstWait = 1000;

export type AttemptOptions = {
	readonly gate: HostGate;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	/** Told before a wait that concerns this one thing alone; `until` as milliseconds since 1970. */
	readonly onWait?: (failure: Failure, until: number) => void;
	readonly onWaited?: () => void;
	/** Told before it waits with all others at the gate, and once it was let through. */
	readonly onHeld?: () => void;
	readonly onReleased?: () => void;
	readonly attempts?: number;
};

/** The last failure, with the number of attempts. */
class AttemptsError extends FailureError {
	readonly attempts: number;

	constructor(failure: Failure, attempts: number) {
		super(failure);
		this.attempts = attempts;
	}
}

/** Number of attempts before an error. */
export const attemptsOf = (error: unknown): number =>
	error instanceof AttemptsError ? error.attempts : 1;

/**
 * The failure of one repository. An unexpected error is a mistake of ours, and no reason to leave
 * the other repositories unsaved.
 */
export const asFailure = (error: unknown): Failure =>
	error instanceof FailureError
		? error.failure
		: {
				kind: 'defect',
				detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
			};

/**
 * Does something through the host's gate and, where the failure may pass, does it again. A limit or
 * an outage closes the gate for everybody and does not count as an attempt. Throws `AttemptsError`,
 * and a `FailureError` of the gate's where the host's limit is not lifted or its outage goes on.
 */
export const attempt = async <Result>(
	act: () => Promise<Result>,
	options: AttemptOptions,
): Promise<Result> => {
	const {gate, attempts = mostAttempts} = options;
	let outages = 0;
	for (let tries = 1; ; ) {
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
			gate.close(ticket, failure, failure.retryAfter);
		} else if (isOutage(failure) && outages <= mostOutages && gate.lose(ticket, failure)) {
			// Counted, since what is out of reach for git alone stays so while the API answers.
			outages += 1;
		} else if (isPassing(failure) && tries < attempts) {
			await waitBefore(tries, failure, options);
			tries += 1;
		} else {
			throw new AttemptsError(failure, tries);
		}
	}
};

type Tried<Result> =
	| {readonly state: 'done'; readonly result: Result}
	| {readonly state: 'failed'; readonly failure: Failure; readonly ticket: Ticket};

/** Nobody waits for another attempt inside the gate, in the way of others. */
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
