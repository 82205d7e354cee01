import {workspaceFolder} from '../../domain/plan/layout.ts';
import type {Elsewhere, Missing} from '../../domain/plan/plan.ts';
import {slugOf} from '../../domain/plan/repository.ts';
import {usableRecord} from '../../domain/record/record.ts';
import {findHeads} from '../../domain/store/names.ts';
import {isInRange, rangeOf, type Shard, without} from '../../domain/store/shard.ts';
import type {IndexEntry} from '../../domain/store/store-index.ts';
import type {Part} from '../../parts/part.ts';
import {listIndexes, readIndex, type StoreReading} from '../store/read-store.ts';

type OtherShards = {
	readonly reading: StoreReading;
	readonly parts: readonly Part[];
	/** Title of the source. */
	readonly source: string;
	/** The shard that is left out. */
	readonly shard: Shard;
	readonly isListed: (uuid: string) => boolean;
	readonly isInScope: (slug: string) => boolean;
};

/**
 * Counts the repositories of a source that other shards keep. Reads one index object after the other,
 * so that memory holds no more than one of them.
 */
export const countOtherShards = async (others: OtherShards): Promise<Elsewhere> => {
	const {reading, source, shard, isListed} = others;
	const known = new Set<string>();
	const missing: Missing[] = [];
	for (const head of findHeads(await listIndexes(reading))) {
		const ranges = without(head.ranges, rangeOf(shard));
		const index = ranges.length === 0 ? undefined : await readIndex(reading, {...head, ranges});
		for (const [uuid, entry] of index?.source === source ? Object.entries(index.repos) : []) {
			const one =
				!known.has(uuid) && ranges.some((range) => isInRange(range, uuid))
					? readIfThere(others, entry)
					: undefined;
			if (one !== undefined) {
				known.add(uuid);
				missing.push(...(isListed(uuid) ? [] : [one]));
			}
		}
	}

	return {known: known.size, missing};
};

/** Undefined for a repository that is gone, or out of scope. */
const readIfThere = (
	{parts, isInScope}: OtherShards,
	{name, folder, record: text}: IndexEntry,
): Missing | undefined => {
	if (folder === workspaceFolder || !isInScope(slugOf(name))) {
		return undefined;
	}

	const record = usableRecord(text, parts);
	if (record !== undefined) {
		return record.goneSince === undefined ? record : undefined;
	}

	// A folder keeps its records itself, until a run without one has read them.
	return {workspace: name.slice(0, name.indexOf('/')), slug: slugOf(name), isPrivate: true};
};
