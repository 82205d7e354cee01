import type {RefChange} from './outcome.ts';

/** One branch or tag that a run found changed. */
export type RecordedChange = RefChange & {
	/** Is its old state held beside upstream's, because nothing upstream reaches it any more? */
	readonly kept: boolean;
	/** Commits that only its old state reaches; undefined where nobody counted. */
	readonly onlyHere: number | undefined;
};

/** What one run found changed. */
export type RecordedRun = {
	/** RFC 3339. */
	readonly at: string;
	/** Branches and tags after it. */
	readonly refs: number;
	/** Is it the first that is recorded? Its changes are all there was. */
	readonly isFirst: boolean;
	readonly changes: readonly RecordedChange[];
};

/** Every change of a repository's branches and tags that was seen, the newest run first. */
export type RepositoryHistory = {
	readonly source: string;
	/** Full name. */
	readonly repository: string;
	readonly runs: readonly RecordedRun[];
};
