import type {Failure} from '../failure/failure.ts';
import type {MirrorName} from '../plan/layout.ts';

/** A ref that reaches something that cannot be read. */
export type AffectedRef = {readonly ref: string; readonly oid: string};

/** The same of an old tip: the ref as upstream called it, and when its run began (RFC 3339). */
export type AffectedTip = AffectedRef & {readonly keptAt: string | undefined};

/** What verify found in a mirror, told apart by what to do about it. */
export type MirrorFinding = {readonly mirror: MirrorName} & (
	| {readonly kind: 'mirror-missing'}
	/** Git does not get as far as looking at its objects. `detail`: git's own words. */
	| {readonly kind: 'mirror-unreadable'; readonly detail: string}
	| {
			readonly kind: 'objects-damaged';
			readonly detail: string;
			readonly refs: readonly AffectedRef[];
			readonly kept: readonly AffectedTip[];
			/** Is the history of its branches and tags affected, too? */
			readonly history: boolean;
	  }
	/** Some objects lie in another folder, so that this one alone is no backup. */
	| {readonly kind: 'objects-borrowed'}
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
	/** Recorded as rewritten or deleted at `at` (RFC 3339), and nothing reaches it any more. */
	| {
			readonly kind: 'kept-missing';
			readonly ref: string;
			readonly oid: string;
			readonly at: string;
	  }
	/** The same, and known since a damaged copy was replaced: no backup brings it back. */
	| {
			readonly kind: 'kept-lost';
			readonly ref: string;
			readonly oid: string;
			readonly at: string;
	  }
	/** Fewer old tips are kept than the record counts, though nothing that they held is lost. */
	| {readonly kind: 'kept-fewer'; readonly recordedTips: number; readonly foundTips: number}
	/** Or what stands in its place is none. */
	| {readonly kind: 'history-missing'}
	/** The record is of an earlier state than the mirror: a run was killed before it wrote it. */
	| {readonly kind: 'record-outdated'}
	/** The mirror is of an earlier state than the record. */
	| {readonly kind: 'mirror-outdated'; readonly recordedAt: string; readonly foundAt: string}
	/** It could not be checked, for a reason that need not be the mirror's. */
	| {readonly kind: 'not-checked'; readonly failure: Failure}
	/** A run was killed while it worked on the mirror. */
	| {readonly kind: 'unfinished'}
	/** So many objects are whole, but not in the form that git asks for today. `detail`: of the first. */
	| {readonly kind: 'objects-odd'; readonly count: number; readonly detail: string}
	/** Refs below this prefix are neither branches nor tags nor Cistern's. */
	| {readonly kind: 'namespace-foreign'; readonly prefix: string}
);

/** What verify found elsewhere. Paths are seen from the source's folder. */
export type PlaceFinding =
	| {readonly kind: 'record-missing'}
	/** Cut short, or no record at all. */
	| {readonly kind: 'record-damaged'}
	| {readonly kind: 'record-newer'}
	/** A symbolic link lies in the place of something of Cistern's: what it leads to is no part of this. */
	| {readonly kind: 'linked'; readonly path: string}
	/** The folder or the record could not be read at all. */
	| {readonly kind: 'folder-unreadable'; readonly failure: Failure}
	/** A mirror that Cistern never saved: another tool's. */
	| {readonly kind: 'unrecorded'}
	/** No run of Cistern's ever saved anything here. */
	| {readonly kind: 'source-missing'}
	| {readonly kind: 'runs-missing'}
	| {readonly kind: 'runs-unreadable'; readonly lines: number}
	/** Something else lies in its place, or this user may not read it. */
	| {readonly kind: 'runs-closed'; readonly failure: Failure}
	| {readonly kind: 'leftover'; readonly path: string}
	| {readonly kind: 'foreign'; readonly path: string}
	/** A damaged copy that a backup put aside. */
	| {readonly kind: 'set-aside'; readonly path: string};

export type Finding = MirrorFinding | PlaceFinding;

/**
 * `damage`: something that was saved is not as it was, or nobody can say. `attention`: nothing
 * that was saved is the worse for it.
 */
export const weightOf = ({kind}: Finding): 'damage' | 'attention' => {
	switch (kind) {
		case 'kept-lost':
		case 'record-outdated':
		case 'unfinished':
		case 'objects-odd':
		case 'namespace-foreign':
		case 'unrecorded':
		case 'runs-missing':
		case 'runs-unreadable':
		case 'runs-closed':
		case 'leftover':
		case 'foreign':
		case 'set-aside':
			return 'attention';
		default:
			return 'damage';
	}
};

export const isDamage = (finding: Finding): boolean => weightOf(finding) === 'damage';

export const isOfMirror = (finding: Finding): finding is MirrorFinding => 'mirror' in finding;
