import type {PartDecision, PartLook} from '../domain/plan/plan.ts';
import type {Repository} from '../domain/plan/repository.ts';
import type {Digest, EntryReader, PartEntry, SavedRepository} from '../domain/record/record.ts';
import type {Progress} from '../domain/run/events.ts';
import type {Mending} from '../domain/run/mending.ts';
import type {RefChange} from '../domain/run/outcome.ts';
import type {Bitbucket} from '../ports/bitbucket.ts';
import type {Clock} from '../ports/clock.ts';
import type {Files} from '../ports/files.ts';
import type {Git} from '../ports/git.ts';

/** Everything a part needs for the work on one repository. */
export type PartWork = {
	readonly repository: Repository;
	/** Undefined for a repository without a record. */
	readonly saved: SavedRepository | undefined;
	/** Absolute path of the repository's folder, which may not exist yet. */
	readonly folder: string;
	/** Does the folder come from an older backup, without a record? */
	readonly isUnrecorded: boolean;
	/** Absolute path of this repository's own place for work in progress, on the same file system. */
	readonly workFolder: string;
	/** Names the run; `at`: when it began, milliseconds since 1970. */
	readonly run: {readonly name: string; readonly at: number};
	readonly git: Git;
	readonly files: Files;
	readonly bitbucket: Bitbucket;
	readonly clock: Clock;
	readonly digest: Digest;
	readonly signal: AbortSignal;
	/** Asks upstream through the host's gate, again if the failure may pass. `attempts`: at most. */
	readonly retry: <Result>(act: () => Promise<Result>, attempts?: number) => Promise<Result>;
	/** Undefined if no view shows progress. */
	readonly onProgress: ((progress: Progress) => void) | undefined;
	/** To be called before a new folder is put into place. Throws `folder-unusable`. */
	readonly assertLockHeld: () => Promise<void>;
};

export type PartSaved<Entry extends PartEntry = PartEntry> = {
	readonly entry: Entry;
	/** `same`: everything was as recorded. */
	readonly how: 'cloned' | 'updated' | 'same';
	readonly changes: readonly RefChange[];
	/** Bytes. */
	readonly received: number;
	/** A damaged or missing copy was rebuilt. */
	readonly mending?: Mending | undefined;
};

/**
 * One thing that is kept of a repository: its code, its wiki. The engine runs over all parts in the
 * order of the registry and knows none of them by name. `known` is the entry of the record. A part
 * throws a `FailureError`; that of a required part is the repository's failure, that of another one
 * leaves its entry as it is.
 */
export type Part<Entry extends PartEntry = PartEntry, Seen = unknown> = EntryReader<Entry> & {
	/** Asks upstream and looks at the files here. Writes nothing and starts no process. */
	look(work: PartWork, known: Entry | undefined): Promise<PartLook<Seen>>;
	/** Pure. */
	decide(known: Entry | undefined, look: PartLook<Seen>): PartDecision;
	/** Is upstream as the entry says? Pure; for `verify --remote`. */
	isAsUpstream(known: Entry | undefined, look: PartLook<Seen>): boolean;
	/** Called if the decision was not `none`. On return, everything in the entry is on the disk. */
	save(work: PartWork, known: Entry | undefined, look: PartLook<Seen>): Promise<PartSaved<Entry>>;
};

/**
 * Hides a part's own types from the engine. This is sound because the engine hands a part only
 * entries that its `readEntry` or `save` gave, and only looks of its own.
 */
export const definePart = <Entry extends PartEntry, Seen>(part: Part<Entry, Seen>): Part => part;
