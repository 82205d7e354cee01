/** Emptied when it is forgotten. */
type Ending = {end: (() => void) | undefined};

/** What is to be ended with a signal, by signal: each has one listener, however many there are. */
const endings = new WeakMap<AbortSignal, Set<Ending>>();

/**
 * Calls `end` where the signal aborts before the function that this gives was called. A listener for
 * each of ten thousand requests would do the same; but one that was removed still leads to the one
 * after it, as does a set that has grown to the next, and so all that they hold would pile up until
 * Node looks through everything. Hence what is forgotten is emptied.
 */
export const onAbort = (signal: AbortSignal, end: () => void): (() => void) => {
	const all = endings.get(signal) ?? listen(signal);
	const ending: Ending = {end};
	all.add(ending);
	return () => {
		all.delete(ending);
		ending.end = undefined;
	};
};

const listen = (signal: AbortSignal): Set<Ending> => {
	const all = new Set<Ending>();
	const endAll = (): void => {
		for (const {end} of all) {
			end?.();
		}
	};
	signal.addEventListener('abort', endAll, {once: true});
	endings.set(signal, all);
	return all;
};
