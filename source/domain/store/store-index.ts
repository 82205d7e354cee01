import {type Checked, fits, is, laterVersion, parseJson} from '../json.ts';
import {isOfRepository, workspaceFolder} from '../plan/layout.ts';
import type {LineReader} from '../text/lines.ts';
import {isStepName, isUuid} from './names.ts';
import {isInRange, parseShard, type Range, rangeOf, without} from './shard.ts';
import type {Written} from './shard-status.ts';

/** One name below a folder, so that nothing in a store can lead out of it. */
const isPlainName = (value: unknown): value is string =>
	is.text(value) && value !== '' && !/[/\\\0]/.test(value) && !value.startsWith('.');

const areHeads = (value: unknown): value is readonly string[] =>
	areTexts(value) && value.length > 0 && value.every(isStepName);

const areTexts = is.listOf(is.text);

/** The steps of one part: its newest ones, and how far it is from its last full one. */
export type Chain = Checked<typeof isChain>;

const isChain = is.objectOf({
	/**
	 * Names below the repository's folder in the store. Usually one: two where two folders sent the
	 * same repository.
	 */
	heads: areHeads,
	/** When the newest was sent, RFC 3339. */
	at: is.time,
	/** Digest of the record's entry as it was sent. */
	entry: is.text,
	/** When the last full step was sent, RFC 3339; its bytes, and those of the steps after it. */
	fullAt: is.time,
	fullBytes: is.count,
	bytes: is.count,
	/** Steps since the full one. */
	steps: is.count,
});

export type IndexEntry = Checked<typeof isEntry>;

const isEntry = is.objectOf({
	/** `workspace/slug`, or the workspace alone for what is saved of itself. */
	name: is.text,
	/** Its folder's name in the backup. */
	folder: (value): value is string =>
		value === workspaceFolder || (isPlainName(value) && isOfRepository(value)),
	/** The text of its `cistern.json` in one line, where no folder keeps it. */
	record: is.optional(is.text),
	/** By the name of the part. */
	parts: is.mapOf(isChain),
});

/**
 * An index object: everything that one folder has in a store, as of one moment. It is whole each
 * time, so that the newest of each line is all that has to be read. A step counts once an index
 * object leads to it.
 */
export type StoreIndex = Checked<typeof isIndex>;

const isIndex = is.objectOf({
	version: is.oneOf(1),
	/** The run that sent, and when it wrote this, RFC 3339. */
	run: is.text,
	at: is.time,
	/** Title of the source, and its workspace. */
	source: isPlainName,
	workspace: is.text,
	/** The shard that it speaks of, such as `3/16`; left out where it speaks of everything. */
	shard: is.optional((value): value is string => is.text(value) && parseShard(value) !== undefined),
	/** Was everything that the folder had in the store when this was written? */
	complete: is.flag,
	/** The newest lines of `runs.jsonl`, oldest first. */
	runs: areTexts,
	/** The text of its `requests.json`, where no folder keeps it. */
	requests: is.optional(is.text),
	/** By uuid; what is saved of the workspace itself has one, too (`workspaceId`). */
	repos: is.mapOf(isEntry, isUuid),
});

/** Ends the line before the entries, of which each has a line of its own. */
const entriesBegin = ',"repos":{';
const entriesEnd = '}}';

/** The lines of an index, with their ends: the text of a hundred thousand entries has 100 MB. */
export function* linesOfIndex({repos, ...about}: StoreIndex): Generator<string> {
	yield `${JSON.stringify(about).slice(0, -1)}${entriesBegin}\n`;
	const uuids = Object.keys(repos);
	for (const uuid of uuids) {
		const comma = uuid === uuids.at(-1) ? '' : ',';
		yield `"${uuid}":${JSON.stringify(repos[uuid])}${comma}\n`;
	}

	yield entriesEnd;
}

export const formatIndex = (index: StoreIndex): string => [...linesOfIndex(index)].join('');

export type ReadIndex =
	| {readonly state: 'read'; readonly index: StoreIndex}
	/** A later version of Cistern wrote it. */
	| {readonly state: 'newer'}
	| {readonly state: 'damaged'};

export const parseIndex = (text: string): ReadIndex => {
	const json = parseJson(text);
	if (isIndex(json)) {
		return {state: 'read', index: json};
	}

	return {state: fits(json, laterVersion) ? 'newer' : 'damaged'};
};

/**
 * Reads an index line by line, so that memory holds no more than the entries that are wanted, by their
 * uuids. One that is a single line, as earlier versions wrote it, is held whole.
 */
export const startIndex = (isWanted: (uuid: string) => boolean): LineReader<ReadIndex> => {
	/** Everything but the entries. */
	let text = '';
	let hasEntries = false;
	let isSound = true;
	const repos: Record<string, IndexEntry> = {};

	const takeEntry = (line: string): void => {
		const [begin = '', uuid = ''] = /^"([^"]*)":/.exec(line) ?? [];
		const end = line.endsWith(',') ? -1 : line.length;
		const entry = isWanted(uuid) ? parseJson(line.slice(begin.length, end)) : undefined;
		if (isEntry(entry)) {
			repos[uuid] = entry;
		}

		isSound &&= isUuid(uuid) && isEntry(entry) === isWanted(uuid);
	};

	return {
		take: (line) => {
			if (!hasEntries || line === entriesEnd) {
				text += line;
				hasEntries ||= line.endsWith(entriesBegin);
			} else if (line !== '') {
				takeEntry(line);
			}
		},
		end: () => {
			const read = parseIndex(text);
			if (!hasEntries || read.state !== 'read') {
				return read;
			}

			return isSound ? {state: 'read', index: {...read.index, repos}} : {state: 'damaged'};
		},
	};
};

