import {expect, it} from 'vitest';
import {joinShards} from '../../../source/domain/run/join-shards.ts';
import {lastComplete, type RunLine} from '../../../source/domain/run/run-line.ts';

const line = (day: number, shard: string | undefined, changes: Partial<RunLine> = {}): RunLine => ({
	v: 1,
	run: `${day} ${shard}`,
	at: `2026-11-${String(day).padStart(2, '0')}T02:00:0${shard?.[0] ?? 0}.000Z`,
	...(shard === undefined ? {} : {shard}),
	duration: 60_000,
	exitCode: 0,
	complete: true,
	partial: false,
	listed: true,
	inScope: 2,
	unchanged: 1,
	updated: 1,
	new: 0,
	failed: [],
	leftOut: [],
	missing: [],
	gone: [],
	...changes,
});

it('lines of all shards become those of whole runs', () => {
	const whole = line(1, undefined);
	const failed = {repository: 'acme/api', reason: 'it said no'};
	const lines = [
		line(3, '1/2'),
		line(3, '2/2', {complete: false, exitCode: 3, failed: [failed], gone: ['acme/old']}),
		line(2, '2/2', {duration: 120_000}),
		line(2, '1/2'),
		whole,
	];
	const joined = joinShards(lines);
	expect(joined).toHaveLength(3);
	expect(joined[0]).toEqual(whole);
	expect(joined[1]).toMatchObject({
		at: '2026-11-02T02:00:01.000Z',
		duration: 121_000,
		complete: true,
		inScope: 4,
		unchanged: 2,
	});
	expect(joined[2]).toMatchObject({
		complete: false,
		exitCode: 3,
		failed: [failed],
		gone: ['acme/old'],
	});
	expect(joined.some(({shard}) => shard !== undefined)).toBe(false);
	expect(lastComplete(joined)).toBe('2026-11-02T02:00:01.000Z');
});

it('a shard that did not run keeps a night from counting, and its next run ends that', () => {
	const lines = [line(2, '1/2'), line(2, '2/2'), line(3, '1/2'), line(4, '1/2')];
	expect(joinShards(lines)).toHaveLength(1);
	const next = joinShards([...lines, line(4, '2/2')]);
	expect(lastComplete(next)).toBe('2026-11-04T02:00:01.000Z');
	expect(joinShards([...lines, line(5, '1/3'), line(5, '2/3')])).toHaveLength(1);
});
