import type {Failure} from '../domain/failure/failure.ts';
import type {PartDecision, PartLook} from '../domain/plan/plan.ts';
import type {Refs, Repository} from '../domain/plan/repository.ts';
import type {PartWords} from '../domain/record/describe-parts.ts';
import type {Fields, Gap, PartSettings} from '../domain/record/gap.ts';
import type {Digest, EntryReader, PartEntry, SavedRepository} from '../domain/record/record.ts';
import type {Progress} from '../domain/run/events.ts';
import type {Loss, Mending} from '../domain/run/mending.ts';
import type {RefChange} from '../domain/run/outcome.ts';
import type {StepText} from '../domain/store/step.ts';
import type {MirrorFinding} from '../domain/verify/finding.ts';
import type {Rehearsed} from '../domain/verify/verdict.ts';
import type {Bitbucket} from '../ports/bitbucket.ts';
import type {Clock} from '../ports/clock.ts';
import type {Files} from '../ports/files.ts';
import type {Git, PushOptions, RestoredState} from '../ports/git.ts';

/** Everything a part needs for the work on one repository. */
export type PartWork = {
	readonly repository: Repository;
	/** Undefined for a repository without a record. */
	readonly saved: SavedRepository | undefined;
	/** Absolute path of the repository's folder, which may not exist yet. */
	readonly folder: string;
	/** Does the folder come from an older backup, without a record? */
	readonly isUnrecorded: boolean;
	/** Is the copy in a store alone? Then only what a run brings lies in the folder. */
	readonly isStateless: boolean;
	/** Absolute path of this repository's own place for work in progress, on the same file system. */
	readonly workFolder: string;
	/** Names the run; `at`: when it began, milliseconds since 1970. */
	readonly run: {readonly name: string; readonly at: number};
	readonly git: Git;
	readonly files: Files;
	readonly bitbucket: Bitbucket;
	readonly clock: Clock;
	readonly digest: Digest;
	readonly settings: PartSettings;
	readonly signal: AbortSignal;
	/** Asks upstream through the host's gate, again if the failure may pass. `attempts`: at most. */
	readonly retry: <Result>(act: () => Promise<Result>, attempts?: number) => Promise<Result>;
	/** The same for another host, which has a gate of its own. */
	readonly retryAt: <Result>(host: string, act: () => Promise<Result>) => Promise<Result>;
	/** Undefined if no view shows progress. */
	readonly onProgress: ((progress: Progress) => void) | undefined;
	/** Git makes a transfer by itself, because only it may understand the server. */
	readonly onFallBack: (reason: string) => void;
	/** A warning about the repository, in sentences. */
	readonly onNotice: (text: string) => void;
	/** To be called before a new folder is put into place. Throws `folder-unusable`. */
	readonly assertLockHeld: () => Promise<void>;
};

export type SaveWork = PartWork & {
	/** Undefined where the folder itself keeps the files of the part. */
	readonly kept?: KeptFiles | undefined;
	/** The entries of the parts before it, as this run has saved them. */
	readonly entries: Readonly<Record<string, PartEntry>>;
	/**
	 * Writes the record with this entry of the part and all that earlier parts have saved, so that a
	 * kill in the middle of a long work costs that work alone. The entry stays if the part then fails.
	 */
	readonly recordSoFar: (entry: PartEntry) => Promise<void>;
};

/** The files of a part that a store alone keeps. Throws a `FailureError`. */
export type KeptFiles = {
	/** Can the last state be read? Without it, nothing can be built on what was found before. */
	isWhole(): Promise<boolean>;
	/** The paths of those that the store has, below the repository's folder. */
	list(): Promise<ReadonlySet<string>>;
	/** Sends a file and removes it here. It counts once its part is saved. */
	take(file: OffSiteFile): Promise<void>;
};

export type PartSaved<Entry extends PartEntry = PartEntry> = {
	readonly entry: Entry;
	/** `same`: everything was as recorded. */
	readonly how: 'cloned' | 'updated' | 'same';
	readonly changes: readonly RefChange[];
	/** Bytes that git received. */
	readonly received: number;
	/** Bytes that came in another way. */
	readonly fetched?: number;
	/** The news of this run in words, if the refs do not show them. */
	readonly note?: string;
	/** Its fields of the outcome in JSON about this run, beside those of `describe`. */
	readonly json?: Fields;
	/** A damaged or missing copy was rebuilt. */
	readonly mending?: Mending | undefined;
	/** Something upstream that cannot be saved. All else is. */
	readonly lacking?: Failure | undefined;
};

export type CopyTools = Pick<PartWork, 'git' | 'files' | 'digest' | 'signal'>;

