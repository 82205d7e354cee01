import {hash} from 'node:crypto';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {type Failure, FailureError} from '../../../source/domain/failure/failure.ts';
import type {Store, StoreBody} from '../../../source/ports/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';

export const bodyOf = (content: Uint8Array | string): StoreBody => {
	const bytes = Buffer.from(content);
	return {
		content: bytes,
		size: bytes.length,
		sha256: hash('sha256', bytes),
		md5: hash('md5', bytes),
	};
};

/** The same as a file. */
export const fileOf = (content: Uint8Array): StoreBody => {
	const file = join(makeTemporaryFolder(), 'body');
	writeFileSync(file, content);
	return {...bodyOf(content), content: {file}};
};

export const never = new AbortController().signal;

export const readAll = async (store: Store, name: string): Promise<Buffer> => {
	const chunks: Uint8Array[] = [];
	for await (const chunk of await store.get(name, never)) {
		chunks.push(chunk);
	}

	return Buffer.concat(chunks);
};

export const listAll = async (store: Store, prefix: string, startAfter?: string) => {
	const options = {signal: never, ...(startAfter === undefined ? {} : {startAfter})};
	return collect(store.list(prefix, options));
};

const collect = async <Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> => {
	const all: Item[] = [];
	for await (const item of items) {
		all.push(item);
	}

	return all;
};

/** The failure that something is refused with. */
export const failureOf = async (work: Promise<unknown>): Promise<Failure | undefined> => {
	try {
		await work;
		return undefined;
	} catch (error) {
		if (error instanceof FailureError) {
			return error.failure;
		}

		throw error;
	}
};

type Traits = {
	/** Does a name keep its first content when it is written again? */
	readonly keepsFirst: boolean;
	/** A number of objects that takes more than one page to list. */
	readonly many: number;
};

/** The promises of a `Store`, whatever it is. `open`: an empty one. */
export const describeStore = (
	name: string,
	{keepsFirst, many}: Traits,
	open: () => Store | Promise<Store>,
): void => {
	describe(`a store: ${name}`, () => {
		it('gives back what was written, from memory and from a file', async () => {
			const store = await open();
			const small = Buffer.from('one\0two\n');
			const large = Buffer.alloc(3_000_000, 'x');

			expect(await store.put('repos/a/1.step', bodyOf(small), never)).toBe('written');
			expect(await store.put('repos/a/1.bundle', fileOf(large), never)).toBe('written');
			expect(await store.put('repos/a/empty', bodyOf(''), never)).toBe('written');
			expect(await readAll(store, 'repos/a/1.step')).toEqual(small);
			expect(hash('sha256', await readAll(store, 'repos/a/1.bundle'))).toBe(bodyOf(large).sha256);
			expect(await readAll(store, 'repos/a/empty')).toHaveLength(0);
		});

		it('takes a name again that has the same content, and keeps the first of two contents if it can', async () => {
			const store = await open();
			const body = bodyOf('first');
			await store.put('index/1', body, never);

			expect(['written', 'exists']).toContain(await store.put('index/1', body, never));
			const second = await store.put('index/1', bodyOf('second'), never);
			expect(second).toBe(keepsFirst ? 'exists' : 'written');
			expect((await readAll(store, 'index/1')).toString()).toBe(keepsFirst ? 'first' : 'second');
		});

		it('refuses content that is not as its check sums say', async () => {
			const store = await open();
			const wrong = {...bodyOf('content'), sha256: hash('sha256', 'other')};
			expect(await failureOf(store.put('index/1', wrong, never))).toBeDefined();
			expect(await listAll(store, '')).toEqual([]);
		});

		it('lists all names below a prefix in order, with sizes, over as many pages as it takes', async () => {
			const store = await open();
			const names = Array.from(
				{length: many},
				(_, index) => `index/${String(index).padStart(5, '0')}-a.json.gz`,
			);
			const odd = ['other/1', 'repos/Z', 'repos/a-b', 'repos/a.b', 'repos/a/1', 'repos/a_b'];
			await inTurns([...names, ...odd], (one) => store.put(one, bodyOf(one), never));

			const index = await listAll(store, 'index/');
			expect(index.map((one) => one.name)).toEqual(names);
			expect(index.every(({name: one, size}) => size === one.length)).toBe(true);
			const at = index[0]?.at ?? 0;
			expect(Math.abs(at - Date.now())).toBeLessThan(600_000);
			expect((await listAll(store, 'repos/')).map((one) => one.name)).toEqual([
				'repos/Z',
				'repos/a-b',
				'repos/a.b',
				'repos/a/1',
				'repos/a_b',
			]);
			const after = names[many - 3] ?? '';
			expect((await listAll(store, 'index/', after)).map((one) => one.name)).toEqual(
				names.slice(-2),
			);
			expect(await listAll(store, 'nothing/')).toEqual([]);
		});

		it('says that an object is not there', async () => {
			const store = await open();
			expect(await failureOf(readAll(store, 'repos/a/2.step'))).toEqual({
				kind: 'object-missing',
				store: store.title,
				name: 'repos/a/2.step',
			});
		});

		it("throws the signal's reason", async () => {
			const store = await open();
			const signal = AbortSignal.abort(new Error('enough'));
			await expect(store.put('index/1', bodyOf('x'), signal)).rejects.toThrow('enough');
			await expect(store.get('index/1', signal)).rejects.toThrow('enough');
			await expect(collect(store.list('', {signal}))).rejects.toThrow('enough');
		});

		it('tells of itself without writing anywhere but below probe/', async () => {
			const store = await open();
			const tried = await store.probe(never);
			expect(tried).toContainEqual(expect.objectContaining({tried: 'write', result: 'good'}));
			expect((await listAll(store, '')).filter((one) => !one.name.startsWith('probe/'))).toEqual(
				[],
			);
		});
	});
};

/** 16 at once. */
const inTurns = async <Item>(
	items: readonly Item[],
	act: (item: Item) => Promise<unknown>,
): Promise<void> => {
	const left = [...items];
	await Promise.all(
		Array.from({length: 16}, async () => {
			for (let item = left.shift(); item !== undefined; item = left.shift()) {
				await act(item);
			}
		}),
	);
};
