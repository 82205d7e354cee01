import type {WizardAnswers} from '../answers/wizard-answers.ts';
import {Secret, tokenGitUser} from './settings.ts';
import type {SettingsEdit, SourceEntry} from './settings-entry.ts';

export type EditContext = {
	/** Titles that other sources have. */
	readonly titles: readonly string[];
	/** The backup folder of the file as it is. */
	readonly folder: string | undefined;
	/** The shell line that prints the token, where a keychain keeps it. */
	readonly passwordCommand: string | undefined;
	readonly tokenExpires: string | undefined;
	/** The API's address, where another one than the source has is to be written. */
	readonly apiUrl: string | undefined;
};

/** What the wizard's answers change in the settings file. */
export const editFromAnswers = (answers: WizardAnswers, context: EditContext): SettingsEdit => ({
	entry: entryFrom(answers, context),
	...(answers.replaces === undefined ? {} : {replaces: answers.replaces}),
	// Left as the user wrote it where it is the same one.
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

/** The workspace's id, told apart where another source has it as its title. */
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

/** The edit as it may be shown: of a token its last characters alone. */
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
