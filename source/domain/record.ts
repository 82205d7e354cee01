import type {Repository} from './repository.ts';

/** State of a set of refs in one line: equal digests mean equal refs and an equal HEAD. */
export type RefsState = {
	/** SHA-256, hex, of HEAD and the sorted `oid name` lines (see `refs-digest.ts`). */
	readonly digest: string;
	readonly count: number;
};

/**
 * What the mirror's files looked like when they were recorded, cheap to compare without git.
 * A difference proves nothing; it only means that git has to be asked.
 */
export type MirrorPrint = {
	readonly head: string;
	/** Bytes and milliseconds since 1970 of `packed-refs`; 0 where there is none. */
	readonly packedRefsSize: number;
	readonly packedRefsTime: number;
};

export type MirrorRecord = {
	readonly refs: RefsState;
	readonly print: MirrorPrint;
	/** When the content last changed here, RFC 3339. */
	readonly changedAt: string;
	/** Tips that upstream no longer has and that are kept. */
	readonly keptTips: number;
	/** Bytes on the disk when last changed. */
	readonly size: number;
};

export type WikiRecord =
	| {readonly state: 'saved'; readonly mirror: MirrorRecord; readonly missingSince?: string}
	/** Claimed by `has_wiki` but not there; asked again 30 days after `checkedAt`. */
	| {readonly state: 'missing'; readonly checkedAt: string};

/** A repository's `cistern.json`: who it is and what was saved. Written only when something changed. */
export type RepositoryRecord = {
	readonly version: 1;
	readonly uuid: string;
	readonly workspace: string;
	readonly slug: string;
	/** Names it had before (`workspace/slug`), oldest first. */
	readonly formerNames: readonly string[];
	readonly firstSavedAt: string;
	readonly repo: MirrorRecord;
	readonly wiki?: WikiRecord;
	/** Its default branch uses Git LFS, whose files are not in the mirror. */
	readonly usesLfs: boolean;
	/** The run that first missed it in a complete listing, RFC 3339. */
	readonly goneSince?: string;
	/** What verify or a run found wrong with the mirror; the next backup mends it. */
	readonly damage?: string;
};

/** A record together with the folder it lies in (a name below the source's folder). */
export type SavedRepository = {readonly folder: string; readonly record: RepositoryRecord};

/** An old folder in SCM Backup's layout: a mirror, but no record yet. */
export type UnrecordedFolder = {readonly folder: string; readonly hasWiki: boolean};

export const isSame = (repository: Repository, record: RepositoryRecord): boolean =>
	repository.uuid === record.uuid;
