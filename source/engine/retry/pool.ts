import PQueue from 'p-queue';

/**
 * Works on items as they come, at most `size` at once. After the first error it takes no further
 * item, and throws the error once the running ones have ended.
 */
export const runPool = async <Item>(
	items: Iterable<Item> | AsyncIterable<Item>,
	size: number,
	work: (item: Item) => Promise<void>,
): Promise<void> => {
	const queue = new PQueue({concurrency: size});
	const errors: unknown[] = [];
	const stop = (error: unknown): void => {
		errors.push(error);
		queue.clear();
	};

	try {
		for await (const item of items) {
			if (errors.length > 0) {
				break;
			}

			queue.add(() => work(item)).catch(stop);
			// Take at most one item ahead: a listing must not run away from its looks.
			await queue.onSizeLessThan(1);
		}
	} catch (error) {
		stop(error);
	}

	await queue.onIdle();
	if (errors.length > 0) {
		throw errors[0];
	}
};
