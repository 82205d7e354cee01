import type {Failure} from '../failure/failure.ts';
import {formatRefs} from '../history/history.ts';
import {type Checked, fits, is, isJsonObject, parseJson} from '../json.ts';
import {workspaceFolder} from '../plan/layout.ts';
import type {Refs} from '../plan/repository.ts';
import type {Loss} from '../run/mending.ts';

/** SHA-256 of a text, hex. Handed in, so that the domain needs no library. */
export type Digest = (text: string) => string;

/** A set of refs in one line: equal digests mean equal refs and an equal HEAD. */
export type RefsState = {
	/** SHA-256, hex, of HEAD and the sorted `oid name` lines. */
	readonly digest: string;
	readonly count: number;
};

export const refsState = (head: string | undefined, refs: Refs, digest: Digest): RefsState => ({
	digest: digest(formatRefs(head, refs)),
	count: refs.size,
});

/**
 * Facts about a mirror's files that are cheap to compare without git. A difference proves nothing;
 * it only means that git has to be asked.
 */
export type MirrorStamp = Checked<typeof isStamp>;

export const isStamp = is.objectOf({
	head: is.text,
	/** Bytes and milliseconds since 1970 of `packed-refs`; 0 without one. */
	packedRefsSize: is.number,
	packedRefsTime: is.number,
	/** Milliseconds since 1970 of the folders that a loose ref or a pack would change. */
	headsTime: is.number,
	tagsTime: is.number,
	packsTime: is.number,
});

export const equalStamps = (left: MirrorStamp, right: MirrorStamp): boolean =>
	left.head === right.head &&
	left.packedRefsSize === right.packedRefsSize &&
	left.packedRefsTime === right.packedRefsTime &&
	left.headsTime === right.headsTime &&
	left.tagsTime === right.tagsTime &&
	left.packsTime === right.packsTime;

/** The fields of a saved part that every command understands. A part may record more. */
export type SavedEntry = {
	readonly state: 'saved';
	/** Bytes on the disk when it last changed. */
	readonly size: number;
	/** When the content last changed here, RFC 3339. */
	readonly changedAt: string;
	/** Upstream had more when it last changed, and that could not be saved. */
	readonly isPartial?: true;
	/** The damage that verify or a run found; the next backup repairs it. */
	readonly damage?: string;
	/** Number of old tips that upstream no longer has and that are kept. */
	readonly keptTips?: number;
	/** `digest`: of upstream's refs, where it is a mirror of them. */
	readonly refs?: {readonly count: number; readonly digest?: string};
};

/** Upstream had no such part when it was asked at `missingAt` (RFC 3339), and nothing is saved. */
export type MissingEntry = {readonly state: 'missing'; readonly missingAt: string};

/** A part as the record has it. */
export type PartEntry = SavedEntry | MissingEntry;

/** A repository's `cistern.json`: its identity and its saved parts. Written only after a change. */
export type RepositoryRecord = {
	readonly uuid: string;
	readonly workspace: string;
	readonly slug: string;
	readonly isPrivate: boolean;
	/** Names it had before (`workspace/slug`), oldest first. */
	readonly formerNames: readonly string[];
	readonly firstSavedAt: string;
	/** By the part's name; the first is the repository itself and always saved. */
	readonly parts: Readonly<Record<string, PartEntry>>;
	/** When a complete listing first lacked it, RFC 3339. */
	readonly goneSince?: string | undefined;
	/** Old states that could not be rescued from damaged mirrors, oldest first. */
	readonly losses?: readonly Loss[] | undefined;
};

export const savedEntries = ({
	parts,
}: RepositoryRecord): readonly (readonly [name: string, entry: SavedEntry])[] =>
	Object.entries(parts).flatMap(([name, entry]) =>
		entry.state === 'saved' ? [[name, entry] as const] : [],
	);

/** The entry of the repository itself. */
export const mainEntry = (record: RepositoryRecord): SavedEntry => {
	const [first] = savedEntries(record);
	if (first === undefined) {
		throw new Error(`the record of ${record.slug} has no saved part`);
	}

	return first[1];
};

/** Bytes on the disk, all parts together, as last recorded. */
export const sizeOf = (record: RepositoryRecord): number =>
	savedEntries(record).reduce((sum, [, {size}]) => sum + size, 0);

/** A record together with the folder it lies in (a name below the source's folder). */
export type SavedRepository = {readonly folder: string; readonly record: RepositoryRecord};

/** A folder in the source's that holds no saved repository's record. It is never renamed. */
export type OtherFolder = {
	readonly folder: string;
	/** Undefined if the record does not tell it. */
	readonly uuid: string | undefined;
};

/** A folder that must be left alone: a newer Cistern wrote its record, or it cannot be read. */
export type ClosedFolder = OtherFolder & {readonly failure: Failure};

/** Contents of a source's folder. */
export type SavedState = {
	readonly repositories: readonly SavedRepository[];
	/** Folders without a record, as SCM Backup or a killed first save left them, or with a damaged one. */
	readonly unrecorded: readonly string[];
	/** Those of them that hold a Mercurial repository. */
	readonly mercurial: readonly string[];
	readonly closed: readonly ClosedFolder[];
	/** Copies that a user made of a saved repository's folder. */
	readonly copies: readonly OtherFolder[];
	/** The entry of the workspace itself, if any of it is saved. */
	readonly workspace?: SavedRepository | undefined;
};

/** Repositories first, and then the workspace itself, if there is anything of it. */
export const withWorkspace = <One>({
	repositories,
	workspace,
}: {
	readonly repositories: readonly One[];
	readonly workspace?: One | undefined;
}): readonly One[] => (workspace === undefined ? repositories : [...repositories, workspace]);

