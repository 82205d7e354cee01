import {constants} from 'node:fs';
import {access, stat} from 'node:fs/promises';
import {delimiter, join} from 'node:path';
import {StopError} from '../../domain/failure.ts';
import type {Environment} from '../../domain/variables.ts';
import type {Keychains} from '../../ports.ts';
import {type KnownKeychain, knownKeychains} from './known-keychains.ts';
import {runWithInput} from './run-with-input.ts';

export type KeychainPlace = {
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
	store: async (command, {title, token}, signal) => {
		const known = knownKeychains.find((each) => each.command === command);
		if (known === undefined) {
			throw new StopError(`${command} is no keychain that Cistern knows.`);
		}

		const account = toAccount(title);
		const recall = known.recall(account, token);
		if (await isKept(recall, token.reveal(), place, signal)) {
			return recall;
		}

		const {arguments: args, input} = known.store(account, token);
		const complaint = await runWithInput(command, args, input, signal);
		await prove(known, recall, token.reveal(), complaint, place, signal);
		return recall;
	},
});

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
	token: string,
	place: KeychainPlace,
	signal: AbortSignal,
): Promise<boolean> => {
	try {
		return (await place.recall(recall, signal)) === token;
	} catch {
		signal.throwIfAborted();
		return false;
	}
};

/** What cannot be read back would be missed at night. */
const prove = async (
	{name}: KnownKeychain,
	recall: string,
	token: string,
	complaint: string | undefined,
	place: KeychainPlace,
	signal: AbortSignal,
): Promise<void> => {
	if (complaint === undefined && (await isKept(recall, token, place, signal))) {
		return;
	}

	const said = complaint === undefined || complaint === '' ? '' : ` It said: ${complaint}`;
	throw new StopError(`${name} did not keep the token.${said}`);
};
