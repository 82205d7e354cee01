import type {Failure} from '../failure/failure.ts';
import type {MirrorName} from '../plan/layout.ts';

/** Where a repository is brought back to. `folder` is an absolute path. */
export type Destination = {readonly folder: string} | {readonly url: string};

/** What a repository is, or was already, once it is back. */
export type RestoredFacts = {
	/** When the state was recorded, RFC 3339; undefined where its mirror has no history. */
	readonly asOf: string | undefined;
	/** Branches and tags. */
	readonly refs: number;
	/** The branch that HEAD names, by its full name. */
	readonly head: string | undefined;
	/** Its LFS files are not in the backup. */
	readonly usesLfs: boolean;
	/** The default branch of a remote that took another one, which no push can change. */
	readonly remoteHead?: string | undefined;
};

/** What became of one repository, or its wiki, that was to be brought back. */
export type Restored =
	| ({readonly result: 'restored'} & RestoredFacts)
	/** An earlier restore brought back this very state. */
	| ({readonly result: 'already-there'} & RestoredFacts)
	/** `first`: its first backup, RFC 3339; undefined where its mirror has no history at all. */
	| {readonly result: 'not-yet-saved'; readonly first: string | undefined}
	| {readonly result: 'failed'; readonly failure: Failure};

export type RestoredName = {
	/** Title of its source. */
	readonly source: string;
	/** Full name. */
	readonly repository: string;
	/** A repository's wiki is a repository of its own, beside it. */
	readonly part: MirrorName;
};

export type RestoredRepository = RestoredName & {
	readonly to: Destination;
	readonly restored: Restored;
};