/** Everything a part needs to read its copy in a repository's folder. Upstream is not asked. */
export type PartCopy = CopyTools & Pick<PartWork, 'folder'>;

/** The state of one moment. A part that is no git repository has no refs. */
export type PartState = {
	/** Milliseconds since 1970; undefined where the copy has no history. */
	readonly at: number | undefined;
	/** The default branch, by its full name. */
	readonly head: string | undefined;
	readonly refs: Refs;
};

/** `first`: date of the first saved state, RFC 3339; undefined where the copy has no history. */
export type NotYetSaved = {readonly result: 'not-yet-saved'; readonly first: string | undefined};

/** A bare repository, or a working copy with this address as its `origin`. */
export type RestoreForm = RestoredState['as'];

export type Pushed = {
	readonly result: 'restored' | 'already-there';
	/** The remote's default branch where it is another one; a push cannot change it. */
	readonly remoteHead?: string;
	/** The remote's HEAD names no branch that is there, so a clone of it has no files. */
	readonly hasNoHead?: true;
};

/** A part that is restored by itself, next to the others. */
export type CopyReader<Entry extends PartEntry = PartEntry> = {
	/** Ends the name of its repository when it is restored next to the code, and `''` for the code. */
	readonly suffix: string;
	/** It is restored to folders alone, for it must not get into others' hands by mistake. */
	readonly isNeverPushed?: true;
	/** Its address upstream, from the repository's. */
	addressOf(cloneUrl: string): string;
	/** Is there a copy, made by any tool? */
	hasCopy(copy: PartCopy): Promise<boolean>;
	/** Did Cistern make the copy? Asked where the record is lost. Throws where it is unreadable. */
	isOurs(copy: PartCopy): Promise<boolean>;
	/**
	 * Reads the state at a moment, milliseconds since 1970; undefined for the newest. Gives all of it,
	 * or as much as a restore of this form brings back.
	 */
	readState(
		copy: PartCopy,
		known: Entry | undefined,
		at: number | undefined,
		as: RestoreForm | 'remote',
	): Promise<PartState | NotYetSaved>;
	/** When the newest state was recorded. Undefined where that cannot be read. */
	readNewest(copy: PartCopy): Promise<number | undefined>;
	/** Does the target already hold this very state? */
	holdsState(copy: PartCopy, state: PartState, target: string, as: RestoreForm): Promise<boolean>;
	/** Restores a state to `target`, an empty folder. What it has done so far stays when it fails. */
	restore(copy: PartCopy, state: PartState, target: string, as: RestoreForm): Promise<void>;
	/** Brings back what lies beside the refs, into the repository just restored to `target`. */
	restoreFiles?(copy: PartCopy, state: PartState, target: string): Promise<Completed>;
	/**
	 * Pushes a state into a remote that is empty or holds a part of it. `beforeRefs` is called once
	 * the remote has proved fit, if any ref is to be pushed.
	 */
	push(
		copy: PartCopy,
		state: PartState,
		url: string,
		options: PushOptions & {readonly beforeRefs?: () => Promise<void>},
	): Promise<Pushed>;
	/**
	 * Restores the newest state to `target`, compares it with the record, and removes it again.
	 * `complete` then restores what goes along with it, and tells what is missing.
	 */
	rehearse(
		copy: PartCopy,
		known: Entry | undefined,
		target: string,
		complete?: (target: string) => Promise<string | undefined>,
	): Promise<Rehearsed>;
};

/** How a part goes to another place, and how it is made whole once it came back. */
export type OffSite = {
	/**
	 * The ref of its mirror that gets a commit with each new state. Undefined for a part whose folder is
	 * no mirror: a mirror goes with all its refs.
	 */
	readonly historyRef: string | undefined;
	/**
	 * A run without a folder reads it back before it saves it. So its bundles are sealed for the key of
	 * that run too, and its states are sent as a folder sends them.
	 */
	readonly isReadBack?: true;
	/** Has it anything that could go? Most repositories have nothing of some parts. */
	hasContent(known: PartEntry): boolean;
	/**
	 * May a file of it lie at this path? Asked of what comes back: anyone who can write to a store can
	 * seal something for its keys, and a file in the place of git's own could run code.
	 */
	isOwnPath(path: string): boolean;
	/** Its other files, in their state of now. */
	listFiles(copy: PartCopy): Promise<readonly OffSiteFile[]>;
	/** Small files that a run without a folder has to read before it saves the part. */
	listTexts?(copy: PartCopy): Promise<readonly StepText[]>;
	/**
	 * For a mirror: moves the copy that is coming back to a state of upstream's, as a backup of that time
	 * would have. `run` names it.
	 */
	replay?(copy: PartCopy, state: PartState & {readonly at: number}, run: string): Promise<void>;
	/** The entry for a copy that has just come back: its files have other times. */
	renew(copy: PartCopy, known: PartEntry): Promise<PartEntry>;
};

