import type {
	HistoryEntry,
	HistoryLogEntry,
	RecordedHistory,
	RefMove,
} from '../domain/history/history.ts';
import type {KeptCommit, KeptTip} from '../domain/history/repository-history.ts';
import type {Advertisement, Refs} from '../domain/plan/repository.ts';
import type {MirrorStamp} from '../domain/record/record.ts';
import type {GitMetadata} from './git-metadata.ts';
import type {GitHollowMirrors, GitTransfers, TransferOptions} from './git-transfers.ts';
import type {LfsPointers, LfsPushed, LfsRestoring, LfsStore} from './lfs.ts';

/**
 * The installed git, isolated from the user's configuration, with one source's credential.
 * `mirror` is always the absolute path of a bare repository.
 */
export interface Git
	extends GitMirrors,
		GitRefs,
		GitTransfers,
		GitHistory,
		GitChecks,
		GitRestoring,
		GitRemotes,
		GitSalvage,
		GitBundles,
		GitHollowMirrors,
		GitMetadata,
		LfsPointers,
		LfsStore,
		LfsRestoring {
	/**
	 * Throws `git-unusable` when no git is installed or it is too old. Every other method does this
	 * first; it starts a process only once a run.
	 */
	requireUsable(): Promise<void>;
}

/** Making a mirror, and keeping its files in order. */
export interface GitMirrors {
	/**
	 * Makes an empty mirror with Cistern's configuration, for objects with ids like `oids`. The folder
	 * must not exist yet.
	 */
	createMirror(mirror: string, oids?: Iterable<string>): Promise<void>;

	/**
	 * Replaces the configuration of an existing bare repository with Cistern's, before git reads it.
	 * Throws `mirror-unusable` when the repository can only hold a part (shallow, partial, borrowed
	 * objects). Usually starts no process.
	 */
	configureMirror(mirror: string): Promise<void>;

	/** Points HEAD at a branch, which need not exist yet, or at an object. */
	setHead(mirror: string, head: string): Promise<void>;

	/** The stamp of the mirror's files; undefined when there is no mirror. Starts no process. */
	readStamp(mirror: string): Promise<MirrorStamp | undefined>;

	/**
	 * Packs refs, and objects as `packObjects` does. Called once the refs are moved: it ends the holding
	 * of packs that `fetchObjects` brought.
	 */
	pack(mirror: string): Promise<void>;

	/** Packs objects when there are many small packs or files of one. Never removes an object. */
	packObjects(mirror: string): Promise<void>;

	/** Removes the locks that a killed git left. Only for a mirror that is not in use. */
	clearStaleLocks(mirror: string): Promise<void>;
}

/** Ref name to object id and type, as `for-each-ref` prints them. */
export type TypedRefs = ReadonlyMap<string, {readonly oid: string; readonly type: string}>;

/** Reading a mirror's refs and moving them. */
export interface GitRefs {
	/**
	 * Upstream's refs, or the refs below `prefix`. Throws `mirror-unusable` when the folder is no
	 * repository.
	 */
	readRefs(mirror: string, prefix?: string): Promise<TypedRefs>;

	/** All refs, Cistern's own included. Reads no object, so refs to missing objects are listed too. */
	readTips(mirror: string): Promise<Refs>;

	/** The same from the files of a mirror that Cistern itself wrote. Starts no process. */
	readStoredTips(mirror: string): Promise<Refs>;

	/** Moves refs, all in one write: a kill leaves all of it or nothing. */
	updateRefs(mirror: string, moves: readonly RefMove[]): Promise<void>;

	/** The commits among `tips` that none of `from` reaches. Throws `mirror-unusable` if one is missing. */
	findUnreachable(
		mirror: string,
		tips: readonly string[],
		from: readonly string[],
	): Promise<ReadonlySet<string>>;

	/** The same of ids alone, whose objects need not be there any more. `from` must be whole. */
	findUnreached(
		mirror: string,
		oids: readonly string[],
		from: readonly string[],
	): Promise<ReadonlySet<string>>;

	/** The branches whose move is not a fast-forward. All objects must be there. */
	findRewritten(
		mirror: string,
		moves: readonly {readonly ref: string; readonly from: string; readonly to: string}[],
	): Promise<ReadonlySet<string>>;
}

