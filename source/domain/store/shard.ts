/** One of `of` shards, each with the same share of all uuids. `index` counts from 1. */
export type Shard = {readonly index: number; readonly of: number};

/** A stretch of uuids by their first 32 bits; `to` is not in it. */
export type Range = {readonly from: number; readonly to: number};

const all = 2 ** 32;

/** Each leaves an index object that a reader of the whole store has to read. */
const mostShards = 1000;

/** `3/16` is the third of sixteen. Undefined for any other text. */
export const parseShard = (text: string): Shard | undefined => {
	const [, index, of] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text)?.map(Number) ?? [];
	return index !== undefined && of !== undefined && index <= of && of <= mostShards
		? {index, of}
		: undefined;
};

export const formatShard = ({index, of}: Shard): string => `${index}/${of}`;

/** The uuids of a shard; all of them without one. */
export const rangeOf = (shard: Shard | undefined): Range =>
	shard === undefined
		? {from: 0, to: all}
		: {
				from: Math.ceil(((shard.index - 1) * all) / shard.of),
				to: Math.ceil((shard.index * all) / shard.of),
			};

/** A text that is no uuid belongs to the first shard: each repository belongs to one. */
export const isInRange = ({from, to}: Range, uuid: string): boolean => {
	const number = Number.parseInt(uuid.slice(0, 8), 16) || 0;
	return from <= number && number < to;
};

const isNotEmpty = ({from, to}: Range): boolean => from < to;

/** As far as they lie in `limit`. */
export const within = (ranges: readonly Range[], limit: Range): readonly Range[] =>
	ranges
		.map(({from, to}) => ({from: Math.max(from, limit.from), to: Math.min(to, limit.to)}))
		.filter(isNotEmpty);

/** As far as they lie outside of `taken`. */
export const without = (ranges: readonly Range[], taken: Range): readonly Range[] =>
	ranges.flatMap(({from, to}) =>
		[
			{from, to: Math.min(to, taken.from)},
			{from: Math.max(from, taken.to), to},
		].filter(isNotEmpty),
	);
