import type {Clock} from '../../ports/clock.ts';

/** What git may still take to come to its end by itself, once a run is to end. Milliseconds. */
const grace = 2000;

type Ending = {
	readonly clock: Pick<Clock, 'sleep'>;
	readonly signal: AbortSignal;
	/** Name of the run. */
	readonly run: string;
	/** Ends what git processes of a run are left. */
	readonly endProcesses: (run: string) => Promise<void>;
};

/**
 * Does something that ends within the grace when the signal aborts: git that is still at work then
 * is killed with all that it started, which loses nothing, whatever it was doing.
 */
export const endInTime = async <Result>(
	{clock, signal, run, endProcesses}: Ending,
	act: () => Promise<Result>,
): Promise<Result> => {
	const done = new AbortController();
	const endLate = (): void => {
		clock
			.sleep(grace, done.signal)
			.then(() => endProcesses(run))
			.catch(() => undefined);
	};
	signal.addEventListener('abort', endLate, {once: true});
	try {
		return await act();
	} finally {
		signal.removeEventListener('abort', endLate);
		done.abort();
	}
};
