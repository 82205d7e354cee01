import type {Failure} from '../failure/failure.ts';

/** A ref that reaches a damaged object. */
type AffectedRef = {readonly ref: string; readonly oid: string};

/** The same for an old tip: its name upstream, and when its run began (RFC 3339). */
export type AffectedTip = AffectedRef & {readonly keptAt: string | undefined};

/** A file of a part. */
export type FileOfPart = {
	readonly oid: string;
	/** Bytes. */
	readonly size: number;
	/** One of its paths. */
	readonly path?: string | undefined;
	/** The newest commit that has it, and its date (RFC 3339). */
	readonly commit?: string | undefined;
	readonly at?: string | undefined;
};

/** A finding of verify in a mirror. */
export type MirrorFinding = {readonly mirror: string} & (
	| {readonly kind: 'mirror-missing'}
	/** Git fails before it can check the objects. `detail`: git's own words. */
	| {readonly kind: 'mirror-unreadable'; readonly detail: string}
	| {
			readonly kind: 'objects-damaged';
			readonly detail: string;
			readonly refs: readonly AffectedRef[];
			readonly kept: readonly AffectedTip[];
			/** Is the history of its refs affected, too? */
			readonly history: boolean;
	  }
	/** Some objects are in another folder, so this one alone is no backup. */
	| {readonly kind: 'objects-borrowed'}
	/** Upstream itself has commits without their parents. */
	| {readonly kind: 'history-cut'}
	| {readonly kind: 'ref-missing'; readonly ref: string; readonly oid: string}
	| {
			readonly kind: 'ref-changed';
			readonly ref: string;
			readonly recorded: string;
			readonly found: string;
	  }
	/** A branch or tag that no run recorded. */
	| {readonly kind: 'ref-foreign'; readonly ref: string; readonly oid: string}
	| {readonly kind: 'head-changed'; readonly recorded: string; readonly found: string}
	/** A run recorded at `at` (RFC 3339) that it was rewritten or deleted, but no kept ref reaches it. */
	| {
			readonly kind: 'kept-missing';
			readonly ref: string;
			readonly oid: string;
			readonly at: string;
	  }
	/** The same, known since a damaged copy was replaced. No backup can bring it back. */
	| {
			readonly kind: 'kept-lost';
			readonly ref: string;
			readonly oid: string;
			readonly at: string;
	  }
	/** Fewer old tips are kept than the record counts, but no object is lost. */
	| {readonly kind: 'kept-fewer'; readonly recordedTips: number; readonly foundTips: number}
	/** There is no history, or it cannot be read. */
	| {readonly kind: 'history-missing'}
	/** The record is older than the mirror: a run was killed before it wrote the record. */
	| {readonly kind: 'record-outdated'}
	/** The mirror is older than the record. */
	| {readonly kind: 'mirror-outdated'; readonly recordedAt: string; readonly foundAt: string}
	/** It could not be checked; the mirror itself may be whole. */
	| {readonly kind: 'not-checked'; readonly failure: Failure}
	/** A run was killed while it worked on the mirror. */
	| {readonly kind: 'unfinished'}
	/** Objects are whole, but in an older form than git writes today. `detail` is about the first. */
	| {readonly kind: 'objects-odd'; readonly count: number; readonly detail: string}
	/** Refs below this prefix are not branches, not tags, and not Cistern's. */
	| {readonly kind: 'namespace-foreign'; readonly prefix: string}
	/** Its content is not what its name says. */
	| ({readonly kind: 'file-damaged'} & FileOfPart)
	/** A run saved it, and it is not there any more. */
	| ({readonly kind: 'file-missing'} & FileOfPart)
	/** Files that no run could or was to save. `size`: bytes; `paths`: the first of them. */
	| {
			readonly kind: 'files-absent';
			readonly count: number;
			readonly size: number;
			readonly paths: readonly string[];
	  }
	/** Another program's files in the mirror, as a sync client makes them. `paths`: the first of them. */
	| {readonly kind: 'files-foreign'; readonly count: number; readonly paths: readonly string[]}
);

/** A finding outside the mirrors. Paths are relative to the source's folder. */
export type PlaceFinding =
	/** A run saved it, and its folder is empty or not there any more. */
	| {readonly kind: 'repository-missing'}
	| {readonly kind: 'record-missing'}
	/** Cut short, or not a record. */
	| {readonly kind: 'record-damaged'}
	| {readonly kind: 'record-newer'}
	/** A symbolic link stands in place of one of Cistern's files. Its target is not part of the backup. */
	| {readonly kind: 'linked'; readonly path: string}
	/** The folder or the record could not be read. */
	| {readonly kind: 'folder-unreadable'; readonly failure: Failure}
	/** A mirror that another tool saved. */
	| {readonly kind: 'unrecorded'}
	/** No run has saved anything here. */
	| {readonly kind: 'source-missing'}
	| {readonly kind: 'runs-missing'}
	| {readonly kind: 'runs-unreadable'; readonly lines: number}
	/** Something else stands in its place, or this user may not read it. */
	| {readonly kind: 'runs-closed'; readonly failure: Failure}
	| {readonly kind: 'leftover'; readonly path: string}
	| {readonly kind: 'foreign'; readonly path: string}
	/** A repository from before Bitbucket gave up Mercurial, which an older backup program saved. */
	| {readonly kind: 'mercurial'}
	/** A damaged copy that a backup set aside. */
	| {readonly kind: 'set-aside'; readonly path: string};

export type Finding = MirrorFinding | PlaceFinding;

export const isOfMirror = (finding: Finding): finding is MirrorFinding => 'mirror' in finding;
