import type {Secret} from '../../domain/settings/settings.ts';

/** How a command keeps a secret and gives it back. The token goes in by standard input alone. */
export type KnownKeychain = {
	readonly command: string;
	readonly name: string;
	/** Undefined where the command is one on every system. */
	readonly platform: NodeJS.Platform | undefined;
	readonly store: (
		account: string,
		token: Secret,
	) => {readonly arguments: readonly string[]; readonly input: string};
	/** A shell line that prints the token, for `passwordCommand`. */
	readonly recall: (account: string, token: Secret) => string;
};

/** 1Password keeps items of one name side by side, so each token gets a name of its own. */
const opTitle = (account: string, token: Secret): string => `cistern-${account}-${token.ending()}`;

const opItem = (account: string, token: Secret): string =>
	JSON.stringify({
		title: opTitle(account, token),
		category: 'PASSWORD',
		fields: [
			{
				id: 'password',
				type: 'CONCEALED',
				purpose: 'PASSWORD',
				label: 'password',
				value: token.reveal(),
			},
		],
	});

export const knownKeychains: readonly KnownKeychain[] = [
	{
		command: 'secret-tool',
		name: 'The desktop keyring',
		platform: 'linux',
		store: (account, token) => ({
			arguments: ['store', `--label=Cistern: ${account}`, 'service', 'cistern', 'account', account],
			input: token.reveal(),
		}),
		recall: (account) => `secret-tool lookup service cistern account ${account}`,
	},
	{
		command: 'security',
		name: 'The macOS keychain',
		platform: 'darwin',
		store: (account, token) => ({
			// With -i the command reads its commands from standard input: arguments are seen by all.
			arguments: ['-i'],
			input: `add-generic-password -U -s cistern -a ${account} -w "${escapeQuotes(token.reveal())}"\n`,
		}),
		recall: (account) => `security find-generic-password -s cistern -a ${account} -w`,
	},
	{
		command: 'op',
		name: '1Password',
		platform: undefined,
		store: (account, token) => ({
			arguments: ['item', 'create', '-'],
			input: opItem(account, token),
		}),
		recall: (account, token) =>
			`op item get ${opTitle(account, token)} --fields label=password --reveal`,
	},
	{
		command: 'pass',
		name: 'pass',
		platform: undefined,
		store: (account, token) => ({
			arguments: ['insert', '--multiline', '--force', `cistern/${account}`],
			input: `${token.reveal()}\n`,
		}),
		recall: (account) => `pass show cistern/${account}`,
	},
];

const escapeQuotes = (text: string): string => text.replaceAll(/["\\]/g, '\\$&');
