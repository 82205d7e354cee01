/** What is to be ended with a signal, by signal: each has one listener, however many there are. */
const endings = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `end` where the signal aborts before the function that this gives was called. A listener for
 * each of ten thousand requests would do the same; but one that Node has removed still leads to the
 * next one, and so all that they hold piles up until Node looks through everything.
 */
export const onAbort = (signal: AbortSignal, end: () => void): (() => void) => {
	const ends = endings.get(signal) ?? listen(signal);
	ends.add(end);
	return () => void ends.delete(end);
};

const listen = (signal: AbortSignal): Set<() => void> => {
	const ends = new Set<() => void>();
	const endAll = (): void => {
		for (const end of ends) {
			end();
		}
	};
	signal.addEventListener('abort', endAll, {once: true});
	endings.set(signal, ends);
	return ends;
};
