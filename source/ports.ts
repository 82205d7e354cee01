/**
 * The edges of the program: everything that touches the world, as interfaces, with what each
 * promises. The engine sees these and nothing behind them; `world.ts` builds what stands behind.
 *
 * Unless it says otherwise, a method makes one attempt, throws a `FailureError` when that fails,
 * and stops with the signal's own reason as soon as the signal aborts. Waiting and trying again
 * belong to the engine.
 */

import type {Keychain} from './domain/answers/keychain.ts';
import type {RememberedAnswers} from './domain/answers/wizard-answers.ts';
import type {
	HistoryEntry,
	HistoryLogEntry,
	RecordedHistory,
	RefTransaction,
} from './domain/history/history.ts';
import type {KeptCommit, KeptState} from './domain/history/kept-state.ts';
import type {Advertisement, Refs, Repository} from './domain/plan/repository.ts';
import type {MirrorPrint} from './domain/record/record.ts';
import type {Progress} from './domain/run/events.ts';
import type {Secret} from './domain/settings/secret.ts';
import type {Source} from './domain/settings/settings.ts';
import type {SettingsEdit} from './domain/settings/settings-entry.ts';
import type {Locate} from './domain/settings/settings-problem.ts';

/** Who a credential belongs to and what it may do, read from one request. */
export type Account = {
	/** `user`: a person's token. `access-token`: a repository's, project's or workspace's. */
	readonly kind: 'user' | 'access-token' | 'anonymous';
	readonly displayName: string | undefined;
	/** Bitbucket user name, the right `authName`. */
	readonly userName: string | undefined;
	/** From `x-oauth-scopes`; undefined where the header was not sent. */
	readonly scopes: readonly string[] | undefined;
};

export type Workspace = {readonly slug: string; readonly name: string; readonly isPrivate: boolean};

export type RepositoryPage = {
	readonly repositories: readonly Repository[];
	/** How many there are in all, where Bitbucket said so. */
	readonly total: number | undefined;
	/** Address of the next page, already checked to be on the API's own origin. */
	readonly next: string | undefined;
};

/** One source's Bitbucket, with that source's credential. */
export interface Bitbucket {
	/** Host (with port) that API requests go to; one gate stands for each host. */
	readonly apiHost: string;
	/** Host that git requests go to. */
	readonly gitHost: string;

	/** `GET /user`. A 403 is an access token or a missing `read:user`, not a failure. */
	readAccount(signal: AbortSignal): Promise<Account>;

	/** `GET /workspaces/{id}`. */
	readWorkspace(signal: AbortSignal): Promise<Workspace>;

	/** Ids of the workspaces that the credential belongs to (`GET /user/workspaces`). */
	listWorkspaces(signal: AbortSignal): Promise<readonly string[]>;

	/** One page of 100 of the workspace's repositories; `page` is a `next` of an earlier page. */
	readRepositoryPage(page: string | undefined, signal: AbortSignal): Promise<RepositoryPage>;

	/**
	 * The address git may use for a clone link: no user name in it, and on the host that this
	 * source may talk to. Throws `address-refused` for every other.
	 */
	checkCloneUrl(url: string): string;

	/**
	 * Branches, tags and HEAD as upstream has them now, from one request. `url` comes from
	 * `checkCloneUrl`. Redirects are followed only on the same origin.
	 */
	readAdvertisement(url: string, signal: AbortSignal): Promise<Advertisement>;
}

/** Ref name to object id and type, as `for-each-ref` gives them. */
export type TypedRefs = ReadonlyMap<string, {readonly oid: string; readonly type: string}>;

/** What git finds wrong with the objects that a mirror's refs reach, or with the files they lie in. */
export type ObjectDamage = {
	/** git's own words, the first of them. */
	readonly detail: string;
	/** Objects that are missing or not what their id says, as far as git names them. */
	readonly oids: ReadonlySet<string>;
};

/** What reading every object of a mirror gave. */
export type ObjectCheck = {
	/** Undefined where all is whole. */
	readonly damage: ObjectDamage | undefined;
	/**
	 * Of each object that is whole, but not in the form that git would give it today: git's own words.
	 * Upstream has it so too, and it is no damage.
	 */
	readonly oddities: readonly string[];
};

