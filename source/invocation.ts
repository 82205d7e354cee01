/** What the user asked for, read from the command line and the `CISTERN_*` variables. */
export type Invocation =
	| BackupInvocation
	| SetupInvocation
	| CheckInvocation
	| StatusInvocation
	| HistoryInvocation
	| RestoreInvocation
	| AskingRestore
	| VerifyInvocation
	| AcceptMissingInvocation
	| DemoInvocation
	/** Help or the version. */
	| {readonly command: 'print'; readonly text: string};

/** Given instead of, or over, what the settings file says. */
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

/** What every command takes. */
export type CommonOptions = AccountOptions & {
	/** Path of the settings file, where it is not the usual one. */
	readonly config: string | undefined;
	/** Title of the only source to work on. */
	readonly source: string | undefined;
	/** No questions, ever. */
	readonly yes: boolean;
	readonly json: boolean;
	readonly quiet: boolean;
	readonly verbose: boolean;
	/** Says `--no-color` or `NO_COLOR`. */
	readonly noColour: boolean;
};

export type BackupInvocation = {
	readonly command: 'backup';
	readonly options: CommonOptions;
	/** Names or globs; empty means all. */
	readonly only: readonly string[];
	readonly exclude: readonly string[];
	readonly concurrency: number | undefined;
	readonly dryRun: boolean;
	/** For another run to end. */
	readonly wait: boolean;
};

export type SetupInvocation = {
	readonly command: 'setup';
	readonly options: CommonOptions;
	readonly example: boolean;
};

export type CheckInvocation = {readonly command: 'check'; readonly options: CommonOptions};

export type StatusInvocation = {
	readonly command: 'status';
	readonly options: CommonOptions;
	/** A backup folder to work from alone, without settings. */
	readonly from: string | undefined;
	/** Milliseconds. */
	readonly maxAge: number | undefined;
};

export type HistoryInvocation = {
	readonly command: 'history';
	readonly options: CommonOptions;
	readonly from: string | undefined;
	/** A name, `workspace/name` or a glob. */
	readonly repository: string;
};

/** What to restore was not said at all. */
export type AskingRestore = {
	readonly command: 'ask-restore';
	readonly options: CommonOptions;
	readonly from: string | undefined;
};

/** Where to: a folder, made where it does not exist, or a remote; `{name}` stands for each name. */
export type RestoreTarget =
	| {readonly kind: 'folder'; readonly folder: string; readonly bare: boolean}
	| {readonly kind: 'remote'; readonly url: string};

export type RestoreInvocation = {
	readonly command: 'restore';
	readonly options: CommonOptions;
	readonly from: string | undefined;
	/** Names, `workspace/name` or globs; `all` is a whole source. */
	readonly repositories: readonly string[] | 'all';
	readonly to: RestoreTarget;
	/** RFC 3339, a day, or a duration before now, as the user wrote it. */
	readonly at: string | undefined;
};

export type VerifyInvocation = {
	readonly command: 'verify';
	readonly options: CommonOptions;
	readonly from: string | undefined;
	/** Compare with upstream now. */
	readonly remote: boolean;
	/** So many restores are rehearsed. */
	readonly sample: number;
	/** Names, `workspace/name` or globs; empty means all. */
	readonly repositories: readonly string[];
	/** For another run to end. */
	readonly wait: boolean;
};

export type AcceptMissingInvocation = {
	readonly command: 'accept-missing';
	readonly options: CommonOptions;
	/** How many repositories the user expects to be missing. */
	readonly count: number | undefined;
};

export type DemoInvocation = {readonly command: 'demo'; readonly options: CommonOptions};
