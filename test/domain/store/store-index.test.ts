import {createHash} from 'node:crypto';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {isFullDue} from '../../../source/domain/store/chain.ts';
import {findHeads, indexName} from '../../../source/domain/store/names.ts';
import {rangeOf} from '../../../source/domain/store/shard.ts';
import {
	type Chain,
	formatIndex,
	mergeIndexes,
	parseIndex,
	type StoreIndex,
	startIndex,
} from '../../../source/domain/store/store-index.ts';
import {readLines} from '../../../source/domain/text/lines.ts';

const uuids = ['d24057cc-3b0c-43e1-920c-449c2fec4783', '5d12c7ae-0000-4000-8000-000000000000'];
const heads = Array.from(
	{length: 4},
	(_, index) => `20261129T02000000${index}Z-5d12c7ae.repo.step.age`,
);
const times = Array.from({length: 4}, (_, index) => `2026-11-29T02:00:0${index}.000Z`);
const anyTime = fc.constantFrom(...times);

const anyChain: fc.Arbitrary<Chain> = fc.record({
	// As merging leaves them.
	heads: fc.uniqueArray(fc.constantFrom(...heads), {minLength: 1}).map((some) => some.toSorted()),
	at: anyTime,
	entry: fc.constant('digest'),
	fullAt: anyTime,
	fullBytes: fc.nat(),
	bytes: fc.nat(),
	steps: fc.nat(),
});

const anyIndex: fc.Arbitrary<StoreIndex> = fc.record({
	version: fc.constant(1 as const),
	run: fc.constantFrom('a', 'b', 'c'),
	at: anyTime,
	source: fc.constantFrom('acme', 'other'),
	workspace: fc.constant('acme'),
	complete: fc.boolean(),
	runs: fc.array(fc.string()),
	repos: fc.dictionary(
		fc.constantFrom(...uuids),
		fc.record({
			name: fc.constantFrom('acme/api', 'acme/web'),
			folder: fc.constantFrom('acme#api', 'acme#web'),
			parts: fc.dictionary(fc.constantFrom('repo', 'wiki'), anyChain),
		}),
	),
});

const emptyIndex = {
	version: 1,
	run: 'a',
	at: times[0] ?? '',
	source: 'acme',
	workspace: 'acme',
	complete: true,
	runs: [],
	repos: {},
} as const;

/** In pieces of this length. */
const readPieces = (text: string, length: number, isWanted: (uuid: string) => boolean) => {
	const pieces = text.match(new RegExp(`[^]{1,${length}}`, 'g')) ?? [];
	return readLines(
		(async function* () {
			yield* pieces;
		})(),
		startIndex(isWanted),
	);
};

const mergeWhole = (indexes: readonly StoreIndex[]) =>
	mergeIndexes(indexes.map((index) => ({index, ranges: [rangeOf(undefined)]})));

const plain = (merged: ReturnType<typeof mergeIndexes>): unknown =>
	[...merged].toSorted(([left], [right]) => (left < right ? -1 : 1));

/** Without the objects that it was read from. */
const contentsOf = (indexes: readonly StoreIndex[]): unknown =>
	[...mergeWhole(indexes).values()].map(({written: _, ...content}) => content);

const headsIn = (indexes: readonly StoreIndex[]): readonly string[] =>
	indexes.flatMap(({source, repos}) =>
		Object.entries(repos).flatMap(([uuid, {parts}]) =>
			Object.entries(parts).flatMap(([part, chain]) =>
				chain.heads.map((head) => `${source} ${uuid} ${part} ${head}`),
			),
		),
	);

