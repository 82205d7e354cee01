import {mkdir, realpath} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {createInterface} from 'node:readline';
import type {Readable} from 'node:stream';
import {exitCodes} from '../../domain/failure/exit-code.ts';
import {FailureError, StopError} from '../../domain/failure/failure.ts';
import type {SecretFile, SettingsDocument, SettingsStore} from '../../ports/settings-store.ts';
import {asFileFailure} from '../files/file-failure.ts';
import {replaceFile} from '../files/small-file.ts';
import {editSettings, withAbsolutePaths} from './edit-settings.ts';
import {runPasswordCommand} from './run-command.ts';
import {parseAnyway, parseSettings} from './settings-document.ts';
import {isReadableByOthers, readTextFile} from './text-file.ts';

type SettingsPlace = {
	readonly platform: NodeJS.Platform;
	/** The user's home folder, and the folder for Cistern's configuration. */
	readonly home: string;
	readonly folder: string;
	readonly input: Readable;
};

/** The `SettingsStore` port over yaml and the file system. */
export const openSettings = ({platform, home, folder, input}: SettingsPlace): SettingsStore => ({
	defaultPath: join(folder, 'settings.yml'),
	homeFolder: home,
	read: (path) => read(path, platform),
	readAnyway: (path) => read(path, platform, parseAnyway).catch(() => undefined),
	saveSource: async (path, edit) => {
		const text = (await readTextFile(path))?.text ?? '';
		await write(path, editSettings(path, text, edit));
	},
	previewSource: (edit) => editSettings('settings', '', edit, ''),
	takeOver: async (from, to) => {
		const text = (await readTextFile(from))?.text ?? '';
		await write(to, withAbsolutePaths(from, text));
	},
	runPasswordCommand,
	readSecretFile: (path, name) => readSecretFile(path, name, platform),
	readTokenFromInput: () => readFirstLine(input),
});

const read = async (
	path: string,
	platform: NodeJS.Platform,
	parse = parseSettings,
): Promise<SettingsDocument | undefined> => {
	const file = await readTextFile(path);
	return (
		file && {
			...parse(path, file.text),
			isReadableByOthers: isReadableByOthers(file, platform),
		}
	);
};

const write = async (path: string, text: string): Promise<void> => {
	try {
		await mkdir(dirname(path), {recursive: true, mode: 0o700});
		// A link, for example into a folder of dotfiles, stays a link.
		await replaceFile(await realpath(path).catch(() => path), text);
	} catch (error) {
		const known = asFileFailure(error, path);
		throw known instanceof FailureError && known.failure.kind === 'folder-unusable'
			? new StopError(`${path} cannot be written: ${known.failure.detail}.`)
			: known;
	}
};

/** First line of a file that holds a secret. `name` tells where the path comes from. */
const readSecretFile = async (
	path: string,
	name: string,
	platform: NodeJS.Platform,
): Promise<SecretFile> => {
	const advice = `${name} names it. Its first line is the secret.`;
	const file = await readTextFile(path, {kind: 'file with a secret', advice});
	if (file === undefined) {
		throw new StopError(`The file ${path} does not exist.`, {advice});
	}

	const [line = ''] = file.text.replace(/^\ufeff/, '').split(/\r?\n/);
	if (line.trim() === '') {
		throw new StopError(`The first line of ${path} is empty.`, {advice});
	}

	return {line, isReadableByOthers: isReadableByOthers(file, platform)};
};

/** First line of standard input. Throws a StopError when it is a terminal or empty. */
const readFirstLine = async (input: Readable & {isTTY?: boolean}): Promise<string> => {
	if (input.isTTY) {
		throw new StopError(
			'--token-stdin reads the token from a pipe, but standard input is a terminal.',
			{
				advice: 'Pipe it in: pass show bitbucket | cistern --token-stdin',
				exitCode: exitCodes.usage,
			},
		);
	}

	const lines = createInterface({input, crlfDelay: Infinity});
	for await (const line of lines) {
		lines.close();
		if (line.trim() !== '') {
			return line;
		}

		break;
	}

	throw new StopError('--token-stdin found no token: standard input is empty.');
};
