import type {ExitCode} from '../failure/exit-code.ts';
import type {Failure} from '../failure/failure.ts';
import type {Fields, Gap} from '../record/gap.ts';
import type {Progress} from '../run/events.ts';

/** Destination of a restored part. `folder` is an absolute path. */
export type Destination = {readonly folder: string} | {readonly url: string};

/** The state that was restored, or that an earlier restore left. */
export type RestoredFacts = {
	/** When the state was recorded, RFC 3339; undefined where its mirror has no history. */
	readonly asOf: string | undefined;
	/** Refs. */
	readonly refs: number;
	/** The branch that HEAD names, by its full name. */
	readonly head: string | undefined;
	/** Remarks of its parts, as parts of a sentence. */
	readonly notes: readonly string[];
	/** Pieces of it that are not in the backup. */
	readonly gaps: readonly Gap[];
	/** Fields that the parts add, for JSON. */
	readonly json: Fields;
	/** The remote's default branch where it is another one; a push cannot change it. */
	readonly remoteHead?: string | undefined;
	/** HEAD names no branch that is there: a clone of it has no files, nor has a working copy. */
	readonly hasNoHead?: true | undefined;
};

/** Result of the restore of one part. */
export type Restored =
	| ({readonly result: 'restored'} & RestoredFacts)
	/** An earlier restore left this very state. */
	| ({readonly result: 'already-there'} & RestoredFacts)
	/** `first`: date of its first backup, RFC 3339; undefined where it has no history. */
	| {readonly result: 'not-yet-saved'; readonly first: string | undefined}
	| {readonly result: 'failed'; readonly failure: Failure};

export type RestoredName = {
	/** Title of its source. */
	readonly source: string;
	/** Full name. */
	readonly repository: string;
	/** Name of the part: `repo` for the repository itself. */
	readonly part: string;
};

export type RestoredRepository = RestoredName & {
	readonly to: Destination;
	/** Its usual name, which something else that is restored has. */
	readonly nameTaken?: string | undefined;
	readonly restored: Restored;
};

/** The events of a restore, for every view. Facts in the past tense, plain JSON only. */
export type RestoreEvent =
	| {
			readonly type: 'restore-started';
			/** RFC 3339. */
			readonly at: string;
			readonly version: string;
			/** All parts to restore. */
			readonly plan: readonly RestoredName[];
			/** Fields that the parts add, for JSON. */
			readonly json: Fields;
			/** A folder, an address, or the pattern of addresses. */
			readonly to: string;
			/** The moment that the user asked for, RFC 3339. */
			readonly asOf: string | undefined;
	  }
	| ({readonly type: 'restoring'} & RestoredName)
	| ({readonly type: 'restore-progressed'; readonly progress: Progress} & RestoredName)
	/** Exactly one for each part, unless the restore was interrupted. */
	| ({readonly type: 'restore-ended'} & RestoredRepository)
	| {
			readonly type: 'restore-finished';
			readonly at: string;
			/** Milliseconds. */
			readonly duration: number;
			readonly exitCode: ExitCode;
	  };
