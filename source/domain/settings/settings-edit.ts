import type {WizardAnswers} from '../answers/wizard-answers.ts';
import {Secret, type SourceType, tokenGitUser} from './settings.ts';

/** A source as it is written into the settings file. An undefined value is left out. */
export type SourceEntry = {
	readonly title: string;
	readonly type: SourceType;
	/** The workspace id. */
	readonly name: string;
	readonly authName?: string | undefined;
	readonly apiAuthName?: string | undefined;
	/** The token itself, or `%NAME%`. */
	readonly password?: Secret | undefined;
	readonly passwordCommand?: string | undefined;
	readonly tokenExpires?: string | undefined;
	/** Unlike the others, undefined leaves the file's value; Bitbucket's own address is left out. */
	readonly apiUrl?: string | undefined;
};

export type SettingsEdit = {
	readonly entry: SourceEntry;
	/** Title of the source to replace; without it, the one with the entry's title. */
	readonly replaces?: string | undefined;
	/** The new backup folder; undefined leaves it as it is. */
	readonly localFolder?: string | undefined;
};

export type EditContext = {
	/** Titles of the other sources. */
	readonly titles: readonly string[];
	/** The file's backup folder. */
	readonly folder: string | undefined;
	/** The shell line that prints the token, if it is stored in a keychain. */
	readonly passwordCommand: string | undefined;
	readonly tokenExpires: string | undefined;
	/** The API's address, if it is to be changed. */
	readonly apiUrl: string | undefined;
};

/** The change to the settings file that the wizard's answers ask for. */
export const editFromAnswers = (answers: WizardAnswers, context: EditContext): SettingsEdit => ({
	entry: entryFrom(answers, context),
	...(answers.replaces === undefined ? {} : {replaces: answers.replaces}),
	// The same folder stays as the user wrote it.
	...(answers.folder === context.folder ? {} : {localFolder: answers.folder}),
});

const entryFrom = (answers: WizardAnswers, context: EditContext): SourceEntry => {
	const {workspace, type, authName, apiAuthName, access} = answers;
	const isAccount = access === 'account';
	return {
		title: chooseTitle(answers, context.titles),
		type,
		name: workspace,
		// SCM Backup refuses a source with a password and no authName (ConfigSourceValidatorBase).
		authName: isAccount ? authName || tokenGitUser : undefined,
		apiAuthName: isAccount ? apiAuthName : undefined,
		password: passwordFrom(answers),
		passwordCommand: context.passwordCommand,
		tokenExpires: context.tokenExpires,
		apiUrl: context.apiUrl,
	};
};

/** The workspace's id, with a number behind it if another source has that title. */
export const chooseTitle = (
	{replaces, workspace}: Pick<WizardAnswers, 'replaces' | 'workspace'>,
	titles: readonly string[],
): string => {
	if (replaces !== undefined) {
		return replaces;
	}

	const taken = new Set(titles.map((title) => title.toLowerCase()));
	let title = workspace;
	for (let number = 2; taken.has(title); number += 1) {
		title = `${workspace}-${number}`;
	}

	return title;
};

const passwordFrom = ({token, tokenPlace}: WizardAnswers): Secret | undefined => {
	switch (tokenPlace?.kind) {
		case 'environment':
			return new Secret(`%${tokenPlace.variable}%`);
		case 'file':
			return token;
		default:
			return undefined;
	}
};

/** The edit as it may be shown: of a token, only the last characters. */
export const maskEdit = (edit: SettingsEdit): SettingsEdit => {
	const {password} = edit.entry;
	return password === undefined || password.reveal().startsWith('%')
		? edit
		: {
				...edit,
				entry: {
					...edit.entry,
					password: new Secret(`<the token that ends in ${password.ending()}>`),
				},
			};
};
