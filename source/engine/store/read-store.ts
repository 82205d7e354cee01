import {type Failure, FailureError, failureOf} from '../../domain/failure/failure.ts';
import {findHeads, type IndexHead, indexFolder, isContentOf} from '../../domain/store/names.ts';
import {formatShard, isInRange, type Range} from '../../domain/store/shard.ts';
import {
	mergeIndexes,
	type PartOfIndex,
	type StoredSource,
	type StoreIndex,
	startIndex,
} from '../../domain/store/store-index.ts';
import {readLines} from '../../domain/text/lines.ts';
import type {SealedStore} from '../../ports/store.ts';
import {runPool} from '../retry/pool.ts';

/** Everything that reading a store needs. */
export type StoreReading = {
	readonly store: SealedStore;
	/** Secret keys, as they stand in their file. */
	readonly identities: readonly string[];
	readonly signal: AbortSignal;
	/** Asks the store, again if the failure may pass. */
	readonly retry: <Result>(act: () => Promise<Result>) => Promise<Result>;
	/** Told of each step and bundle for lack of which older states do not come back. */
	readonly onLost?: (failure: Failure) => void;
};

/** Objects that are read at once. */
const atOnce = 8;

/** Names of all index objects, the oldest first. */
export const listIndexes = (
	{store, signal, retry}: StoreReading,
	until = Number.POSITIVE_INFINITY,
): Promise<readonly string[]> =>
	retry(async () => {
		const names: string[] = [];
		for await (const {name, at} of store.list(indexFolder, {signal})) {
			names.push(...(at <= until ? [name] : []));
		}

		return names;
	});

/** Everything that a store has of a source. */
export type FoundSource = StoredSource & {
	/** The names of its newest index objects, the oldest first. */
	readonly objects: readonly string[];
	/** Newest index objects that cannot be read. One of them may be of this source. */
	readonly unread: readonly Failure[];
	/** Everything that it had at a moment that is asked for, by its folder in the store. */
	readonly earlier?: StoredSource['repos'];
};

/**
 * Everything that a store has, or everything of the uuids in `range`, by the title of the source.
 * Throws the failure of an index object that cannot be read.
 */
export const readIndexes = async (
	reading: StoreReading,
	range?: Range,
): Promise<ReadonlyMap<string, FoundSource>> => {
	const found = await readStore(reading, range);
	for (const {unread} of found.values()) {
		throwFirst(unread);
	}

	return found;
};

/**
 * The same, where one damaged or foreign object must not keep everything else from coming back: in the
 * place of an index object that cannot be read stand those that it took the place of. Throws only if
 * none can be read. `until`: milliseconds since 1970, by the store's clock; later objects do not count.
 */
export const readStore = async (
	reading: StoreReading,
	range?: Range,
	until?: number,
): Promise<ReadonlyMap<string, FoundSource>> => {
	const names = new Set(await listIndexes(reading, until));
	const unread: Failure[] = [];
	for (let sealed = 0; sealed < mostSealed; ) {
		const heads = findHeads(names, range);
		const {parts, failed} = await readHeads(reading, heads);
		if (failed.size === 0) {
			throwFirst(parts.size === 0 ? unread : []);
			return mergeFound(heads, parts, unread);
		}

		for (const [name, failure] of failed) {
			names.delete(name);
			unread.push(failure);
		}

		const isKeyWrong = ({kind}: Failure): boolean => kind === 'identity-refused';
		sealed += parts.size === 0 && [...failed.values()].every(isKeyWrong) ? 1 : 0;
	}

	throwFirst(unread);
	return new Map();
};

/** After so many index objects, one before the other, that a key does not open, it is the wrong key. */
const mostSealed = 20;

const throwFirst = ([failure]: readonly Failure[]): void => {
	if (failure !== undefined) {
		throw new FailureError(failure);
	}
};

const isOfIndex = (failure: Failure): boolean =>
	isOfObject(failure) || failure.kind === 'object-newer' || failure.kind === 'identity-refused';

/**
 * The same, with everything that the store had at a moment (milliseconds since 1970): an index object
 * that was written after it, by a thief of the keys for example, hides nothing of that.
 */
