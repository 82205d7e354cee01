/**
 * Lets as many do something at once as there are places; the others wait, and who came first goes
 * first. `onHeld` is told of a wait, and `onReleased` of its end.
 */
export type Places = <Result>(
	act: () => Promise<Result>,
	wait?: {readonly onHeld?: () => void; readonly onReleased?: () => void},
) => Promise<Result>;

export const createPlaces = (count: number): Places => {
	const waiting: (() => void)[] = [];
	let free = count;

	const leave = (): void => {
		const next = waiting.shift();
		if (next === undefined) {
			free += 1;
		} else {
			next();
		}
	};

	return async (act, {onHeld, onReleased} = {}) => {
		if (free > 0) {
			free -= 1;
		} else {
			onHeld?.();
			await new Promise<void>((resolve) => {
				waiting.push(resolve);
			});
			onReleased?.();
		}

		try {
			return await act();
		} finally {
			leave();
		}
	};
};