/** A mirror's past: its history, and the old states that it keeps. */
export interface GitHistory {
	/** The last commit of the mirror's history with the refs that it recorded, or undefined. */
	readLastHistory(mirror: string): Promise<RecordedHistory | undefined>;

	/** All commits of the mirror's history, newest first. */
	readHistoryLog(mirror: string): Promise<readonly HistoryLogEntry[]>;

	/** The refs that a commit of the history recorded. */
	readHistoryRefs(mirror: string, oid: string): Promise<string>;

	/**
	 * Writes an entry's objects and gives the entry as recorded: its date may be later than asked for.
	 * Moves no ref and starts no process.
	 */
	writeHistory(
		mirror: string,
		entry: HistoryEntry,
		parent: RecordedHistory | undefined,
	): Promise<RecordedHistory>;

	/**
	 * Writes the refs of a new mirror, and the first entry of its history. Only for a mirror that is not
	 * in place yet. Starts no process and syncs nothing.
	 */
	beginHistory(mirror: string, refs: Refs, entry: HistoryEntry): Promise<void>;

	/**
	 * The commits that refs below `refs/cistern/kept/` reach and upstream's refs do not, by the id of
	 * each kept object. At most `most` commits are named of each.
	 */
	readKept(mirror: string, most: number): Promise<ReadonlyMap<string, KeptTip>>;

	/** The commits with these ids, in this order. */
	readCommits(mirror: string, oids: readonly string[]): Promise<readonly KeptCommit[]>;
}

/** Damage that git finds in the objects that a mirror's refs reach, or in their files. */
export type ObjectDamage = {
	/** The first of git's own words. */
	readonly detail: string;
	/** Objects that are missing or do not match their id, as far as git names them. */
	readonly oids: ReadonlySet<string>;
};

/** The result of reading every object of a mirror. */
export type ObjectCheck = {
	/** Undefined when everything is whole. */
	readonly damage: ObjectDamage | undefined;
	/**
	 * git's words for each object that is whole but not in the form that git would write today.
	 * Upstream has it in the same form, so this is no damage.
	 */
	readonly oddities: readonly string[];
};

/** Checking whether a mirror is whole. */
export interface GitChecks {
	/**
	 * Follows every ref to its end. Throws `mirror-unusable` when an object is missing. Reads no file's
	 * content, so it is quick compared with `checkObjects`.
	 */
	requireWhole(mirror: string, signal: AbortSignal): Promise<void>;

	/**
	 * Reads every object of a mirror, compares it with its id, and follows every ref to its end.
	 * Throws `mirror-unusable` when git cannot even read the refs.
	 */
	checkObjects(mirror: string, signal: AbortSignal): Promise<ObjectCheck>;

	/** Files in a mirror that no git made: those of a sync client, say. Paths below the mirror. */
	findForeign(mirror: string): Promise<readonly string[]>;

	/**
	 * The tips that are missing, or reach a missing or damaged object. Walks over all of them at once,
	 * and not into what whole ones reach.
	 */
	findBroken(
		mirror: string,
		tips: readonly string[],
		known: {
			/** Tips that are whole. */
			readonly whole: readonly string[];
			/** Damaged objects. The damage of a file is not looked for. */
			readonly damaged: ReadonlySet<string>;
		},
		signal: AbortSignal,
	): Promise<ReadonlySet<string>>;

