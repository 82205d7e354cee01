import {usualFullAfter} from '../store/chain.ts';
import {
	checkValues,
	type Given,
	missingKey,
	type Reading,
	readList,
	readSection,
	unlessWrong,
	type ValuesOf,
} from './read-settings.ts';
import {onlyWay, type SecretWay} from './secret.ts';
import {type SettingPath, shorten} from './settings-problem.ts';
import {namesIn} from './variables.ts';

/** A store as the settings file has it, before its secrets are read. */
export type StoreDraft = {
	readonly path: SettingPath;
	readonly title: string;
	/** As it is written. */
	readonly place:
		| {readonly type: 'folder'; readonly path: string}
		| ({readonly type: 's3'} & S3Draft);
	readonly recipients: readonly string[] | 'none';
	readonly fullAfter: number;
	readonly runner: SecretWay | undefined;
	/** Titles; empty for all. */
	readonly sources: readonly string[];
};

type S3Draft = {
	readonly endpoint: string | undefined;
	readonly region: string;
	readonly bucket: string;
	readonly prefix: string;
	readonly pathStyle: boolean;
	readonly retention: number | undefined;
	readonly command: string | undefined;
	/** `accessKeyId` and its like. */
	readonly secrets: Readonly<Partial<Record<S3Secret, SecretWay>>>;
};

export const s3Secrets = ['accessKeyId', 'secretAccessKey', 'sessionToken'] as const;

export type S3Secret = (typeof s3Secrets)[number];

/** The variables that hold a secret of the section, also of a store with a mistake. */
export const variablesOfStores = (stores: unknown): readonly string[] =>
	(Array.isArray(stores) ? stores : []).flatMap((store: unknown) =>
		Object.entries(typeof store === 'object' && store !== null ? store : {}).flatMap(
			([key, value]) =>
				[...s3Secrets, 'runner'].includes(key) && typeof value === 'string' ? namesIn(value) : [],
		),
	);

/** Reads the section `stores`. One with a mistake is reported and left out. */
export const readStores = (stores: unknown, reading: Reading): readonly StoreDraft[] => {
	const drafts = readList(
		stores,
		'stores',
		'each store begins with "- title: ..."',
		reading,
	).flatMap(
		(one, index) => unlessWrong(reading, (inner) => readStore(one, ['stores', index], inner)) ?? [],
	);
	for (const [index, {title, path}] of drafts.entries()) {
		if (drafts.findIndex((other) => other.title === title) < index) {
			const message = `two stores have the title "${shorten(title)}"`;
			reading.report({path: [...path, 'title'], part: 'value', message});
		}
	}

	return drafts;
};

const readStore = (content: unknown, path: SettingPath, reading: Reading): StoreDraft => {
	const {values} = readSection(content, path, 'store', reading);
	checkValues('store', values, path, reading);
	const {recipients} = values;
	checkRecipients(recipients, path, reading);
	return {
		path,
		title: values.title?.text ?? '',
		place:
			values.type?.text === 'folder'
				? {type: 'folder', path: needed(values.path, 'path', path, reading)}
				: {type: 's3', ...readS3(values, path, reading)},
		recipients,
		fullAfter: values.fullAfter ?? usualFullAfter,
		runner: onlyWay(values, 'runner', reading.report),
		sources: values.sources,
	};
};

const readS3 = (values: ValuesOf<'store'>, path: SettingPath, reading: Reading): S3Draft => {
	const endpoint = values.endpoint?.text.replace(/\/$/, '');
	const secrets = Object.fromEntries(
		s3Secrets.flatMap((key) => {
			const secret = onlyWay(values, key, reading.report);
			return secret === undefined ? [] : [[key, secret] as const];
		}),
	);
	const command = values.credentialsCommand?.text;
	if (
		command === undefined &&
		(secrets['accessKeyId'] === undefined || secrets['secretAccessKey'] === undefined)
	) {
		reading.report({
			path,
			part: 'value',
			message: 'the store has no key',
			hint: 'accessKeyId and secretAccessKey, or credentialsCommand',
		});
	}

	return {
		endpoint,
		region: values.region?.text ?? 'us-east-1',
		bucket: needed(values.bucket, 'bucket', path, reading),
		prefix: values.prefix?.text ?? '',
		pathStyle:
			values.pathStyle === undefined ? endpoint !== undefined : values.pathStyle.text === 'true',
		retention: values.retention,
		command,
		secrets,
	};
};

const needed = (
	given: Given | undefined,
	key: string,
	path: SettingPath,
	{report}: Reading,
): string => {
	if (given === undefined) {
		report(missingKey(key, path));
	}

	return given?.text ?? '';
};

/** Plain text in a store has to be asked for. */
const checkRecipients = (
	recipients: readonly string[] | 'none',
	path: SettingPath,
	{report}: Reading,
): void => {
	if (recipients === 'none') {
		return;
	}

	const wrong = recipients.find((one) => !/^age1[0-9a-z]+$/.test(one));
	if (wrong !== undefined) {
		// A secret key is not repeated: the log keeps the words of an error.
		const isSecret = /secret/i.test(wrong);
		const message = `${isSecret ? 'a secret key' : `"${shorten(wrong)}"`} is no public key of age`;
		const hint = isSecret
			? 'take it off this computer, and write the public key that belongs to it'
			: 'it begins with age1';
		report({path: [...path, 'recipients'], part: 'value', message, hint});
	} else if (recipients.length === 0) {
		const hint = 'the public keys that the store is sealed for; "recipients: none" for no sealing';
		report(missingKey('recipients', path, hint));
	}
};