/** An index object, and the uuids for which no other one has taken its place. */
export type PartOfIndex = {readonly index: StoreIndex; readonly ranges: readonly Range[]};

/** The repositories of one source in a store. */
export type StoredSource = {
	readonly source: string;
	readonly workspace: string;
	/** When the newest index of it was written, RFC 3339. */
	readonly at: string;
	/** Everything was in the store as it was upstream when each shard last wrote. */
	readonly isComplete: boolean;
	/** Lines of `runs.jsonl`, oldest first. Those of each shard speak of that shard alone. */
	readonly runs: readonly string[];
	/** The texts of `requests.json`, where no folder keeps it. */
	readonly allRequests: readonly string[];
	readonly repos: Readonly<Record<string, IndexEntry>>;
	/** The index objects that count, the oldest first. */
	readonly written: readonly Written[];
};

/**
 * Everything that several index objects name, by the title of the source. Where none of two takes the
 * place of the other, all heads of a repository stay; its name and folder are those of its newest
 * step. The order of the objects makes no difference.
 */
export const mergeIndexes = (found: readonly PartOfIndex[]): ReadonlyMap<string, StoredSource> => {
	const bySource = Map.groupBy(found.toSorted(byTime), ({index}) => index.source);
	return new Map([...bySource].map(([title, parts]) => [title, mergeParts(title, parts)]));
};

/** The oldest first; two of one instant in an order of their own. */
const byTime = ({index: left}: PartOfIndex, {index: right}: PartOfIndex): number =>
	compare(left.at, right.at) ||
	compare(left.run, right.run) ||
	compare(formatIndex(left), formatIndex(right));

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** Of one source, the oldest first. */
const mergeParts = (source: string, parts: readonly PartOfIndex[]): StoredSource => {
	const newest = parts.at(-1)?.index;
	return {
		source,
		workspace: newest?.workspace ?? '',
		at: newest?.at ?? '',
		isComplete: isEachComplete(parts),
		runs: mergeRuns(parts),
		allRequests: parts.flatMap(({index}) => index.requests ?? []),
		repos: mergeRepos(parts),
		written: parts.map(({index: {at, complete, shard}, ranges}) => ({
			at,
			complete,
			shard: shard === undefined ? undefined : parseShard(shard),
			ranges,
		})),
	};
};

/** The newest index counts for each uuid, and each uuid has to have one. */
const isEachComplete = (parts: readonly PartOfIndex[]): boolean => {
	let lacking: readonly Range[] = [rangeOf(undefined)];
	for (const {index, ranges} of parts) {
		for (const range of ranges) {
			const others = without(lacking, range);
			lacking = index.complete ? others : [...others, range];
		}
	}

	return lacking.length === 0;
};

/** Shards that went on from one index have the lines of it all. */
const mergeRuns = (parts: readonly PartOfIndex[]): readonly string[] => {
	const isSharded = parts.some(({index}) => index.shard !== undefined);
	const lines = parts.flatMap(({index}) => index.runs);
	return isSharded ? [...new Set(lines)] : (parts.at(-1)?.index.runs ?? []);
};

const mergeRepos = (parts: readonly PartOfIndex[]): StoredSource['repos'] => {
	const repos: Record<string, IndexEntry> = {};
	for (const {index, ranges} of parts) {
		for (const [uuid, entry] of Object.entries(index.repos)) {
			if (ranges.some((range) => isInRange(range, uuid))) {
				const before = repos[uuid];
				repos[uuid] = before === undefined ? entry : mergeEntries(before, entry);
			}
		}
	}

	return repos;
};

const mergeEntries = (older: IndexEntry, newer: IndexEntry): IndexEntry => ({
	...(sentAt(older) > sentAt(newer) ? older : newer),
	parts: mergeChains(older.parts, newer.parts),
});

/** When something of it was last sent. An index repeats what was sent long before it was written. */
const sentAt = ({parts}: IndexEntry): string =>
	Object.values(parts)
		.map(({at}) => at)
		.toSorted()
		.at(-1) ?? '';

const mergeChains = (older: IndexEntry['parts'], newer: IndexEntry['parts']): IndexEntry['parts'] =>
	Object.fromEntries(
		[...new Set([...Object.keys(older), ...Object.keys(newer)])].toSorted().flatMap((part) => {
			const [before, after] = [older[part], newer[part]];
			const newest =
				before === undefined || (after !== undefined && after.at >= before.at) ? after : before;
			const heads = [...new Set([...(before?.heads ?? []), ...(after?.heads ?? [])])].toSorted();
			return newest === undefined ? [] : [[part, {...newest, heads}]];
		}),
	);
