import {createHash} from 'node:crypto';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {findHeads, indexName, parseIndexName} from '../../../source/domain/store/names.ts';
import {
	formatShard,
	isInRange,
	parseShard,
	rangeOf,
	type Shard,
	within,
	without,
} from '../../../source/domain/store/shard.ts';

const shardsOf = (of: number): readonly Shard[] =>
	Array.from({length: of}, (_, index) => ({index: index + 1, of}));

const anyShard: fc.Arbitrary<Shard> = fc
	.integer({min: 1, max: 1000})
	.chain((of) => fc.record({index: fc.integer({min: 1, max: of}), of: fc.constant(of)}));

describe('shards', () => {
	it('have each uuid once, by its first 32 bits times their number', () => {
		fc.assert(
			fc.property(fc.uuid(), fc.integer({min: 1, max: 1000}), (uuid, of) => {
				const owners = shardsOf(of).filter((shard) => isInRange(rangeOf(shard), uuid));
				const number = BigInt(`0x${uuid.slice(0, 8)}`);
				expect(owners).toEqual([{index: Number((number * BigInt(of)) >> 32n) + 1, of}]);
			}),
		);
	});

	it('leave nothing out, and share nothing', () => {
		fc.assert(
			fc.property(fc.integer({min: 1, max: 1000}), (of) => {
				const ranges = shardsOf(of).map(rangeOf);
				expect(ranges.reduce(without, [rangeOf(undefined)])).toEqual([]);
				expect(ranges.slice(1).flatMap((range) => within(ranges.slice(0, 1), range))).toEqual([]);
			}),
		);
	});

	it('have a repository without a proper uuid, too', () => {
		expect(isInRange(rangeOf({index: 1, of: 16}), 'none')).toBe(true);
	});

	it('are read as they are written, and nothing else is one', () => {
		fc.assert(
			fc.property(anyShard, (shard) => {
				expect(parseShard(formatShard(shard))).toEqual(shard);
			}),
		);
		for (const text of [
			'',
			'3',
			'0/16',
			'17/16',
			'3/0',
			'03/16',
			'3/1001',
			'3/16 ',
			'-1/4',
			'1/4/4',
		]) {
			expect(parseShard(text)).toBeUndefined();
		}
	});
});

describe('the index objects of shards', () => {
	type Write = {readonly shard: Shard | undefined; readonly knows: number};

	const idOf = (seed: number): string => createHash('sha256').update(String(seed)).digest('hex');
	const anyWrite: fc.Arbitrary<Write> = fc.record({
		shard: fc.option(
			fc
				.integer({min: 1, max: 5})
				.chain((of) => fc.record({index: fc.integer({min: 1, max: of}), of: fc.constant(of)})),
			{nil: undefined},
		),
		knows: fc.nat(),
	});

	it('take the place of others for their own uuids alone, also after their number changed', () => {
		fc.assert(
			fc.property(fc.array(anyWrite, {maxLength: 12}), fc.uuid(), (writes, uuid) => {
				const names: string[] = [];
				const replaced = new Set<string>();
				for (const [index, {shard, knows}] of writes.entries()) {
					// Each knows some of those before it, as of a moment before a twin wrote.
					const before = names.filter((_, place) => (knows >> place) % 2 === 1).slice(-5);
					const ids = before.map((name) => parseIndexName(name)?.id ?? '');
					names.push(indexName(idOf(index), {at: index, before: ids, shard, suffix: '.age'}));
					for (const name of isInRange(rangeOf(shard), uuid) ? before : []) {
						replaced.add(name);
					}
				}

				const left = names.filter(
					(name) => !replaced.has(name) && isInRange(rangeOf(parseIndexName(name)?.shard), uuid),
				);
				const found = findHeads(names).filter(({ranges}) =>
					ranges.some((range) => isInRange(range, uuid)),
				);
				expect(found.map(({name}) => name)).toEqual(left.toSorted());
			}),
			{numRuns: 300},
		);
	});

	it('say in their names whose they are', () => {
		const name = indexName(idOf(1), {at: 0, before: [], shard: {index: 3, of: 16}, suffix: ''});
		expect(name).toBe(`index/19700101T000000000Z-${idOf(1).slice(0, 32)}.3of16.json.gz`);
		expect(parseIndexName(name)?.shard).toEqual({index: 3, of: 16});
		expect(parseIndexName(name.replace('3of16', '17of16'))).toBeUndefined();
	});
});
