import {constants} from 'node:fs';
import {access, stat} from 'node:fs/promises';
import {delimiter, join} from 'node:path';
import {StopError} from '../../domain/failure/failure.ts';
import type {Secret} from '../../domain/settings/settings.ts';
import type {Environment} from '../../domain/settings/variables.ts';
import type {Keychains} from '../../ports/keychains.ts';
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
	commandFor: (keychain, {title, token}) => find(keychain).recall(toAccount(title), token),
	store: async (keychain, {title, token}, signal) => {
		const known = find(keychain);
		const account = toAccount(title);
		const recall = known.recall(account, token);
		if (await isKept(recall, token, place, signal)) {
			return;
		}

		const {arguments: args, input} = known.store(account, token);
		const complaint = await runWithInput(known.command, args, input, signal);
		// What cannot be read back would be missed at night.
		if (complaint !== undefined || !(await isKept(recall, token, place, signal))) {
			const said = complaint ? ` It said: ${complaint}` : '';
			throw new StopError(`${known.name} did not keep the token.${said}`);
		}
	},
});

const find = (keychain: string): KnownKeychain => {
	const known = knownKeychains.find(({command}) => command === keychain);
	if (known === undefined) {
		throw new StopError(`${keychain} is no keychain that Cistern knows.`);
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
