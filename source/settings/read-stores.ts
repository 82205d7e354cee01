import {type Reading, withVariables} from '../domain/settings/read-settings.ts';
import {type S3Secret, type StoreDraft, s3Secrets} from '../domain/settings/read-stores.ts';
import {isApart, type SecretWay} from '../domain/settings/secret.ts';
import {type S3Keys, Secret, type StoreSettings} from '../domain/settings/settings.ts';
import {locateBeside} from './locate-folder.ts';
import type {hideSecrets, Secrets} from './read-secrets.ts';

export const secretsOf = ({place, runner}: StoreDraft): readonly SecretWay[] => [
	...(place.type === 's3' ? Object.values(place.secrets) : []),
	...(runner === undefined ? [] : [runner]),
];

/** Reads the secrets of stores. Throws a StopError if one of them cannot be read. */
export const openStores = async (
	drafts: readonly StoreDraft[],
	{
		file,
		home,
		secrets,
		withoutSecrets,
		reading,
	}: {
		/** Path of the settings file. */
		readonly file: string;
		readonly home: string;
		readonly secrets: Secrets;
		readonly withoutSecrets: ReturnType<typeof hideSecrets>;
		readonly reading: Reading;
	},
): Promise<readonly StoreSettings[]> =>
	Promise.all(
		drafts.map(async ({title, place, recipients, fullAfter, runner}) => {
			const key = runner && new Secret(await readSecret(runner, {secrets, reading}));
			const about = {title, recipients, fullAfter, runner: key};
			if (place.type === 'folder') {
				const path = locateBeside(file, place.path, home);
				return {...about, place: {type: 'folder', path} as const};
			}

			const {secrets: given, command, ...rest} = place;
			const keys: S3Keys =
				command === undefined
					? await readKeys(given, {secrets, reading})
					: {kind: 'command', command, environment: withoutSecrets(reading.environment)};
			return {...about, place: {...rest, title, keys}};
		}),
	);

const readKeys = async (
	given: Readonly<Partial<Record<S3Secret, SecretWay>>>,
	{secrets, reading}: {readonly secrets: Secrets; readonly reading: Reading},
): Promise<S3Keys> => {
	const read = new Map<S3Secret, string>();
	for (const key of s3Secrets) {
		const secret = given[key];
		if (secret !== undefined) {
			read.set(key, await readSecret(secret, {secrets, reading}));
		}
	}

	const session = read.get('sessionToken');
	return {
		kind: 'given',
		accessKeyId: read.get('accessKeyId') ?? '',
		secretAccessKey: new Secret(read.get('secretAccessKey') ?? ''),
		sessionToken: session === undefined ? undefined : new Secret(session),
	};
};

const readSecret = async (
	secret: SecretWay,
	{secrets, reading}: {readonly secrets: Secrets; readonly reading: Reading},
): Promise<string> =>
	isApart(secret) ? secrets.read(secret) : (withVariables(secret.given, reading)?.text ?? '');