/** What a restored repository is to hold. */
export type RestoredState = {
	readonly head: string | undefined;
	readonly refs: Refs;
	/** `bare`, or the address that a working copy's `origin` points to. */
	readonly as: 'bare' | {readonly origin: string | undefined};
};

export type TransferOptions = {
	readonly signal: AbortSignal;
	/**
	 * Undefined where nobody watches. Then git is not asked to tell: a hundred lines a repository cost
	 * as much as a small one's whole transfer.
	 */
	readonly onProgress: ((progress: Progress) => void) | undefined;
};

/** A new mirror. */
export type Cloned = {
	/** Bytes of its packs. */
	readonly received: number;
	/** Its branches and tags. */
	readonly refs: Refs;
};

/** How the user's own git is let work. */
export type AsUser = {
	readonly signal: AbortSignal;
	/** May it ask for a password in the terminal? */
	readonly mayAsk: boolean;
};

export type PushOptions = AsUser & TransferOptions;

/**
 * The installed git, isolated from the user's configuration, with one source's credential.
 * `mirror` is the absolute path of a bare repository.
 */
export interface Git {
	/**
	 * Every other method does this first: throws `git-unusable` where no git is installed or it is
	 * too old. Looks once a run.
	 */
	requireUsable(): Promise<void>;

	/** A new, empty mirror with Cistern's configuration, in a folder that does not exist yet. */
	createMirror(mirror: string): Promise<void>;

	/**
	 * Gives an existing bare repository Cistern's configuration in place of any other, before git
	 * reads that. `mirror-unusable` where it borrows objects from elsewhere. Mostly no process.
	 */
	configureMirror(mirror: string): Promise<void>;

	/** Branches and tags; with `prefix`, refs below another namespace. `mirror-unusable` if it is none. */
	readRefs(mirror: string, prefix?: string): Promise<TypedRefs>;

	/** All refs, Cistern's own included. Reads no object, so that what is missing or damaged is named too. */
	readTips(mirror: string): Promise<Refs>;

	/**
	 * Follows every ref to its end. Throws `mirror-unusable` where an object is missing, or where the
	 * mirror by its nature holds only a part (shallow, partial, with borrowed objects). Reads no file's
	 * content, so it is quick beside a check of the objects themselves.
	 */
	requireWhole(mirror: string, signal: AbortSignal): Promise<void>;

	/** Points HEAD at a branch, which need not exist yet. */
	setHead(mirror: string, ref: string): Promise<void>;

	/** What the mirror's files look like now; undefined where there is no mirror. No process. */
	readPrint(mirror: string): Promise<MirrorPrint | undefined>;

	/** Asks the remote with git itself, where the plain advertisement could not be read. */
	readRemoteRefs(url: string, signal: AbortSignal): Promise<Advertisement>;

	/**
	 * A new mirror with Cistern's configuration and all of upstream's branches and tags, in a folder
	 * that does not exist yet.
	 */
	cloneEverything(mirror: string, url: string, options: TransferOptions): Promise<Cloned>;

	/**
	 * Brings the objects behind `refs` and what they reach, and moves no ref. Asks by object id;
	 * a server that refuses that is asked by name. Gives the bytes of the packs that came.
	 */
	fetchObjects(mirror: string, url: string, refs: Refs, options: TransferOptions): Promise<number>;

	/** Those of `tips` (commits) that none of `from` reaches. */
	findUnreachable(
		mirror: string,
		tips: readonly string[],
		from: readonly string[],
	): Promise<ReadonlySet<string>>;

	/** The last commit of the mirror's own history with the refs it recorded, or undefined. */
	readLastHistory(mirror: string): Promise<RecordedHistory | undefined>;

	/** All commits of the mirror's own history, the newest first. */
	readHistoryLog(mirror: string): Promise<readonly HistoryLogEntry[]>;

	/** The refs that a commit of the history recorded. */
	readHistoryRefs(mirror: string, oid: string): Promise<string>;