export const readStoreAt = async (
	reading: StoreReading,
	at: number,
): Promise<ReadonlyMap<string, FoundSource>> => {
	const now = await orUnread(readStore(reading));
	const then = await orUnread(readStore(reading, undefined, at));
	const unread = 'unread' in now ? [now.unread] : [];
	if ('unread' in now && ('unread' in then || then.found.size === 0)) {
		throw new FailureError(now.unread);
	}

	const found = 'found' in now ? now.found : new Map<string, FoundSource>();
	const earlier = 'found' in then ? then.found : new Map<string, FoundSource>();
	return new Map(
		[...earlier, ...found].map(([title, source]) => [
			title,
			{...source, unread: [...source.unread, ...unread], earlier: earlier.get(title)?.repos ?? {}},
		]),
	);
};

const orUnread = async (
	reading: Promise<ReadonlyMap<string, FoundSource>>,
): Promise<{readonly found: ReadonlyMap<string, FoundSource>} | {readonly unread: Failure}> => {
	try {
		return {found: await reading};
	} catch (error) {
		const failure = failureOf(error);
		if (!isOfIndex(failure)) {
			throw error;
		}

		return {unread: failure};
	}
};

type ReadHeads = {
	readonly parts: ReadonlyMap<string, PartOfIndex>;
	readonly failed: ReadonlyMap<string, Failure>;
};

const readHeads = async (
	reading: StoreReading,
	heads: readonly IndexHead[],
): Promise<ReadHeads> => {
	const parts = new Map<string, PartOfIndex>();
	const failed = new Map<string, Failure>();
	await runPool(heads, atOnce, async (head) => {
		try {
			parts.set(head.name, {index: await readIndex(reading, head), ranges: head.ranges});
		} catch (error) {
			const failure = failureOf(error);
			if (!isOfIndex(failure)) {
				throw error;
			}

			failed.set(head.name, failure);
		}
	});
	return {parts, failed};
};

const mergeFound = (
	heads: readonly IndexHead[],
	parts: ReadHeads['parts'],
	unread: readonly Failure[],
): ReadonlyMap<string, FoundSource> => {
	const names = Map.groupBy(
		heads.map(({name}) => name),
		(name) => parts.get(name)?.index.source,
	);
	const merged = mergeIndexes([...parts.values()]);
	return new Map(
		[...merged].map(([title, source]) => [
			title,
			{...source, objects: names.get(title) ?? [], unread},
		]),
	);
};

/** An index object with its entries of the uuids in its ranges. Throws `object-damaged` and `object-newer`. */
export const readIndex = async (reading: StoreReading, head: IndexHead): Promise<StoreIndex> => {
	const {store, identities, signal, retry} = reading;
	const {name, shard, ranges} = head;
	const isContent = (sha256: string): boolean => isContentOf(head, sha256);
	const isWanted = (uuid: string): boolean => ranges.some((range) => isInRange(range, uuid));
	const read = await retry(async () =>
		readLines(await store.openPieces(name, {identities, isContent, signal}), startIndex(isWanted)),
	);
	switch (read.state) {
		case 'read':
			if (read.index.shard !== (shard && formatShard(shard))) {
				throw damaged(reading, name, 'its name is that of another shard');
			}

			return read.index;
		case 'newer':
			throw new FailureError({kind: 'object-newer', store: store.title, name});
		case 'damaged':
			throw damaged(reading, name, 'it is no index of Cistern');
	}
};

/** Is one object gone, or not as it was written? The rest of the store may be whole. */
export const isOfObject = ({kind}: Failure): boolean =>
	kind === 'object-missing' || kind === 'object-damaged';

/** Does a failure between a store and this computer concern one repository alone? */
export const isOfOne = (failure: Failure): boolean =>
	isOfObject(failure) ||
	failure.kind === 'object-newer' ||
	failure.kind === 'mirror-unusable' ||
	failure.kind === 'git-failed' ||
	failure.kind === 'answer-refused' ||
	failure.kind === 'repository-unusable';

/** The failure of one repository. Throws one that every other repository would meet, too. */
export const ofOne = (error: unknown, signal: AbortSignal): Failure => {
	signal.throwIfAborted();
	const failure = failureOf(error);
	if (!isOfOne(failure)) {
		throw error;
	}

	return failure;
};

/** Undefined if an object that it needs is gone, not as it was written, or sealed for other keys. */
export const ifReadable = async <Read>(reading: Promise<Read>): Promise<Read | undefined> => {
	try {
		return await reading;
	} catch (error) {
		const failure = failureOf(error);
		if (isOfObject(failure) || failure.kind === 'identity-refused') {
			return undefined;
		}

		throw error;
	}
};

export const damaged = (
	{store}: Pick<StoreReading, 'store'>,
	name: string,
	detail: string,
): FailureError => new FailureError({kind: 'object-damaged', store: store.title, name, detail});
