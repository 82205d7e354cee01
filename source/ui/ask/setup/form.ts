import type {AccessLine, AccessReport, WorkspaceLookup} from '../../../domain/access/access.ts';
import {
	type AccessKind,
	type FolderReport,
	type Keychain,
	onlyGiven,
	type RememberedAnswers,
	type SourceAnswers,
	type Suggestions,
	type TokenPlace,
	type WizardAnswers,
	type WizardResult,
} from '../../../domain/answers/wizard-answers.ts';
import type {Secret, SourceType} from '../../../domain/settings/settings.ts';
import type {Outcome, Question} from '../question.ts';

/**
 * Everything by which the wizard touches the world. Each throws an `Error` whose message is a
 * sentence for the user; one that stops with the signal throws the signal's reason.
 */
export type SetupPorts = {
	/** Looks without a token. Never throws for what Bitbucket answers. */
	lookUpWorkspace(
		answers: Pick<SourceAnswers, 'workspace' | 'replaces'>,
		signal: AbortSignal,
	): Promise<WorkspaceLookup>;

	/** The live check, the same as `cistern check`. */
	check(
		answers: SourceAnswers,
		options: {readonly signal: AbortSignal; readonly onLine: (line: AccessLine) => void},
	): Promise<AccessReport>;

	/** Makes the folder if there is none, and proves that it can be written to. */
	inspectFolder(path: string): Promise<FolderReport>;

	/** The source as it will stand in the settings file, the token replaced by dots. */
	previewSettings(answers: WizardAnswers): Promise<string>;

	/** Puts the token in its place and writes the settings file; gives the file's path. */
	save(answers: WizardAnswers): Promise<string>;

	/** Keeps answers for next time. Must not throw. */
	remember(answers: RememberedAnswers): void;
};

/** All that is known before the first question. */
export type SetupSituation = {
	/** The user's name on this machine. */
	readonly loginName: string | undefined;
	readonly suggestions: Suggestions;
	/** Answers of the workspace set up just before, good for the next one too. */
	readonly carried: WizardAnswers | undefined;
	/** The backup folder in use, which one more workspace goes to as well. */
	readonly folder: string | undefined;
	/** Workspaces that may be picked, if a token could list them. */
	readonly workspaces: readonly string[];
	/** Sources that are set up already and can be changed. */
	readonly sources: readonly {readonly title: string; readonly answers: Suggestions}[];
	/** A settings file of SCM Backup that can be copied from `path` to `to` and used as it is. */
	readonly scmBackupFile:
		| {readonly path: string; readonly to: string; readonly workspaces: readonly string[]}
		| undefined;
	readonly keychains: readonly Keychain[];
	/** The variable that is proposed for the token. */
	readonly tokenVariable: string;
	/** Where the line that sets a variable belongs: `~/.profile`. */
	readonly shellProfile: string;
};

/** Answers given so far; one that is missing has not been given. */
export type Values = {
	/** The first question, if there is one: begin anew, or change this source. */
	readonly start?: {readonly replaces: string | undefined};
	readonly workspace?: string;
	readonly type?: SourceType;
	readonly access?: AccessKind;
	readonly authName?: string;
	readonly publicOnly?: true;
	readonly apiAuthName?: string;
	readonly token?: Secret;
	readonly folder?: FolderReport;
	readonly tokenPlace?: TokenPlace;
};

export type Check =
	| {readonly state: 'idle'}
	| {readonly state: 'running'; readonly lines: readonly AccessLine[]}
	| {
			readonly state: 'done';
			readonly report: AccessReport;
			/** The answers it was made with: with others it says nothing. */
			readonly about: SourceAnswers;
			readonly isAccepted: boolean;
	  }
	/** It ended with an error that nothing here expects: a bug. */
	| {readonly state: 'broken'; readonly message: string};

export type SetupForm = {
	readonly ports: SetupPorts;
	readonly situation: SetupSituation;
	readonly values: Values;
	/** `result` is undefined while the look-up is under way. */
	readonly lookup:
		| {readonly workspace: string; readonly result: WorkspaceLookup | undefined}
		| undefined;
	readonly check: Check;
	readonly preview: string;
	/** Path of the settings file that was written. */
	readonly savedTo: string | undefined;
};

export type SetupQuestion = Question<SetupForm, WizardResult>;
export type SetupOutcome = Outcome<SetupForm, WizardResult>;

export const withValues =
	(values: Values) =>
	(form: SetupForm): SetupForm => ({...form, values: {...form.values, ...values}});

export const answered = (values: Values): SetupOutcome => ({
	kind: 'answered',
	change: withValues(values),
});

/** All sources share one folder, so it is not asked for again. */
export const folderInUse = (path: string): FolderReport => ({
	path,
	isNew: false,
	freeSpace: undefined,
	holds: 'cistern',
	repositories: 0,
});

/** The answers that the live check needs; undefined while one is missing. */
export const sourceAnswersFrom = (values: Values): SourceAnswers | undefined => {
	const {workspace, type, access, authName = '', apiAuthName = '', token, start} = values;
	if (workspace === undefined || type === undefined || access === undefined) {
		return undefined;
	}

	const place = {workspace, type, access, replaces: start?.replaces};
	return access === 'public'
		? {...place, authName: '', apiAuthName: '', token: undefined}
		: {...place, authName, apiAuthName, token};
};

/** All answers; undefined while one is missing. */
export const answersFrom = (values: Values): WizardAnswers | undefined => {
	const source = sourceAnswersFrom(values);
	const {folder, tokenPlace} = values;
	return source === undefined || folder === undefined
		? undefined
		: {
				...source,
				folder: folder.path,
				tokenPlace: source.token === undefined ? undefined : tokenPlace,
			};
};

/** The answers that may be kept for next time: all but the token. */
export const rememberable = (values: Values): RememberedAnswers => {
	const {workspace, type, authName, apiAuthName, folder} = values;
	return onlyGiven({workspace, type, authName, apiAuthName, folder: folder?.path});
};