/** The part of a part that reads its entries. */
export type EntryReader<Entry extends PartEntry = PartEntry> = {
	/** Its key in the record and its word in JSON; its folder below the repository's, if it has one. */
	readonly name: string;
	/** Files of its own in the repository's folder. */
	readonly files?: readonly string[];
	/** A record without this part is damaged. */
	readonly isRequired: boolean;
	/** Undefined if the JSON is no entry of this part. */
	readEntry(json: unknown): Entry | undefined;
	/** The JSON of its entry, made from a record of version 1; undefined if that has none. */
	readVersion1?(record: Readonly<Record<string, unknown>>): unknown;
	/** The part that keeps the same of the workspace itself, in a folder beside the repositories'. */
	readonly ofWorkspace?: EntryReader;
};

/** The parts that may lie in a folder of a source: a repository's, or those of the workspace itself. */
export const partsIn = <One extends {readonly ofWorkspace?: One}>(
	folder: string,
	parts: readonly One[],
): readonly One[] =>
	folder === workspaceFolder ? parts.flatMap(({ofWorkspace}) => ofWorkspace ?? []) : parts;

export const savedForm = {
	state: is.oneOf('saved'),
	size: is.number,
	changedAt: is.text,
	damage: is.optional(is.text),
	keptTips: is.optional(is.number),
	refs: is.optional(is.objectOf({count: is.number})),
};

const missingForm = {state: is.oneOf('missing'), missingAt: is.text};

const isPlainEntry = (json: unknown): json is PartEntry =>
	fits(json, savedForm) || fits(json, missingForm);

/** Reads the entry of a part that records nothing of its own. */
export const readPlainEntry = (json: unknown): PartEntry | undefined =>
	isPlainEntry(json) ? json : undefined;

const lossForm = {
	at: is.text,
	mirror: is.text,
	history: is.text,
	setAside: is.optional(is.text),
	rescued: is.number,
	unnamed: is.number,
	lost: is.listOf(is.objectOf({ref: is.text, oid: is.text})),
};

type Unread = Omit<RepositoryRecord, 'parts'>;

const recordForm = {
	uuid: is.text,
	workspace: is.text,
	slug: is.text,
	isPrivate: is.flag,
	formerNames: is.listOf(is.text),
	firstSavedAt: is.text,
	goneSince: is.optional(is.text),
	losses: is.optional(is.listOf(is.objectOf(lossForm))),
} satisfies Record<keyof Unread, unknown>;

const isRecord = (json: unknown): json is Unread => fits(json, recordForm);

const version = 2;

/** A `cistern.json` after reading. One that cannot be used is left where it is. */
export type ReadRecord =
	| {readonly state: 'read'; readonly record: RepositoryRecord}
	/** `uuid` is read in the hope that a newer Cistern writes it in the same way. */
	| {readonly state: 'newer'; readonly uuid: string | undefined}
	| {readonly state: 'damaged'};

const damaged: ReadRecord = {state: 'damaged'};

export const formatRecord = (record: RepositoryRecord): string =>
	`${JSON.stringify({version, ...record}, undefined, '\t')}\n`;

/** The same in one line. */
export const formatRecordLine = (record: RepositoryRecord): string =>
	JSON.stringify({version, ...record});

/**
 * Reads a record's text, of this version or of version 1. It may have been cut short, edited, or
 * written by a newer Cistern.
 */
export const parseRecord = (text: string, parts: readonly EntryReader[]): ReadRecord => {
	const json = parseJson(text);
	if (!isJsonObject(json)) {
		return damaged;
	}

	const found = json['version'];
	if (typeof found === 'number' && found > version) {
		const uuid = json['uuid'];
		return {state: 'newer', uuid: typeof uuid === 'string' ? uuid : undefined};
	}

	const entries = found === version ? json['parts'] : found === 1 ? readVersion1(json, parts) : {};
	const read = isJsonObject(entries) ? readEntries(entries, parts) : undefined;
	if (!isRecord(json) || read === undefined) {
		return damaged;
	}

	const {uuid, workspace, slug, isPrivate, formerNames, firstSavedAt, goneSince, losses} = json;
	return {
		state: 'read',
		record: {
			uuid,
			workspace,
			slug,
			isPrivate,
			formerNames,
			firstSavedAt,
			parts: read,
			goneSince,
			losses,
		},
	};
};

/** Undefined for no text, and for one that cannot be used. */
export const usableRecord = (
	text: string | undefined,
	parts: readonly EntryReader[],
): RepositoryRecord | undefined => {
	const read = text === undefined ? undefined : parseRecord(text, parts);
	return read?.state === 'read' ? read.record : undefined;
};

const readVersion1 = (
	record: Readonly<Record<string, unknown>>,
	parts: readonly EntryReader[],
): Readonly<Record<string, unknown>> =>
	Object.fromEntries(parts.map((part) => [part.name, part.readVersion1?.(record)]));

/** Undefined if one of the entries cannot be used. The entry of an unknown part is carried on. */
const readEntries = (
	json: Readonly<Record<string, unknown>>,
	parts: readonly EntryReader[],
): Readonly<Record<string, PartEntry>> | undefined => {
	const names = new Set([...parts.map(({name}) => name), ...Object.keys(json)]);
	const entries: Record<string, PartEntry> = {};
	for (const name of names) {
		const part = parts.find((one) => one.name === name);
		const value = json[name];
		if (value !== undefined) {
			const entry = part === undefined ? readPlainEntry(value) : part.readEntry(value);
			if (entry === undefined) {
				return undefined;
			}

			entries[name] = entry;
		} else if (part?.isRequired === true) {
			return undefined;
		}
	}

	return entries;
};
