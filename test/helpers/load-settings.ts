import {mkdir, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {Readable} from 'node:stream';
import {openSettings} from '../../source/adapters/settings/open-settings.ts';
import {parseArguments} from '../../source/arguments/arguments.ts';
import type {CommonOptions} from '../../source/arguments/invocation.ts';
import {StopError} from '../../source/domain/failure/failure.ts';
import type {Settings} from '../../source/domain/settings/settings.ts';
import type {Environment} from '../../source/domain/settings/variables.ts';
import {loadSettings} from '../../source/settings/load-settings.ts';
import {createFakeClock} from './fake-clock.ts';

export type Situation = {
	/** A folder of the test's own. */
	readonly home: string;
	/** The text of the usual settings file; without it there is none. */
	readonly file?: string;
	readonly argv?: readonly string[];
	readonly environment?: Environment;
	readonly input?: string;
	/** Only the disk is read, as for status. */
	readonly readsDiskOnly?: boolean;
};

/** The usual settings file of a user with this home folder. */
export const settingsPath = (home: string): string => join(home, '.config/cistern/settings.yml');

/** Settings as a command gets them on 2026-11-23, from a real file and the words of a command line. */
export const load = async (situation: Situation): Promise<Settings> => {
	const {home, file, argv = [], environment = {}, input = ''} = situation;
	if (file !== undefined) {
		await mkdir(dirname(settingsPath(home)), {recursive: true});
		await writeFile(settingsPath(home), file, {mode: 0o600});
	}

	const settings = openSettings({
		platform: 'linux',
		home,
		folder: dirname(settingsPath(home)),
		input: Readable.from([input]),
	});
	return loadSettings(
		readOptions(argv, environment),
		{environment, settings, clock: createFakeClock()},
		{
			credentials: situation.readsDiskOnly !== true,
			stores: situation.readsDiskOnly !== true,
			signal: AbortSignal.timeout(30_000),
		},
	);
};

/** The sentence that stops it, each line without the folder's own path, and the advice below. */
export const complaintOf = async (situation: Situation): Promise<string> => {
	try {
		await load(situation);
	} catch (error) {
		if (error instanceof StopError) {
			const lines = [error.message, ...(error.advice === undefined ? [] : [error.advice])];
			return lines.join('\n').replaceAll(`${dirname(settingsPath(situation.home))}/`, '');
		}

		throw error;
	}

	return 'nothing';
};

const readOptions = (argv: readonly string[], environment: Environment): CommonOptions => {
	const invocation = parseArguments(argv, environment);
	if (!('options' in invocation)) {
		throw new TypeError('these words are no command');
	}

	return invocation.options;
};
