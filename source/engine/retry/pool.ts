/**
 * Works on items as they come, at most `size` at once. Ends when all are done; the first error
 * stops the taking of further items and is thrown once the running ones have ended.
 */
export const runPool = async <Item>(
	items: Iterable<Item> | AsyncIterable<Item>,
	size: number,
	work: (item: Item) => Promise<void>,
): Promise<void> => {
	const iterator =
		Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
	const errors: unknown[] = [];

	/** One of `size`, which takes the next item as soon as it has done its last. */
	const takeAll = async (): Promise<void> => {
		try {
			for (let step = await iterator.next(); step.done !== true; step = await iterator.next()) {
				if (errors.length > 0) {
					return;
				}

				await work(step.value);
			}
		} catch (error) {
			errors.push(error);
		}
	};

	await Promise.all(Array.from({length: size}, takeAll));
	if (errors.length > 0) {
		await iterator.return?.();
		throw errors[0];
	}
};
