/**
 * Works on items as they come, at most `size` at once. After the first error it takes no further
 * item, and throws the error once the running ones have ended.
 */
export const runPool = async <Item>(
	items: Iterable<Item> | AsyncIterable<Item>,
	size: number,
	work: (item: Item) => Promise<void>,
): Promise<void> => {
	const iterator =
		Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
	const errors: unknown[] = [];

	/** One of `size` workers, which takes its next item when it has done the last. */
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