	/** The types of the objects that exist. Does not read their content. */
	readTypes(mirror: string, oids: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** The state that a restored repository gets. */
export type RestoredState = {
	readonly head: string | undefined;
	readonly refs: Refs;
	/** `bare`, or the address that a working copy's `origin` points to. */
	readonly as: 'bare' | {readonly origin: string | undefined};
};

/** Making a repository out of a mirror. */
export interface GitRestoring {
	/**
	 * Makes a repository in `target`, an empty folder: these refs, this HEAD, and what they
	 * reach; nothing of Cistern's. A working copy gets its default branch checked out and the
	 * given address as `origin`; throws `checkout-refused` when a file's name could do harm there.
	 * When it fails, what it has done so far stays.
	 */
	restore(mirror: string, target: string, state: RestoredState, signal: AbortSignal): Promise<void>;

	/** Do the files of a working copy match its HEAD? Reads all of them. */
	isCheckedOut(folder: string): Promise<boolean>;
}

/** How the user's own git is started. */
export type AsUser = {
	readonly signal: AbortSignal;
	/** May git ask for a password in the terminal? */
	readonly mayAsk: boolean;
};

export type PushOptions = AsUser & TransferOptions;

/** `hasHead`: HEAD leads to an object, through a branch or not. */
export type RemoteRefs = Advertisement & {readonly hasHead: boolean};

export type PushRefusal = {
	/** Names of the refs that the remote did not take. */
	readonly refused: ReadonlySet<string>;
	/** The reason, in the words of the server and of git. */
	readonly words: string;
};

/** Any remote, reached with the user's own configuration and credentials and none of ours. */
export interface GitRemotes {
	/**
	 * All refs of a remote. Throws `remote-unusable` with git's words, and `remote-sign-in` when git
	 * needs a password and may not ask.
	 */
	listRemote(url: string, options: AsUser): Promise<RemoteRefs>;

	/**
	 * Creates these refs in a remote, with one push. Moves no ref that exists there, and
	 * pushes nothing of Cistern's. Gives the refs that the remote refused, and throws
	 * `remote-unusable` when it gave no such answer.
	 */
	push(
		mirror: string,
		url: string,
		refs: Refs,
		options: PushOptions,
	): Promise<PushRefusal | undefined>;

	/** Does the user's own git have git-lfs? */
	hasGitLfs(signal: AbortSignal): Promise<boolean>;

	/**
	 * Pushes the LFS files of these refs with the user's own git-lfs. To be called before the refs are
	 * pushed: many servers refuse refs whose files they lack. `mayLack`: push the others if some are
	 * not in the mirror. Throws like `push`.
	 */
	pushLfs(
		mirror: string,
		url: string,
		refs: Refs,
		options: PushOptions & {readonly mayLack: boolean},
	): Promise<LfsPushed>;
}

/** Everything that the receiver of a bundle has already. */
export type KnownObjects = {
	/** A commit that only this state has. The bundle names it as the one that it builds on. */
	readonly commit: string;
	readonly tips: readonly string[];
};

/** Taking a mirror somewhere else and back, as git's bundles. */
export interface GitBundles {
	/**
	 * A bundle of everything that `tips` reach and `known` does not; of everything that they reach if
	 * the mirror lacks one of `known`. Undefined if that is no object at all. Throws `mirror-unusable`,
	 * also while it is read: then what came before is no whole bundle.
	 */
	makeBundle(
		mirror: string,
		objects: {readonly tips: Refs; readonly known: KnownObjects | undefined},
		signal: AbortSignal,
	): Promise<AsyncIterable<Uint8Array> | undefined>;

	/**
	 * Adds the objects of a bundle to a mirror that has those it builds on, and moves no ref. Every
	 * object is compared with its id; that none is missing, `requireWhole` tells later.
	 */
	unpackBundle(
		mirror: string,
		bundle: AsyncIterable<Uint8Array>,
		signal: AbortSignal,
	): Promise<void>;
}

/** Saving what is left of a damaged mirror. */
export interface GitSalvage {
	/**
	 * Makes `reader`, a new repository without refs, which reads the objects of `mirror`, the one that
	 * is being built, and of a damaged one.
	 */
	borrowObjectsFrom(damaged: string, mirror: string, reader: string): Promise<void>;

	/** The refs of a damaged mirror, as far as they can be read from its files. Starts no process. */
	readDamagedTips(damaged: string): Promise<Refs>;

	/**
	 * Copies refs to objects that `reader` has, with all that they reach, into a mirror, and compares
	 * every object with its id. `whole`: tips of the mirror, whose objects are not looked at again.
	 * Gives the names of the refs that were copied whole. Leaves nothing of the others behind.
	 */
	copyRefs(
		reader: string,
		mirror: string,
		refs: Refs,
		whole: readonly string[],
		signal: AbortSignal,
	): Promise<ReadonlySet<string>>;

	/** Commits and tags that no ref and no other object points to. */
	findDangling(mirror: string): Promise<readonly string[]>;

	/** The one of these commits that is the last of a mirror's history. */
	findHistory(mirror: string, oids: readonly string[]): Promise<string | undefined>;

	/** The entries of a damaged history that can be read, oldest first. */
	salvageHistory(reader: string, tip: string): Promise<readonly HistoryEntry[]>;
}
