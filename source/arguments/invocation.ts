import type {Rhythm, SchedulerKind} from '../domain/schedule/schedule.ts';
import type {Shard} from '../domain/store/shard.ts';

/** A command with its options, read from the command line and the `CISTERN_*` variables. */
export type Invocation =
	| BackupInvocation
	| SetupInvocation
	| CheckInvocation
	| StatusInvocation
	| HistoryInvocation
	| RestoreInvocation
	| AskingRestore
	| ShowInvocation
	| VerifyInvocation
	| AcceptMissingInvocation
	| ListInvocation
	| SendInvocation
	| FetchInvocation
	| TellInvocation
	| ScheduleInvocation
	| KeyInvocation
	| DemoInvocation
	/** Help or the version. */
	| {readonly command: 'print'; readonly text: string};

/** Values that replace those of the settings file. */
export type AccountOptions = {
	readonly workspace: string | undefined;
	readonly type: string | undefined;
	readonly authName: string | undefined;
	readonly apiAuthName: string | undefined;
	readonly folder: string | undefined;
	readonly apiUrl: string | undefined;
	/** The token is the first line of standard input. */
	readonly tokenStdin: boolean;
};

/** Options of every command. */
export type CommonOptions = AccountOptions & {
	/** Path of the settings file, unless it is the usual one. */
	readonly config: string | undefined;
	/** Title of the only source to work on. */
	readonly source: string | undefined;
	/** Ask no question. */
	readonly yes: boolean;
	readonly json: boolean;
	readonly quiet: boolean;
	readonly verbose: boolean;
	/** From `--no-color` or `NO_COLOR`. */
	readonly noColour: boolean;
};

/** A command with the options of every command; its own come on top. */
type Command<Name extends string> = {readonly command: Name; readonly options: CommonOptions};

export type BackupInvocation = Command<'backup'> & {
	/** Names or globs; empty means all. */
	readonly only: readonly string[];
	readonly exclude: readonly string[];
	readonly concurrency: number | undefined;
	/** Milliseconds to wait altogether for a Bitbucket that asks to slow down or is away. */
	readonly maxWait: number | undefined;
	readonly dryRun: boolean;
	/** Milliseconds that metadata of a source may be read, in place of the settings. */
	readonly metadataTime: number | undefined;
	/** Save the code alone. */
	readonly withoutMetadata: boolean;
	/** Wait for another run to end. */
	readonly wait: boolean;
	/** Begin anew where an earlier backup is not there any more. */
	readonly startOver: boolean;
	/** Send to the stores too. */
	readonly send: boolean;
	/** The store that keeps the backup in place of a folder. */
	readonly stateless: StatelessOptions | undefined;
	/** Milliseconds: leave out a source whose last complete backup is younger. */
	readonly ifOlder: number | undefined;
	/** Go on until the end of the program, with a complete backup in each of these milliseconds. */
	readonly every: number | undefined;
};

export type SetupInvocation = Command<'setup'> & {
	readonly example: boolean;
};

export type CheckInvocation = Command<'check'> & {
	/** The file with a secret key that is to open the stores. */
	readonly identity: string | undefined;
};

export type StatusInvocation = Command<'status'> & {
	/** A backup folder to read without settings. */
	readonly from: string | undefined;
	/** Milliseconds. */
	readonly maxAge: number | undefined;
	/** Print metrics for Prometheus. */
	readonly metrics: boolean;
	/** Title of the store that is looked at alone. */
	readonly store: string | undefined;
	/** The file with a secret key that opens the store. */
	readonly identity: string | undefined;
};

export type HistoryInvocation = Command<'history'> & {
	readonly from: string | undefined;
	/** A name, `workspace/name` or a glob; undefined for the timeline of all. */
	readonly repository: string | undefined;
	/** Milliseconds before now; undefined for the usual time. */
	readonly since: number | undefined;
};

/** `cistern restore` without arguments: the program asks what to restore. */
export type AskingRestore = Command<'ask-restore'> & {
	readonly from: string | undefined;
};

