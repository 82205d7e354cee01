/**
 * Works on items as they come, at most `size` at once. Ends when all are done; the first error
 * stops the taking of further items and is thrown once the running ones have ended.
 */
export const runPool = async <Item>(
	items: Iterable<Item> | AsyncIterable<Item>,
	size: number,
	work: (item: Item) => Promise<void>,
): Promise<void> => {
	const running = new Set<Promise<void>>();
	const errors: unknown[] = [];
	for await (const item of items) {
		const task = work(item)
			.catch((error: unknown) => {
				errors.push(error);
			})
			.finally(() => running.delete(task));
		running.add(task);
		if (running.size >= size) {
			await Promise.race(running);
		}

		if (errors.length > 0) {
			break;
		}
	}

	await Promise.all(running);
	if (errors.length > 0) {
		throw errors[0];
	}
};
