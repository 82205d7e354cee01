import type {ExitCode} from '../failure/exit-code.ts';
import type {Failure} from '../failure/failure.ts';
import type {Fields, NamedGap} from '../record/gap.ts';
import type {Outcome} from './outcome.ts';

/** git's work for a repository, in the order in which it happens. */
export type Stage =
	| 'asking'
	| 'counting'
	| 'compressing'
	| 'receiving'
	| 'resolving'
	| 'sending'
	| 'keeping'
	| 'rescuing'
	| 'packing';

export type Progress = {
	/** A `Stage`, or that of a part, which then has a `text`. */
	readonly stage: string;
	/** The stage in words. */
	readonly text?: string;
	/** 0 to 100, if git tells it. */
	readonly percent?: number;
	/** Files that are here, and all of them, for a part that fetches files. */
	readonly files?: number;
	readonly ofFiles?: number;
	/** Bytes received so far. */
	readonly bytes?: number;
	readonly bytesPerSecond?: number;
};

export type PlanCounts = {
	readonly new: number;
	readonly changed: number;
	readonly unchanged: number;
	readonly gone: number;
	readonly refused: number;
	readonly failed: number;
	/** Put aside, and looked at again after the others are saved. */
	readonly later?: number;
};

/** A listing so short that nothing is concluded from it. */
export type Shrinkage = {
	readonly expected: number;
	readonly found: number;
	/** Full names, at most the first 20. */
	readonly missing: readonly string[];
	readonly missingCount: number;
	/** Private ones among the missing. If all are private, the token is the likely cause. */
	readonly missingPrivate: number;
};

/** The end of a source. `problem` concerns the source as a whole. */
export type SourceReport = {
	readonly source: string;
	readonly workspace: string;
	readonly folder: string;
	/** Title of the store that keeps it in place of the folder, if there is one. */
	readonly store?: string | undefined;
	/** The shard of this run, such as `3/16`: everything else here counts its repositories alone. */
	readonly shard?: string | undefined;
	/** Repositories in scope; undefined if the listing failed. */
	readonly inScope: number | undefined;
	readonly unchanged: number;
	readonly updated: number;
	readonly new: number;
	readonly failed: number;
	readonly leftOut: number;
	/**
	 * Repositories of which something was sent to the store that alone keeps them, and does not count:
	 * no index object leads to it.
	 */
	readonly uncounted?: number | undefined;
	/** Why saved repositories are not complete. */
	readonly gaps: readonly NamedGap[];
	/** Sentences of its follow-ups. */
	readonly notes: readonly string[];
	/** Fields that the parts and the follow-ups add, for JSON and for the run's line. */
	readonly json: Fields;
	/** Repositories whose damaged copy was replaced, and could not be rescued completely. */
	readonly lost: readonly string[];
	readonly gone: readonly string[];
	readonly shrinkage: Shrinkage | undefined;
	/** Names and globs of `includeRepos` that fit neither a listed nor a saved repository. */
	readonly unmatched?: readonly string[] | undefined;
	readonly problem: Failure | undefined;
	/** Bytes received by git in this run. */
	readonly received: number;
	/** Milliseconds. */
	readonly duration: number;
	/** When everything in scope was last saved as it was upstream, before this run. RFC 3339. */
	readonly lastComplete: string | undefined;
	/** Bytes of all mirrors on the disk, as last recorded. */
	readonly size?: number | undefined;
	/** Bytes left on the disk after this run. */
	readonly free?: number | undefined;
	/** Branches rewritten, tags moved and refs deleted upstream, as this run found them. */
	readonly rewritten: number;
	readonly moved: number;
	readonly deleted: number;
	/** Refs of which this run kept the old state. */
	readonly kept: number;
	/** Only a part of the scope was asked for, so this is no complete backup however it ended. */
	readonly partial?: true | undefined;
	/** Names of follow-ups that the settings ask for and this run did without. */
	readonly without?: readonly string[] | undefined;
	readonly exitCode: ExitCode;
};