	/** What the refs below `refs/cistern/kept/` hold, and nothing of upstream's does. */
	readKept(mirror: string): Promise<KeptState>;

	/** The commits with these ids, in this order. */
	readCommits(mirror: string, oids: readonly string[]): Promise<readonly KeptCommit[]>;

	/**
	 * Makes a repository of its own in `target`, an empty folder: these branches and tags, this
	 * HEAD, and what they reach; nothing of Cistern's. With a work tree its default branch is
	 * checked out and `origin` is the given address; `checkout-refused` where a file's name could do
	 * harm there. Leaves what it has done so far when it fails.
	 */
	restore(mirror: string, target: string, state: RestoredState, signal: AbortSignal): Promise<void>;

	/**
	 * All refs of any remote, asked with the user's own configuration and credentials, none of ours.
	 * Throws `remote-unusable` with what git said, and `remote-sign-in` where it may not ask.
	 */
	listRemote(url: string, options: AsUser): Promise<Advertisement>;

	/**
	 * Creates these branches and tags in a remote, in the same manner, the default branch first; none
	 * of them moves one that is there, and nothing of Cistern's is pushed. Throws `push-incomplete`
	 * for what the remote did not take, `remote-unusable` where it took nothing.
	 */
	push(
		mirror: string,
		url: string,
		state: Pick<RestoredState, 'head' | 'refs'>,
		options: PushOptions,
	): Promise<void>;

	/** Writes an entry's objects and gives the commit's id. Moves no ref. No process. */
	writeHistory(
		mirror: string,
		entry: HistoryEntry,
		parent: RecordedHistory | undefined,
	): Promise<string>;

	/** Writes the first entry of a new mirror's history, and the ref that holds it. No process. */
	beginHistory(mirror: string, entry: HistoryEntry): Promise<void>;

	/** Those of the branches that would not be fast-forwarded by moving to the given object. */
	findRewritten(mirror: string, moves: Refs): Promise<ReadonlySet<string>>;

	/**
	 * Applies transactions in order, each whole before the next begins. Not atomic under a kill:
	 * see `engine/keep-old-tips.ts` for what makes that safe.
	 */
	updateRefs(mirror: string, transactions: readonly RefTransaction[]): Promise<void>;

	/** Packs refs, and objects where there are many small packs; never removes an object. */
	pack(mirror: string): Promise<void>;

	/**
	 * Reads every object of a mirror and compares it with its id, and follows every ref to its end.
	 * Throws `mirror-unusable` where git cannot read as much as the refs.
	 */
	checkObjects(mirror: string, signal: AbortSignal): Promise<ObjectCheck>;

	/** Those of the tips from which a damaged object is reached. */
	findBroken(
		mirror: string,
		tips: readonly string[],
		damage: ObjectDamage,
		signal: AbortSignal,
	): Promise<ReadonlySet<string>>;

	/** Are the files of a working copy those of its HEAD? Reads all of them. */
	isCheckedOut(folder: string): Promise<boolean>;

	/** Types of those of the objects that are there. Does not read what is in them. */
	readTypes(mirror: string, oids: readonly string[]): Promise<ReadonlyMap<string, string>>;

	/** Makes `reader`, a new repository without refs, that reads a damaged mirror's objects. */
	lendObjects(damaged: string, reader: string): Promise<void>;

	/** What can be read of a damaged mirror's refs, from its files alone. No process. */
	readDamagedTips(damaged: string): Promise<Refs>;

	/**
	 * Copies refs to objects that `reader` has, with all that they reach, into a mirror; every object
	 * is compared with its id. Gives the names of those that came over whole.
	 */
	copyRefs(
		reader: string,
		mirror: string,
		refs: Refs,
		signal: AbortSignal,
	): Promise<ReadonlySet<string>>;

	/** Commits and tags that no ref and no other object leads to. */
	findDangling(mirror: string): Promise<readonly string[]>;

	/** The one of these commits that is the last of a mirror's own history. */
	findHistory(mirror: string, oids: readonly string[]): Promise<string | undefined>;

	/** Those entries of a damaged history that can be read, the oldest first. */
	salvageHistory(reader: string, tip: string): Promise<readonly HistoryEntry[]>;

