import type {Run, SourceRun} from './source-run.ts';

/** What git may still take to come to its end by itself, once a run is to end. Milliseconds. */
const grace = 2000;

/**
 * Does something that ends within the grace when the signal aborts: git that is still at work then
 * is killed, which loses nothing, whatever it was doing.
 */
export const endInTime = async <Result>(
	{world, name}: Run,
	{clock, signal}: SourceRun,
	act: () => Promise<Result>,
): Promise<Result> => {
	const done = new AbortController();
	const endLate = (): void => {
		clock
			.sleep(grace, done.signal)
			.then(() => world.endProcesses(name))
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
