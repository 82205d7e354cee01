import type {
	AccessLine,
	AccessReport,
	Offered,
	WorkspaceLookup,
} from '../../../domain/access/access.ts';
import type {BucketAddress, StoreAnswer} from '../../../domain/answers/store-answer.ts';
import type {ReachedTarget, TargetAnswer} from '../../../domain/answers/target-answer.ts';
import type {
	AccessKind,
	FolderReport,
	Keychain,
	RememberedAnswers,
	ScheduleChoice,
	SourceAnswers,
	Suggestions,
	TokenPlace,
	WizardAnswers,
	WizardResult,
} from '../../../domain/answers/wizard-answers.ts';
import {onlyGiven} from '../../../domain/given.ts';
import type {SchedulerKind} from '../../../domain/schedule/schedule.ts';
import type {Secret, SourceType} from '../../../domain/settings/settings.ts';
import type {KeyPair} from '../../../ports/store.ts';
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

	/** Sends a test message. Gives the reason if it could not be sent. */
	sendTest(target: ReachedTarget, signal: AbortSignal): Promise<string | undefined>;

	/** Makes a pair of keys for a store, and keeps it nowhere. */
	makeKeyPair(): Promise<KeyPair>;

	/** Tries a store, the same as `cistern check`. Can it be sent to? */
	tryStore(
		store: StoreAnswer,
		options: {readonly signal: AbortSignal; readonly onLine: (line: AccessLine) => void},
	): Promise<boolean>;

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
	/** Do the settings name a target already? */
	readonly isTold: boolean;
	/** Do they name a store already? */
	readonly isStored: boolean;
	/** The scheduler that can back up every night; undefined if nothing is to be asked about it. */
	readonly scheduler: NightScheduler | undefined;
	/** The variable that is proposed for the token. */
	readonly tokenVariable: string;
	/** Where the line that sets a variable belongs: `~/.profile`. */
	readonly shellProfile: string;
};

export type NightScheduler = {
	readonly kind: SchedulerKind;
	/** Does the user have to be signed in at night? */
	readonly needsLingering: boolean;
	/** Sentences about this computer that a user should read before. */
	readonly warnings: readonly string[];
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
	readonly target?: TargetAnswer;
	readonly mailServer?: string;
	readonly mailUser?: string;
	readonly mailPassword?: Secret;
	readonly schedule?: ScheduleChoice['kind'];
	readonly lingers?: boolean;
	readonly copy?: CopyChoice;
	readonly copyFolder?: string;
	readonly bucket?: BucketAddress;
	readonly accessKeyId?: string;
	readonly secretAccessKey?: Secret;
	/** Seal for the pair that was made here, or for keys that the user has. */
	readonly keyChoice?: 'made' | 'own';
	readonly ownKeys?: readonly string[];
};

/** The kind of the second copy. */
export type CopyChoice = 'later' | StoreAnswer['place']['type'];

/** Something that is tried while the wizard waits. `about`: with other answers the result says nothing. */
type Trial<About, Result> =
	| {readonly state: 'idle'}
	| {readonly state: 'running'; readonly lines: readonly AccessLine[]}
	| ({readonly state: 'done'; readonly about: About; readonly isAccepted: boolean} & Result);

/** The sign-in. */
export type Check =
	| Trial<SourceAnswers, {readonly report: AccessReport}>
	/** It ended with an error that nothing here expects: a bug. */
	| {readonly state: 'broken'; readonly message: string};

/** The test message to the target. `reason`: why it was not accepted. */
export type TestMessage = Trial<ReachedTarget, {readonly reason: string | undefined}>;

export type StoreTrial = Trial<
	StoreAnswer,
	{readonly lines: readonly AccessLine[]; readonly isUsable: boolean}
>;

export type SetupForm = {
	readonly ports: SetupPorts;
	readonly situation: SetupSituation;
	readonly values: Values;
	/** `result` is undefined while the look-up is under way. */
	readonly lookup:
		| {readonly workspace: string; readonly result: WorkspaceLookup | undefined}
		| undefined;
	readonly check: Check;
	readonly test: TestMessage;
	/** Made for a store; its secret key is shown and goes nowhere else. */
	readonly pair: KeyPair | undefined;
	readonly trial: StoreTrial;
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

/** Goes on with the result of what was tried. */
export const accepted = (key: 'check' | 'test' | 'trial'): SetupOutcome => ({
	kind: 'answered',
	change: (form) =>
		form[key].state === 'done' ? {...form, [key]: {...form[key], isAccepted: true}} : form,
});

/** All that the check found that the token allows. */
export const offeredBy = ({check}: SetupForm): Offered | undefined =>
	check.state === 'done' ? check.report.offered : undefined;

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
export const answersFrom = (form: SetupForm): WizardAnswers | undefined => {
	const {values} = form;
	const source = sourceAnswersFrom(values);
	const {folder, tokenPlace} = values;
	return source === undefined || folder === undefined
		? undefined
		: {
				...source,
				folder: folder.path,
				tokenPlace: source.token === undefined ? undefined : tokenPlace,
				offered: offeredBy(form)?.settings ?? {},
				target: reachedTargetFrom(values),
				store: storeAnswerFrom(form),
				schedule: scheduleFrom(values),
			};
};

/** Is a mail to be sent? */
export const isMailed = ({values}: SetupForm): boolean => values.target?.kind === 'email';

/** The target with everything that is needed to reach it; undefined if there is to be none, or if something is missing. */
export const reachedTargetFrom = (values: Values): ReachedTarget | undefined => {
	const {target, mailServer, mailUser, mailPassword} = values;
	if (target === undefined || target.kind === 'nobody') {
		return undefined;
	}

	if (target.kind !== 'email') {
		return target;
	}

	return mailServer === undefined || mailUser === undefined
		? undefined
		: {
				...target,
				server: mailServer,
				userName: mailUser,
				password: mailUser === '' ? undefined : mailPassword,
			};
};

/** Is there to be a second copy? */
export const isCopied = ({values: {copy}}: SetupForm): boolean =>
	copy === 'folder' || copy === 's3';

/** Is the second copy to be in a bucket? */
export const isInBucket = ({values}: Pick<SetupForm, 'values'>): boolean => values.copy === 's3';

/** The store with everything that is needed to send to it; undefined if there is to be none, or if something is missing. */
export const storeAnswerFrom = ({values, pair}: SetupForm): StoreAnswer | undefined => {
	const recipients = values.keyChoice === 'made' ? pair && [pair.recipient] : values.ownKeys;
	const place = placeFrom(values);
	return recipients === undefined || place === undefined ? undefined : {recipients, place};
};

const placeFrom = (values: Values): StoreAnswer['place'] | undefined => {
	const {copy, copyFolder, bucket, accessKeyId, secretAccessKey} = values;
	switch (copy) {
		case 'folder':
			return copyFolder === undefined ? undefined : {type: copy, path: copyFolder};
		case 's3':
			return bucket === undefined || accessKeyId === undefined || secretAccessKey === undefined
				? undefined
				: {type: copy, ...bucket, accessKeyId, secretAccessKey};
		default:
			return undefined;
	}
};

const scheduleFrom = ({schedule, lingers = false}: Values): ScheduleChoice | undefined => {
	switch (schedule) {
		case undefined:
			return undefined;
		case 'install':
			return {kind: schedule, lingers};
		default:
			return {kind: schedule};
	}
};

/** The answers that may be kept for next time: all but the token. */
export const rememberable = (values: Values): RememberedAnswers => {
	const {workspace, type, authName, apiAuthName, folder} = values;
	return onlyGiven({workspace, type, authName, apiAuthName, folder: folder?.path});
};