	/** Clears locks that a killed git left in a mirror nobody works on. */
	clearStaleLocks(mirror: string): Promise<void>;

	/** Does the default branch carry an LFS attribute line or pointer? */
	usesLfs(mirror: string): Promise<boolean>;
}

/** Held until released; a crash releases it too, as the next one finds out. */
export type FolderLock = {release(): Promise<void>};

export type LockHolder = {
	readonly pid: number;
	readonly host: string;
	/** RFC 3339. */
	readonly since: string;
	/** False: it may be dead, but that cannot be seen from here, as on another machine. */
	readonly isVisible: boolean;
};

/** Another version of Cistern may say who it is in a form that this one does not know. */
export type OtherHolder = LockHolder | 'another-version';

/** Files below the backup folder. Paths are absolute. Throws `disk-full` and `folder-unusable`. */
export interface Files {
	/** Creates a folder and its parents with mode 0700. */
	makeFolder(path: string): Promise<void>;

	/** Names of the folders in a folder; none where it does not exist. */
	listFolders(path: string): Promise<readonly string[]>;

	exists(path: string): Promise<boolean>;

	/** Undefined where there is no such file. A symbolic link is not followed: it throws. */
	readText(path: string): Promise<string | undefined>;

	/** Beside, synced, renamed into place, mode 0600: after a kill the file is the old or the new one. */
	writeText(path: string, text: string): Promise<void>;

	/** Names of the files in a folder; none where it does not exist. */
	listFiles(path: string): Promise<readonly string[]>;

	/**
	 * Names of the symbolic links in a folder, wherever they lead; with `below` the paths of all that
	 * lie in it and in its folders. None where it does not exist.
	 */
	listLinks(path: string, reach: 'here' | 'below'): Promise<readonly string[]>;

	/** Adds text to a file that nothing depends on, a log: not synced. */
	appendText(path: string, text: string): Promise<void>;

	/** Adds a line to a file, synced. A last line that a kill cut short is completed first. */
	appendLine(path: string, line: string): Promise<void>;

	/** Within one file system; `to` must not exist. Synced. */
	move(from: string, to: string): Promise<void>;

	/**
	 * Moves what lies in a folder into another, one by one, `last` at the end, and removes the folder.
	 * Goes on where it was stopped. What is there already is never replaced.
	 */
	moveContent(from: string, to: string, last: string): Promise<void>;

	/** With everything in it; nothing happens where there is nothing. */
	remove(path: string): Promise<void>;

	/** The same path with its links followed, as far as there is anything. */
	followLinks(path: string): Promise<string>;

	/** Is there nothing at all, or a folder with nothing in it? */
	isVacant(path: string): Promise<boolean>;

	/** Bytes of all files in it. */
	measure(path: string): Promise<number>;

	/** Bytes that this user may still write on the path's file system. */
	readFreeSpace(path: string): Promise<number>;

	/**
	 * Makes the holder the only one to work in `folder`. Gives the lock, or who holds it. A holder
	 * that is known to have died is taken over at once, git processes it left behind ended first.
	 */
	lock(folder: string, run: string): Promise<FolderLock | {heldBy: OtherHolder}>;

	/** Does this run still hold the folder? */
	isLockedBy(folder: string, run: string): Promise<boolean>;
}

export interface Clock {
	/** Milliseconds since 1970. */
	now(): number;
	/** Milliseconds of a clock that never jumps, for durations. */
	elapsed(): number;
	/** Ends after `duration` milliseconds, or throws the signal's reason at once when it aborts. */
	sleep(duration: number, signal: AbortSignal): Promise<void>;
	/** Between 0 and 1, for jitter. */
	random(): number;
}