describe('an index', () => {
	it('is read as it was written', () => {
		fc.assert(
			fc.property(anyIndex, (index) => {
				expect(parseIndex(formatIndex(index))).toEqual({state: 'read', index});
			}),
		);
	});

	it('gives the entries that are wanted to a reader of its lines, wherever the pieces are cut', async () => {
		await fc.assert(
			fc.asyncProperty(anyIndex, fc.integer({min: 1, max: 40}), async (index, length) => {
				const text = formatIndex(index);
				const isWanted = (uuid: string): boolean => uuid === uuids[0];
				const wanted = Object.entries(index.repos).filter(([uuid]) => isWanted(uuid));
				expect(await readPieces(text, length, isWanted)).toEqual({
					state: 'read',
					index: {...index, repos: Object.fromEntries(wanted)},
				});
				// As earlier versions wrote it.
				const line = text.replaceAll('\n', '');
				expect(await readPieces(line, length, isWanted)).toEqual({state: 'read', index});
			}),
		);
	});

	it('that was cut is refused, line by line too', async () => {
		const entry = {name: 'acme/api', folder: 'acme#api', parts: {}};
		const text = formatIndex({...emptyIndex, repos: {[uuids[0] ?? '']: entry}});
		for (let length = 0; length < text.length; length += 1) {
			expect((await readPieces(text.slice(0, length), 20, () => true)).state).toBe('damaged');
		}
	});

	it.each([
		['a folder that leads out', {folder: '../x#y'}],
		['a folder in a folder', {folder: 'a/b#c'}],
		['a hidden folder', {folder: '.a#b'}],
		['a step elsewhere', {parts: {repo: {heads: ['../x']}}}],
	])('with %s is refused', (_, changes) => {
		const entry = {name: 'acme/api', folder: 'acme#api', parts: {}, ...changes};
		const index = {...emptyIndex, repos: {[uuids[0] ?? '']: entry}};
		expect(parseIndex(JSON.stringify({...index, source: '..'})).state).toBe('damaged');
		expect(parseIndex(JSON.stringify(index)).state).toBe('damaged');
		const reader = startIndex(() => true);
		const lines = formatIndex({...index, repos: {[uuids[0] ?? '']: entry as never}}).split('\n');
		lines.forEach(reader.take);
		expect(reader.end().state).toBe('damaged');
	});

	it('of a later version does not count as damaged', () => {
		expect(parseIndex('{"version": 2}').state).toBe('newer');
		expect(parseIndex('{').state).toBe('damaged');
	});
});

describe('merging', () => {
	it('gives the same in every order, and nothing more for what is there twice', () => {
		fc.assert(
			fc.property(fc.array(anyIndex), (indexes) => {
				const merged = plain(mergeWhole(indexes));
				expect(plain(mergeWhole(indexes.toReversed()))).toEqual(merged);
				expect(contentsOf([...indexes, ...indexes])).toEqual(contentsOf(indexes));
			}),
		);
	});

	it('drops no head', () => {
		fc.assert(
			fc.property(fc.array(anyIndex), (indexes) => {
				const merged = [...mergeWhole(indexes).values()].map((one) => ({
					...one,
					version: 1 as const,
					run: '',
					complete: true,
				}));
				expect(new Set(headsIn(merged))).toEqual(new Set(headsIn(indexes)));
			}),
		);
	});
});

describe('the names of index objects', () => {
	const idOf = (seed: number): string => createHash('sha256').update(String(seed)).digest('hex');

	it('tell the newest of each line, whatever the clocks said', () => {
		fc.assert(
			fc.property(
				fc.array(fc.tuple(fc.nat(), fc.nat(4_000_000_000_000)), {maxLength: 30}),
				(writes) => {
					const names: string[] = [];
					const replaced = new Set<number>();
					for (const [index, [pick, at]] of writes.entries()) {
						// Each takes the place of an earlier one, or of none.
						const before = pick % (index + 1);
						const isFirst = before === index;
						if (!isFirst) {
							replaced.add(before);
						}

						const ids = isFirst ? [] : [idOf(before).slice(0, 32)];
						names.push(indexName(idOf(index), {at, before: ids, shard: undefined, suffix: '.age'}));
					}

					const left = names.filter((_, index) => !replaced.has(index));
					expect(
						findHeads(names)
							.map(({name}) => name)
							.toSorted(),
					).toEqual(left.toSorted());
				},
			),
		);
	});

	it('are told from other objects', () => {
		expect(findHeads(['index/notes.txt', 'index/20261129T020000000Z-abc.json.gz'])).toEqual([]);
	});
});

describe('a full step', () => {
	const day = 86_400_000;
	const chain: Chain = {
		heads: [heads[0] ?? ''],
		at: times[0] ?? '',
		entry: '',
		fullAt: times[0] ?? '',
		fullBytes: 2_000_000,
		bytes: 0,
		steps: 0,
	};
	const now = Date.parse(times[0] ?? '') + day;
	const isDue = (changes: Partial<Chain>, fullAfter = 90 * day): boolean =>
		isFullDue({...chain, ...changes}, {now, fullAfter});

	it('is due at first, after the time, after many steps, and where increments outweigh it', () => {
		expect(isFullDue(undefined, {now, fullAfter: 90 * day})).toBe(true);
		expect(isDue({})).toBe(false);
		expect(isDue({}, day)).toBe(true);
		expect(isDue({steps: 49})).toBe(false);
		expect(isDue({steps: 50})).toBe(true);
		expect(isDue({bytes: 2_000_000})).toBe(false);
		expect(isDue({bytes: 2_000_001})).toBe(true);
	});

	it('is not due for small increments of a small repository', () => {
		expect(isDue({fullBytes: 100, bytes: 1_000_000})).toBe(false);
	});
});