/** A folder, created when missing, or a remote; `{name}` stands for each repository's name. */
export type RestoreTarget =
	| {readonly kind: 'folder'; readonly folder: string; readonly bare: boolean}
	| {readonly kind: 'remote'; readonly url: string};

export type RestoreInvocation = Command<'restore'> & {
	readonly from: string | undefined;
	/** A store in place of a backup folder. */
	readonly store: FromStore | undefined;
	/** Names, `workspace/name` or globs; `all` is a whole source. */
	readonly repositories: readonly string[] | 'all';
	readonly to: RestoreTarget;
	/** RFC 3339, a day, or a duration before now, as the user wrote it. */
	readonly at: string | undefined;
	/** Names of companion parts that are not pushed. */
	readonly leftOut: readonly string[];
};

export type ShowInvocation = Command<'show'> & {
	readonly from: string | undefined;
	/** A store in place of a backup folder. */
	readonly store: FromStore | undefined;
	/** Names, `workspace/name` or globs; `all` is a whole source. */
	readonly repositories: readonly string[] | 'all';
	/** Of the one pull request to show; undefined for the list. */
	readonly number: number | undefined;
	/** RFC 3339, a day, or a duration before now, as the user wrote it. */
	readonly at: string | undefined;
	/** The folder for pages. */
	readonly html: string | undefined;
};

export type VerifyInvocation = Command<'verify'> & {
	readonly from: string | undefined;
	/** Compare with upstream now. */
	readonly remote: boolean;
	/** A store in place of a backup folder; `deep`: fetch and verify all of it. */
	readonly store: (FromStore & {readonly deep: boolean}) | undefined;
	/** Number of restores to rehearse; of a store, of repositories to fetch and verify. */
	readonly sample: number;
	/** Names, `workspace/name` or globs; empty means all. */
	readonly repositories: readonly string[];
	/** Wait for another run to end. */
	readonly wait: boolean;
};

export type AcceptMissingInvocation = Command<'accept-missing'> & {
	/** How much the user expects to be missing. */
	readonly count: number | undefined;
	/** Accept what this part lacks; undefined to accept missing repositories. */
	readonly of: {readonly part: string; readonly repositories: readonly string[]} | undefined;
};

/** A store to read: its title in the settings, or the path of a folder; and the file with a key. */
export type FromStore = {readonly store: string; readonly identity: string | undefined};

export type StatelessOptions = FromStore & {
	/** The only repositories that the run works on. */
	readonly shard: Shard | undefined;
	/** The title of a store, or the path of a file, that has the listing. */
	readonly listing: string | undefined;
};

export type ListInvocation = Command<'list'> & {
	/** The title of a store, or the path of a file, that gets the listing; undefined to print it. */
	readonly to: string | undefined;
};

export type SendInvocation = Command<'send'> & {
	/** Title of the only store to send to. */
	readonly store: string | undefined;
	/** Names, `workspace/name` or globs of those that are sent whole again. */
	readonly repositories: readonly string[];
	/** Wait for another run to end. */
	readonly wait: boolean;
};

export type FetchInvocation = Command<'fetch'> & {
	readonly from: FromStore;
	readonly to: string;
	/** Names, `workspace/name` or globs; empty means all. */
	readonly repositories: readonly string[];
};

export type TellInvocation = Command<'tell'> & {
	/** Send a message to each. */
	readonly test: boolean;
	/** Names of targets; empty means all. */
	readonly targets: readonly string[];
};

export type ScheduleInvocation = Command<'schedule'> & {
	readonly action:
		| {readonly kind: 'show' | 'remove'}
		| {readonly kind: 'install'; readonly rhythm: Rhythm; readonly verifies: boolean};
	/** Undefined for the one that fits this computer best. */
	readonly scheduler: SchedulerKind | undefined;
	/** Of the whole computer. */
	readonly isSystem: boolean;
	readonly isDry: boolean;
};

export type KeyInvocation = Command<'key'>;

export type DemoInvocation = Command<'demo'>;
