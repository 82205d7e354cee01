import type {Range, Shard} from './shard.ts';
import {formatShard, rangeOf, within, without} from './shard.ts';

/** When an index object was written, RFC 3339, and the uuids that it counts for. */
export type Written = {
	readonly at: string;
	readonly complete: boolean;
	readonly shard: Shard | undefined;
	readonly ranges: readonly Range[];
};

/** How far one shard of a source is in a store. */
export type ShardStatus = {
	/** Such as `3/16`. */
	readonly shard: string;
	/** When it was last written, RFC 3339; undefined if that never happened. */
	readonly at: string | undefined;
	/** Everything was there as it was upstream. */
	readonly complete: boolean;
	/** The others were written more than half a day later. */
	readonly isBehind: boolean;
};

/** Milliseconds: longer than the shards of one night are apart, and shorter than two nights are. */
const sameNight = 12 * 60 * 60_000;

/**
 * The state of each shard, by the number of shards that was last written; none where a source is not
 * sharded. `written`: the index objects that count, the oldest first.
 */
export const readShards = (written: readonly Written[]): readonly ShardStatus[] => {
	const newest = written.at(-1);
	const of = written.findLast(({shard}) => shard !== undefined)?.shard?.of ?? 0;
	return Array.from({length: of}, (_, index) => {
		const shard = {index: index + 1, of};
		const {at, complete} = readShard(rangeOf(shard), written);
		const isBehind = at === undefined || Date.parse(newest?.at ?? '') - Date.parse(at) > sameNight;
		return {shard: formatShard(shard), at, complete, isBehind};
	});
};

/** Of all index objects that a shard needs, the oldest tells how old it is. */
const readShard = (
	range: Range,
	written: readonly Written[],
): Pick<ShardStatus, 'at' | 'complete'> => {
	let lacking: readonly Range[] = [range];
	let at: string | undefined;
	let complete = true;
	for (const one of written.toReversed()) {
		const own = one.ranges.filter((each) => within(lacking, each).length > 0);
		if (own.length > 0) {
			lacking = own.reduce(without, lacking);
			at = one.at;
			complete &&= one.complete;
		}
	}

	return lacking.length === 0 ? {at, complete} : {at: undefined, complete: false};
};
