import {expect, it} from 'vitest';
import {rangeOf, type Shard, without} from '../../../source/domain/store/shard.ts';
import {readShards, type Written} from '../../../source/domain/store/shard-status.ts';

const day = (number: number): string => `2026-11-0${number}T02:00:00.000Z`;

const written = (
	at: string,
	shard: Shard | undefined,
	{complete = true, taken = []}: {complete?: boolean; taken?: readonly Shard[]} = {},
): Written => ({
	at,
	complete,
	shard,
	ranges: taken.map(rangeOf).reduce(without, [rangeOf(shard)]),
});

const shard = (index: number, of = 3): Shard => ({index, of});

it('a shard that did not run, or never did, is behind the others', () => {
	expect(readShards([written(day(1), shard(1)), written(day(3), shard(2))])).toEqual([
		{shard: '1/3', at: day(1), complete: true, isBehind: true},
		{shard: '2/3', at: day(3), complete: true, isBehind: false},
		{shard: '3/3', at: undefined, complete: false, isBehind: true},
	]);
});

it('an older index object of other shards, or of all, still speaks for a shard that did not run', () => {
	const all = written(day(1), undefined, {taken: [shard(1)], complete: false});
	expect(readShards([all, written(day(2), shard(1))])).toEqual([
		{shard: '1/3', at: day(2), complete: true, isBehind: false},
		{shard: '2/3', at: day(1), complete: false, isBehind: true},
		{shard: '3/3', at: day(1), complete: false, isBehind: true},
	]);
	const halves = [
		written(day(1), shard(1, 2)),
		written(day(1), shard(2, 2), {taken: [shard(3)]}),
		written(day(1), shard(3)),
	];
	expect(readShards(halves).every(({complete, isBehind}) => complete && !isBehind)).toBe(true);
});

it('a source that one run keeps has no shards', () => {
	expect(readShards([written(day(1), undefined)])).toEqual([]);
});
