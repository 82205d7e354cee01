import type {Failure} from '../failure/failure.ts';
import type {Loss} from '../run/mending.ts';

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
export type MirrorStamp = {
	readonly head: string;
	/** Bytes and milliseconds since 1970 of `packed-refs`; 0 where there is none. */
	readonly packedRefsSize: number;
	readonly packedRefsTime: number;
	/** Milliseconds since 1970 of the folders that a loose ref or a pack would change. */
	readonly headsTime: number;
	readonly tagsTime: number;
	readonly packsTime: number;
};

export const equalStamps = (left: MirrorStamp, right: MirrorStamp): boolean =>
	left.head === right.head &&
	left.packedRefsSize === right.packedRefsSize &&
	left.packedRefsTime === right.packedRefsTime &&
	left.headsTime === right.headsTime &&
	left.tagsTime === right.tagsTime &&
	left.packsTime === right.packsTime;

export type MirrorRecord = {
	readonly refs: RefsState;
	readonly print: MirrorStamp;
	/** When the content last changed here, RFC 3339. */
	readonly changedAt: string;
	/** Tips that upstream no longer has and that are kept. */
	readonly keptTips: number;
	/** Bytes on the disk when last changed. */
	readonly size: number;
};

export type WikiRecord =
	/**
	 * A copy is here. `missingAt`: when upstream was last asked and had none any more. `damage`: what
	 * verify found wrong with it.
	 */
	| {
			readonly state: 'saved';
			readonly mirror: MirrorRecord;
			readonly missingAt?: string;
			readonly damage?: string;
	  }
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
	/** What could not be rescued from damaged mirrors, oldest first. */
	readonly losses?: readonly Loss[];
};

/** Bytes on the disk, of repository and wiki, as last recorded. */
export const sizeOf = ({repo, wiki}: RepositoryRecord): number =>
	repo.size + (wiki?.state === 'saved' ? wiki.mirror.size : 0);

/** A record together with the folder it lies in (a name below the source's folder). */
export type SavedRepository = {readonly folder: string; readonly record: RepositoryRecord};

/** A folder below the source's that holds no saved repository's record. It is never renamed. */
export type OtherFolder = {
	readonly folder: string;
	/** Whose it is, where that could be read. */
	readonly uuid: string | undefined;
};

/** One that has to be left alone, and why: its record is a newer Cistern's, or cannot be read. */
export type ClosedFolder = OtherFolder & {readonly failure: Failure};

/** What lies below a source's folder. */
export type SavedState = {
	readonly repositories: readonly SavedRepository[];
	/** Names: no record, as SCM Backup or a killed first save left it, or a damaged one. */
	readonly unrecorded: readonly string[];
	readonly closed: readonly ClosedFolder[];
	/** Copies that somebody made of a saved repository's folder. */
	readonly copies: readonly OtherFolder[];
};
