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
	/** Milliseconds since 1970 of the folders that a loose ref or a pack would change. */
	readonly headsTime: number;
	readonly tagsTime: number;
	readonly packsTime: number;
};

export const equalPrints = (left: MirrorPrint, right: MirrorPrint): boolean =>
	left.head === right.head &&
	left.packedRefsSize === right.packedRefsSize &&
	left.packedRefsTime === right.packedRefsTime &&
	left.headsTime === right.headsTime &&
	left.tagsTime === right.tagsTime &&
	left.packsTime === right.packsTime;

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
	/** A copy is here. `missingAt`: when upstream was last asked and had none any more. */
	| {readonly state: 'saved'; readonly mirror: MirrorRecord; readonly missingAt?: string}
	/** Claimed by `has_wiki`, but there was none at `missingAt`. */
	| {readonly state: 'missing'; readonly missingAt: string};

/** A repository's `cistern.json`: who it is and what was saved. Written only when something changed. */
export type RepositoryRecord = {
	readonly version: 1;
	readonly uuid: string;
	readonly workspace: string;
	readonly slug: string;
	readonly isPrivate: boolean;
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

/**
 * What lies below a source's folder: repositories with a record, and folders whose record is
 * missing (SCM Backup's, or a first save that was killed), damaged or a newer Cistern's.
 */
export type SavedState = {
	readonly repositories: readonly SavedRepository[];
	readonly unrecorded: readonly string[];
	readonly newer: readonly string[];
};