export type OffSiteFile = {
	/** Below the repository's folder. */
	readonly path: string;
	/** SHA-256 of its content, hex. */
	readonly sha256: string;
};

/**
 * One thing that is kept of a repository, as its code. The engine runs over all parts in the
 * order of the registry and knows none of them by name: the repository itself comes first, and a
 * part that reads what another one saved comes after it. `known` is the entry of the record. A part
 * throws a `FailureError`; that of a required part is the repository's failure, that of another one
 * leaves its entry as it is. Something that a part could not save is no failure: its entry says it,
 * and `describe` tells it as a gap.
 */
type PartBase<Entry extends PartEntry, Seen> = EntryReader<Entry> &
	PartWords<Entry> & {
		/** A follow-up reads it once all repositories are saved, and in a run it tells the gaps. */
		readonly isReadLater?: true;
		readonly ofWorkspace?: Part;
		/** The word of JSON for a number of them, if it has one. */
		readonly counted?: string;
		/** Asks upstream and looks at the files here. Writes nothing and starts no process. */
		look(work: PartWork, known: Entry | undefined): Promise<PartLook<Seen>>;
		/** Pure. `before`: the decision about the repository itself. */
		decide(
			known: Entry | undefined,
			look: PartLook<Seen>,
			before: PartDecision | undefined,
		): PartDecision;
		/** Is upstream as the entry says? Pure; for `verify --remote`. */
		isAsUpstream(known: Entry | undefined, look: PartLook<Seen>): boolean;
		/** Called if the decision was not `none`. On return, everything in the entry is on the disk. */
		save(work: SaveWork, known: Entry | undefined, look: PartLook<Seen>): Promise<PartSaved<Entry>>;
		/** Its entry after commits came that no look of its own has seen. */
		lookAgain?(known: Entry): Entry;
		/** For a part of which a user can accept that something is missing. */
		readonly acceptance?: {
			/** The word of JSON for a line about one of these things. */
			readonly line: 'missing-file' | 'missing-settings';
			/** The things that are missing and not accepted yet, as parts of a sentence. */
			list(copy: PartCopy, known: Entry): Promise<readonly string[]>;
			/** Accepts all of it. */
			accept(copy: PartCopy, known: Entry): Promise<Entry>;
		};
		/** Left out for a part that goes to no other place. */
		readonly offSite?: OffSite;
		/** Finds everything that is wrong with the copy. Reads all of it and writes nothing. */
		verify(
			copy: PartCopy,
			known: Entry | undefined,
			losses: readonly Loss[],
		): Promise<readonly MirrorFinding[]>;
	};

/** The work of a companion for a restored or pushed repository. */
export type Completed = {
	/** Remarks, as parts of a sentence. */
	readonly notes: readonly string[];
	/** The things that could not be brought back. */
	readonly gaps: readonly Gap[];
	readonly json: Fields;
};

/** A part that completes the repository itself, and is restored and pushed along with it. */
export type Companion<Entry extends PartEntry = PartEntry, Seen = unknown> = PartBase<
	Entry,
	Seen
> & {
	readonly isCompanion: true;
	/** Completes the repository that was just restored to `target`. */
	complete(
		copy: PartCopy,
		known: Entry | undefined,
		target: string,
		as: RestoreForm,
	): Promise<Completed>;
	/** Pushes what a remote must have before the refs of this state. `isLeftOut`: says what it lacks. */
	pushFirst(
		copy: PartCopy,
		known: Entry | undefined,
		state: PartState,
		url: string,
		options: PushOptions & {readonly isLeftOut: boolean},
	): Promise<Completed>;
};

/** A part that is restored and pushed by itself. */
export type Standalone<Entry extends PartEntry = PartEntry, Seen = unknown> = PartBase<
	Entry,
	Seen
> &
	CopyReader<Entry> & {readonly isCompanion?: never};

export type Part<Entry extends PartEntry = PartEntry, Seen = unknown> =
	| Standalone<Entry, Seen>
	| Companion<Entry, Seen>;

export const isCompanion = (part: Part): part is Companion => part.isCompanion === true;

export const isStandalone = (part: Part): part is Standalone => !isCompanion(part);

/**
 * Hides a part's own types from the engine. This is sound because the engine hands a part only
 * entries that its `readEntry` or `save` gave, and only looks of its own.
 */
export const definePart = <Entry extends PartEntry, Seen>(part: Part<Entry, Seen>): Part => part;
