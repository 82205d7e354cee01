import type {Failure} from '../failure/failure.ts';

/** What became of one repository that was to be brought back. */
export type Restored =
	| {
			readonly result: 'restored';
			/** When the state was recorded, RFC 3339. */
			readonly asOf: string;
			/** Branches and tags. */
			readonly refs: number;
			/** The branch that HEAD names, by its full name. */
			readonly head: string | undefined;
			/** Its LFS files are not in the backup. */
			readonly usesLfs: boolean;
	  }
	/** `first`: its first backup, RFC 3339; undefined where its mirror has no history at all. */
	| {readonly result: 'not-yet-saved'; readonly first: string | undefined}
	| {readonly result: 'failed'; readonly failure: Failure};

export type RestoredRepository = {
	/** Title of its source. */
	readonly source: string;
	/** Full name. */
	readonly repository: string;
	/** Absolute path of where it was to go. */
	readonly folder: string;
	readonly restored: Restored;
};