/** Where people and programs read what Cistern says. */
export interface Terminal {
	/** Plain data that was asked for. A stream that is no terminal gets its text without colour. */
	writeOut(text: string): void;
	/** Progress, warnings, the summary. The same holds for it. */
	writeError(text: string): void;
	/** Is the error stream a terminal that understands cursor movement? */
	readonly isInteractive: boolean;
	/** Can a question be asked: input and output are both a terminal? */
	readonly canAsk: boolean;
	readonly hasColour: boolean;
	readonly hasUnicode: boolean;
	columns(): number;
	/** Columns of each stream; Infinity where it is no terminal, and no line has to be broken. */
	outColumns(): number;
	errorColumns(): number;
	rows(): number;
	/**
	 * Hides the cursor of the error stream until the returned function is called, or the process
	 * exits in whatever way it can still notice.
	 */
	hideCursor(): () => void;
	/** Asks on the error stream and gives the line typed. To be called only where `canAsk`. */
	ask(question: string, signal: AbortSignal): Promise<string>;
	/** Calls back at each change of size, until the returned function is called. */
	onResize(listener: () => void): () => void;
}

/** A settings file as it was read. */
export type SettingsDocument = {
	/** Maps, lists, null, and text for all else, as it is written. Not yet checked. */
	readonly content: unknown;
	readonly locate: Locate;
	/** May other users of this machine read it? */
	readonly isReadableByOthers: boolean;
};

/** Where settings come from besides the command line. Throws StopErrors. */
export interface SettingsStore {
	/** The settings file where the user names none. */
	readonly defaultPath: string;
	/** What `~` stands for. */
	readonly homeFolder: string;

	/** Undefined where there is no such file. All mistakes of form are reported together. */
	read(path: string): Promise<SettingsDocument | undefined>;

	/**
	 * Adds or changes a source and keeps everything else, comments and order too. Creates the file
	 * and its folder where there is none. After a kill it is the old or the new one, mode 0600.
	 */
	saveSource(path: string, edit: SettingsEdit): Promise<void>;

	/** How a new file with this source alone would read. */
	previewSource(edit: SettingsEdit): string;

	/** Copies a settings file with its comments; a backup folder named from there is found from here. */
	takeOver(from: string, to: string): Promise<void>;

	/** First line of what a command of the user's prints, run by the shell. */
	runPasswordCommand(command: string, signal: AbortSignal): Promise<string>;

	/** First line of standard input. */
	readTokenFromInput(): Promise<string>;
}

/** The token of the source with this title. */
export type KeychainSecret = {readonly title: string; readonly token: Secret};

/** Password managers and keychains of this machine. */
export interface Keychains {
	/** Those whose command is installed. */
	find(): Promise<readonly Keychain[]>;

	/** The shell line that will print the token, for `passwordCommand`. */
	commandFor(keychain: string, secret: KeychainSecret): string;

	/**
	 * Keeps a source's token, and tries once whether it comes back. Throws a StopError with what the
	 * keychain said.
	 */
	store(keychain: string, secret: KeychainSecret, signal: AbortSignal): Promise<void>;
}

/** Answers of the wizard that are proposed next time. Never decides an unattended run. */
export interface AnswerMemory {
	read(): Promise<RememberedAnswers>;
	/** What is left out stays as it was. */
	write(answers: RememberedAnswers): Promise<void>;
}

/** Everything a command needs. `connect` gives what belongs to one source. */
export interface World {
	readonly version: string;
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly settings: SettingsStore;
	readonly files: Files;
	readonly clock: Clock;
	readonly terminal: Terminal;
	/** So many things this machine does at once. */
	readonly processors: number;
	/** Git without a credential, for what lies on the disk already. */
	openGit(run: string): Git;
	/** Ends whatever a run's git processes left behind; comes back when none of them is left. */
	endProcesses(run: string): Promise<void>;
	/** SHA-256, hex. */
	readonly digest: (text: string) => string;
	/** A name for this run, sortable by time and safe in a ref and a file name. */
	newRunName(): string;
	/** `run` marks the processes that git starts. */
	connect(source: Source, run: string): {bitbucket: Bitbucket; git: Git};
}

/** What the guided setup needs besides. */
export interface SetupWorld extends World {
	readonly keychains: Keychains;
	readonly memory: AnswerMemory;
	/** How this program is started: Node and the script, for a crontab. */
	readonly program: readonly string[];
	/** The user's name on this machine. */
	readonly loginName: string | undefined;
}
