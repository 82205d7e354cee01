import type {StoreAnswer} from '../answers/store-answer.ts';
import type {ReachedTarget} from '../answers/target-answer.ts';
import type {WizardAnswers} from '../answers/wizard-answers.ts';
import {onlyGiven} from '../given.ts';
import type {PartSettings} from '../record/gap.ts';
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
	/** Settings of single parts. Those that are not named here stay as they are in the file. */
	readonly ofParts?: PartSettings;
};

/** The section `email`, or one more entry of `tell` or `stores`. */
export type SectionEntry = {
	readonly section: 'email' | 'tell' | 'stores';
	/** By their keys, in the order in which they are written. */
	readonly values: Readonly<Record<string, string | number | boolean | readonly string[] | Secret>>;
};

export type SettingsEdit = {
	readonly entry: SourceEntry;
	/** Title of the source to replace; without it, the one with the entry's title. */
	readonly replaces?: string | undefined;
	/** The new backup folder; undefined leaves it as it is. */
	readonly localFolder?: string | undefined;
	/** A target and a store to add. */
	readonly additions?: readonly SectionEntry[];
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
	readonly ofParts: PartSettings;
};

/** The change to the settings file that the wizard's answers ask for. */
export const editFromAnswers = (answers: WizardAnswers, context: EditContext): SettingsEdit => ({
	entry: entryFrom(answers, context),
	...(answers.replaces === undefined ? {} : {replaces: answers.replaces}),
	// The same folder stays as the user wrote it.
	...(answers.folder === context.folder ? {} : {localFolder: answers.folder}),
	additions: [
		...(answers.target === undefined ? [] : [targetEntryFrom(answers.target)]),
		...(answers.store === undefined ? [] : [storeEntryFrom(answers.store)]),
	],
});

/** Title of the store that the wizard sets up. There is no other store then. */
export const storeTitle = 'offsite';

/** Keys that only repeat what is usual are left out. */
export const storeEntryFrom = ({place, recipients}: StoreAnswer): SectionEntry => {
	const about = {title: storeTitle, type: place.type};
	if (place.type === 'folder') {
		return {section: 'stores', values: {...about, path: place.path, recipients}};
	}

	const {endpoint, region, bucket, prefix, accessKeyId, secretAccessKey} = place;
	return {
		section: 'stores',
		values: onlyGiven({
			...about,
			endpoint,
			region,
			bucket,
			prefix: prefix || undefined,
			accessKeyId,
			secretAccessKey,
			recipients,
		}),
	};
};

export const targetEntryFrom = (target: ReachedTarget): SectionEntry => {
	if (target.kind !== 'email') {
		return {section: 'tell', values: {[target.kind]: target.link}};
	}

	const [, server = '', port] = /^(.*?)(?::(\d+))?$/.exec(target.server) ?? [];
	const [from = ''] = target.to.split(';');
	return {
		section: 'email',
		values: onlyGiven({
			from,
			to: target.to,
			server,
			port: port === undefined ? undefined : Number(port),
			// The port for TLS from the first byte (RFC 8314).
			useSsl: port === '465' || undefined,
			userName: target.userName || undefined,
			password: target.password,
		}),
	};
};

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
		ofParts: context.ofParts,
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

/** The values of an entry as they are written. */
export const revealValues = (
	values: SectionEntry['values'],
): Readonly<Record<string, string | number | boolean | readonly string[]>> =>
	Object.fromEntries(
		Object.entries(values).map(([key, value]) => [
			key,
			value instanceof Secret ? value.reveal() : value,
		]),
	);

/** The content of a settings file with this entry alone, as it is read: every single value is text. */
export const contentOf = ({section, values}: SectionEntry): object => {
	const content: object = Object.fromEntries(
		Object.entries(revealValues(values)).map(([key, value]) => [
			key,
			typeof value === 'object' ? value : String(value),
		]),
	);
	return {[section]: section === 'email' ? content : [content]};
};

/** The edit as it may be shown: of a token, only the last characters; of a link, only its host. */
export const maskEdit = (edit: SettingsEdit): SettingsEdit => {
	const {entry, additions = []} = edit;
	return {
		...edit,
		entry: {...entry, password: entry.password && maskToken(entry.password)},
		additions: additions.map((one) => ({...one, values: maskValues(one.values)})),
	};
};

const maskToken = (password: Secret): Secret =>
	password.reveal().startsWith('%')
		? password
		: new Secret(`<the token that ends in ${password.ending()}>`);

const maskValues = (values: SectionEntry['values']): SectionEntry['values'] =>
	Object.fromEntries(
		Object.entries(values).map(([key, value]) => [
			key,
			value instanceof Secret ? new Secret(maskSecret(value.reveal())) : value,
		]),
	);

const maskSecret = (text: string): string => {
	const [origin] = /^https?:\/\/[^/?]+/.exec(text) ?? [];
	return origin === undefined ? '<hidden>' : `${origin}/<hidden>`;
};
