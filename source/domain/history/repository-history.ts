import type {RefChange} from '../run/outcome.ts';
import type {RecordedMoves} from './history-message.ts';
import type {KeptCommit} from './kept-state.ts';

/** One branch or tag that a run found changed. */
export type RecordedChange = RefChange & {
	/** Is its old state held beside upstream's, because nothing upstream reaches it any more? */
	readonly kept: boolean;
	/** How many commits of its old state no branch and no tag of upstream's reaches any more. */
	readonly onlyHere: number;
	/** The newest of them, at most 20. */
	readonly commits: readonly KeptCommit[];
};

/** What one run found changed. */
export type RecordedRun = {
	/** RFC 3339. */
	readonly at: string;
	/** What its own clock said, RFC 3339, where the run before bears a later date. */
	readonly clockAt?: string;
	/** Branches and tags after it. */
	readonly refs: number;
	/** Is it the first that is recorded? Its changes are all there was. */
	readonly isFirst: boolean;
	/** The default branch, where it was found to be another. */
	readonly head: RecordedMoves['head'];
	readonly changes: readonly RecordedChange[];
};

/** Every change of a repository's branches and tags that was seen, the newest run first. */
export type RepositoryHistory = {
	readonly source: string;
	/** Full name. */
	readonly repository: string;
	/** Below the source's folder; names it where its name is another repository's now. */
	readonly folder: string;
	readonly runs: readonly RecordedRun[];
	/** The date of the oldest run whose clock was ahead, RFC 3339. */
	readonly aheadFrom?: string;
};
