import type {PartSettings} from '../record/gap.ts';
import {type Credential, type Secret, type SourceType, tokenGitUser} from '../settings/settings.ts';
import type {StoreAnswer} from './store-answer.ts';
import type {ReachedTarget} from './target-answer.ts';
import {tokenKind} from './token-kind.ts';

/** Where the token is kept for the next run. */
export type TokenPlace =
	/** A password manager or keychain, by the name of its command. */
	| {readonly kind: 'keychain'; readonly command: string}
	/** An environment variable that the user sets. */
	| {readonly kind: 'environment'; readonly variable: string}
	| {readonly kind: 'file'};

/** How to sign in: with a person's token, with a workspace's own, or not at all. */
export type AccessKind = 'account' | 'access-token' | 'public';

/** The answers that decide how Bitbucket is asked. */
export type SourceAnswers = {
	readonly workspace: string;
	readonly type: SourceType;
	readonly access: AccessKind;
	/** Empty if the user does not know it. */
	readonly authName: string;
	readonly apiAuthName: string;
	/** Undefined for public repositories only. */
	readonly token: Secret | undefined;
	/** Title of the source that these answers replace; the address of its API stays. */
	readonly replaces: string | undefined;
};

/** The answers that the wizard gives back. */
export type WizardAnswers = SourceAnswers & {
	/** Absolute path of the backup folder. */
	readonly folder: string;
	readonly tokenPlace: TokenPlace | undefined;
	/** Settings of parts that the token allows. */
	readonly offered: PartSettings;
	/** Undefined if nobody is to be told, or if the settings name targets already. */
	readonly target: ReachedTarget | undefined;
	/** Undefined if there is to be no second copy yet, or if the settings name a store already. */
	readonly store: StoreAnswer | undefined;
	/** Undefined if it was not asked: there is no scheduler, or it has a schedule already. */
	readonly schedule: ScheduleChoice | undefined;
};

/** Every night at two: install it, show the lines to install by hand, or neither. */
export type ScheduleChoice =
	| {readonly kind: 'show' | 'later'}
	/** `lingers`: also while the user is signed out, where systemd has to be told so. */
	| {readonly kind: 'install'; readonly lingers: boolean};

/** Answers that are proposed and can be accepted with Enter. */
export type Suggestions = {
	readonly workspace?: string;
	readonly type?: SourceType;
	readonly authName?: string;
	readonly apiAuthName?: string;
	readonly token?: Secret;
	readonly folder?: string;
	readonly tokenPlace?: TokenPlace;
};

/** Kept for next time; never the token. */
export type RememberedAnswers = Omit<Suggestions, 'token' | 'tokenPlace'>;

export type WizardResult =
	| {readonly kind: 'left'}
	/** The settings file is to be copied. */
	| {readonly kind: 'take-over'; readonly file: string; readonly to: string}
	| {
			readonly kind: 'finished';
			readonly next: 'back-up' | 'add-another' | 'leave';
			readonly answers: WizardAnswers;
	  };

/** How these answers sign in, as the settings file will be read. */
export const credentialFrom = (answers: SourceAnswers): Credential => {
	const {access, authName, apiAuthName, token} = answers;
	if (access === 'public' || token === undefined) {
		return {kind: 'none'};
	}

	return tokenKind(token.reveal()) === 'access-token'
		? {kind: 'access-token', token}
		: {
				kind: 'api-token',
				apiUser: apiAuthName,
				gitUser: authName === '' ? tokenGitUser : authName,
				token,
			};
};

/** A folder that backups can be saved to. */
export type FolderReport = {
	/** Absolute. */
	readonly path: string;
	/** Was it created just now? */
	readonly isNew: boolean;
	/** Bytes; undefined if it was not asked for. */
	readonly freeSpace: number | undefined;
	/** The backup that is in it; `other` is anything else. */
	readonly holds: 'nothing' | 'cistern' | 'scm-backup' | 'other';
	/** Number of repositories that an earlier backup left in it. */
	readonly repositories: number;
};

/** A password manager or keychain that is installed. */
export type Keychain = {
	/** Its command: `secret-tool`. */
	readonly command: string;
	/** Its name for people: `GNOME Keyring or KWallet`. */
	readonly name: string;
};
