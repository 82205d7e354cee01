import {constants} from 'node:fs';
import {access, stat} from 'node:fs/promises';
import {delimiter, join} from 'node:path';
import {StopError} from '../domain/failure/failure.ts';
import type {Secret} from '../domain/settings/settings.ts';
import type {Environment} from '../domain/settings/variables.ts';
import {toExcerpt} from '../domain/text/printable-text.ts';
import type {Keychains} from '../ports/keychains.ts';
import {type CommandEnd, runCommand} from './settings/run-command.ts';

/** How a command stores a secret and returns it. The token is passed only by standard input. */
type KnownKeychain = {
	readonly command: string;
	readonly name: string;
	/** Undefined if the command exists on every system. */
	readonly platform: NodeJS.Platform | undefined;
	readonly store: (
		account: string,
		token: Secret,
	) => {readonly arguments: readonly string[]; readonly input: string};
	/** A shell line that prints the token, for `passwordCommand`. */
	readonly recall: (account: string, token: Secret) => string;
};

/** 1Password allows several items with one name, so each token gets its own name. */
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

const knownKeychains: readonly KnownKeychain[] = [
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
			// Every user can read arguments; with -i the command reads standard input instead.
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

type KeychainPlace = {
	readonly platform: NodeJS.Platform;
	readonly environment: Environment;
	/** Runs a shell line and gives the first line it printed. */
	readonly recall: (command: string, signal: AbortSignal) => Promise<string>;
};

/** The `Keychains` port over the commands of password managers. */
export const openKeychains = (place: KeychainPlace): Keychains => ({
	find: async () => {
		const fitting = knownKeychains.filter(
			({platform}) => platform === undefined || platform === place.platform,
		);
		const installed = await Promise.all(
			fitting.map(({command}) => isInstalled(command, place.environment)),
		);
		return fitting
			.filter((_, index) => installed[index])
			.map(({command, name}) => ({command, name}));
	},
	commandFor: (keychain, {title, token}) => find(keychain).recall(toAccount(title), token),
	store: async (keychain, {title, token}, signal) => {
		const known = find(keychain);
		const account = toAccount(title);
		const recall = known.recall(account, token);
		if (await isKept(recall, token, place, signal)) {
			return;
		}

		const {arguments: args, input} = known.store(account, token);
		const end = await runCommand({command: known.command, arguments: args, input}, signal);
		// A token that cannot be read back now would be missing at night.
		if (end.kind !== 'done' || !(await isKept(recall, token, place, signal))) {
			const complaint = describeEnd(end);
			const said = complaint === '' ? '' : ` It said: ${complaint}`;
			throw new StopError(`${known.name} did not keep the token.${said}`);
		}
	},
});

const describeEnd = ({kind, ending, complaint}: CommandEnd): string => {
	switch (kind) {
		case 'done':
			return '';
		case 'failed':
			return toExcerpt(complaint);
		case 'late':
			return 'no answer in time';
		case 'not-started':
			return ending;
	}
};

const find = (keychain: string): KnownKeychain => {
	const known = knownKeychains.find(({command}) => command === keychain);
	if (known === undefined) {
		throw new StopError(`${keychain} is not a keychain that Cistern knows.`);
	}

	return known;
};

/** A title that stays one word in any shell. */
const toAccount = (title: string): string => title.replaceAll(/[^A-Za-z0-9._-]+/g, '-');

const isInstalled = async (command: string, {PATH = ''}: Environment): Promise<boolean> => {
	for (const folder of PATH.split(delimiter).filter((each) => each !== '')) {
		if (await isProgram(join(folder, command))) {
			return true;
		}
	}

	return false;
};

const isProgram = async (path: string): Promise<boolean> => {
	try {
		await access(path, constants.X_OK);
		return (await stat(path)).isFile();
	} catch {
		return false;
	}
};

const isKept = async (
	recall: string,
	token: Secret,
	place: KeychainPlace,
	signal: AbortSignal,
): Promise<boolean> => {
	try {
		return (await place.recall(recall, signal)) === token.reveal();
	} catch {
		signal.throwIfAborted();
		return false;
	}
};
