import {describe, expect, it} from 'vitest';
import {runPool} from '../../../source/engine/retry/pool.ts';

/** Work that ends when it is told to, and how much of it there was at once. */
const openWork = () => {
	const running = new Map<number, (error?: Error) => void>();
	const begun: number[] = [];
	return {
		begun,
		running,
		work: (item: number): Promise<void> => {
			begun.push(item);
			return new Promise((resolve, reject) => {
				running.set(item, (error) => {
					running.delete(item);
					error === undefined ? resolve() : reject(error);
				});
			});
		},
	};
};

/** Lets everything that can go on do so. */
const recordEarlyEnd = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function* later(items: readonly number[], onClose: () => void): AsyncGenerator<number> {
	try {
		for (const item of items) {
			await recordEarlyEnd();
			yield item;
		}
	} finally {
		onClose();
	}
}

describe('runPool', () => {
	it('works on so many at once, and takes the next one as soon as any is done', async () => {
		const {begun, running, work} = openWork();
		const done = runPool([1, 2, 3, 4], 2, work);
		await recordEarlyEnd();
		expect(begun).toEqual([1, 2]);
		running.get(2)?.();
		await recordEarlyEnd();
		expect(begun).toEqual([1, 2, 3]);
		running.get(3)?.();
		running.get(1)?.();
		await recordEarlyEnd();
		running.get(4)?.();
		await done;
		expect(begun).toEqual([1, 2, 3, 4]);
	});

	it('takes no further item after an error, and throws it when the running ones have ended', async () => {
		const {begun, running, work} = openWork();
		let isClosed = false;
		let caught: unknown;
		const items = later([1, 2, 3, 4], () => {
			isClosed = true;
		});
		const done = runPool(items, 2, work).catch((error: unknown) => {
			caught = error;
		});
		while (begun.length < 2) {
			await recordEarlyEnd();
		}
		const failure = new Error('the first');
		running.get(1)?.(failure);
		await recordEarlyEnd();
		expect(caught).toBeUndefined();
		running.get(2)?.();
		await done;
		expect(caught).toBe(failure);
		expect(begun).toEqual([1, 2]);
		expect(isClosed).toBe(true);
	});

	it('throws what the items themselves fail with', async () => {
		const failure = new Error('no more of them');
		async function* items(): AsyncGenerator<number> {
			yield 1;
			throw failure;
		}
		const seen: number[] = [];
		const work = async (item: number): Promise<void> => void seen.push(item);
		await expect(runPool(items(), 3, work)).rejects.toBe(failure);
		expect(seen).toEqual([1]);
	});
});