/** An event of one source. */
export type SourceEvent =
	| {
			readonly type: 'source-started';
			readonly workspace: string;
			readonly folder: string;
			/** Title of the store that keeps it in place of the folder, if there is one. */
			readonly store?: string | undefined;
	  }
	/** Until the source ends, no other run works in its folder. */
	| {readonly type: 'folder-held'}
	| {
			readonly type: 'listing-progressed';
			/** Repositories found so far and, if Bitbucket told it, in all. */
			readonly found: number;
			readonly total?: number | undefined;
			readonly done: boolean;
	  }
	| {readonly type: 'repository-looked-at'; readonly repository: string}
	/** It keeps silent, or fails for now: the others go first, and it is tried again at the end. */
	| {
			readonly type: 'repository-put-aside';
			readonly repository: string;
			readonly failure: Failure;
			/** As `repository-started` told it, if it was started. */
			readonly size?: number;
	  }
	| {
			readonly type: 'plan-made';
			readonly inScope: number;
			readonly counts: PlanCounts;
			/** Bytes, as Bitbucket counts them, of all that is to be cloned. */
			readonly size?: number;
	  }
	| {
			readonly type: 'repository-started';
			readonly repository: string;
			readonly action: 'clone' | 'update';
			/** Bytes, as Bitbucket counts them, of what is to be cloned. */
			readonly size?: number;
	  }
	/** Git makes its transfer by itself, because only it may understand the server. */
	| {
			readonly type: 'repository-fell-back';
			readonly repository: string;
			readonly reason: string;
	  }
	| {
			readonly type: 'repository-progressed';
			readonly repository: string;
			readonly progress: Progress;
	  }
	/** The host's gate, or one repository before its next attempt, waits until `until`. */
	| {
			readonly type: 'wait-started';
			readonly host: string;
			readonly repository?: string;
			readonly failure: Failure;
			readonly until: string;
	  }
	| {
			readonly type: 'wait-ended';
			readonly host: string;
			readonly repository?: string;
	  }
	/** It waits for its turn, or for its host, about which a `wait-started` tells. */
	| {
			readonly type: 'repository-held';
			readonly repository: string;
			readonly host: string;
	  }
	/** It no longer waits for its host. */
	| {readonly type: 'repository-released'; readonly repository: string}
	/** Exactly one for each repository in scope, whether or not it was started. */
	| {
			readonly type: 'repository-finished';
			readonly repository: string;
			readonly outcome: Outcome;
	  }
	/** Missing from a complete listing for the first time; its backup stays. */
	| {
			readonly type: 'repository-gone';
			readonly repository: string;
			/** Folder of its backup, where another repository has its name now. */
			readonly keptIn?: string;
	  }
	| {
			readonly type: 'repository-renamed';
			readonly repository: string;
			readonly formerName: string;
	  }
	/** The repositories are saved, and work that follows begins: reading the metadata, say. */
	| {
			readonly type: 'follow-up-started';
			readonly followUp: string;
			/** Repositories that it is about. */
			readonly repositories: number;
	  }
	| {
			readonly type: 'follow-up-progressed';
			readonly followUp: string;
			/** The work in words. */
			readonly text: string;
			readonly repository?: string | undefined;
			/** Requests so far, and about how many are left. */
			readonly requests: number;
			readonly left?: number;
			/** Milliseconds that the rest takes, about. */
			readonly timeLeft?: number;
	  }
	/** It waits until then, because this hour's requests are spent. */
	| {
			readonly type: 'follow-up-waited';
			readonly followUp: string;
			readonly until: string;
			/** The reason in words. */
			readonly text: string;
	  }
	/** Something new of a repository is saved. */
	| {
			readonly type: 'follow-up-saved';
			readonly followUp: string;
			readonly repository: string;
			/** The news in words. */
			readonly text: string;
			/** The same as fields. */
			readonly json: Fields;
	  }
	| {
			readonly type: 'follow-up-finished';
			readonly followUp: string;
			readonly gaps: readonly NamedGap[];
			readonly json: Fields;
			readonly notes: readonly string[];
			/** Where it is worse than its gaps make it. */
			readonly exitCode?: ExitCode;
	  };

/**
 * The events of a run, for every reporter and the log: facts in the past tense, plain JSON only.
 * `repository` is a full name (`workspace/slug`), times are RFC 3339. New types may be added; a field
 * never changes its meaning.
 */
export type BackupEvent =
	| {
			readonly type: 'run-started';
			readonly run: string;
			readonly at: string;
			readonly version: string;
			readonly folder: string;
			readonly sources: readonly string[];
	  }
	/** A warning that stops nothing, in one sentence. */
	| {readonly type: 'noticed'; readonly source?: string; readonly text: string}
	/** `source`: its title. */
	| (SourceEvent & {readonly source: string})
	| {readonly type: 'source-finished'; readonly report: SourceReport}
	/** All sources have ended, and the user's own command runs over the backup folder. */
	| {readonly type: 'after-backup-started'; readonly program: string}
	/** A line of its output. */
	| {readonly type: 'after-backup-printed'; readonly text: string}
	| AfterBackupFinished
	| {
			readonly type: 'run-finished';
			readonly at: string;
			/** Milliseconds. */
			readonly duration: number;
			readonly exitCode: ExitCode;
	  };

/** The end of the user's own command. The last two are there only if it failed. */
export type AfterBackupFinished = {
	readonly type: 'after-backup-finished';
	readonly program: string;
	/** Words that follow the program's name: `ended with exit code 1`. */
	readonly problem?: string | undefined;
	/** The last lines of its output. */
	readonly lastLines?: readonly string[] | undefined;
};

/** Receives each event. It must not throw. */
export type Listener = (event: BackupEvent) => void;
