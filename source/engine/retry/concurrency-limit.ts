/**
 * How many requests a host bears at once. Nobody tells; so as many go as the pools send, until the
 * host is strained, and then half as many, or was away, and then a few. Each round of answers lets
 * one more through again.
 */
export type ConcurrencyLimit = {
	/** Waits while as many are inside as the host bears; `onHeld` is told so. */
	hasRoom(signal: AbortSignal, onHeld: () => void): Promise<void>;
	/** False where others were faster. */
	enter(): boolean;
	leave(): void;
	/** The host is strained. */
	narrow(): void;
	/** The host was away: no more than so many. */
	beginWith(count: number): void;
	/** The host answered as it should. */
	widen(): void;
};

export const createConcurrencyLimit = (): ConcurrencyLimit => {
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
