import {mkdir, realpath} from 'node:fs/promises';
import {dirname} from 'node:path';
import type {Readable} from 'node:stream';
import {FailureError, StopError} from '../../domain/failure/failure.ts';
import type {Environment} from '../../domain/settings/variables.ts';
import type {SettingsDocument, SettingsStore} from '../../ports/settings-store.ts';
import {asFileFailure} from '../files/file-failure.ts';
import {replaceFile} from '../files/small-file.ts';
import {findDefaultPath} from './default-path.ts';
import {editSettings, withAbsoluteFolder} from './edit-settings.ts';
import {runPasswordCommand} from './password-command.ts';
import {readTextFile} from './read-text.ts';
import {parseSettings} from './settings-document.ts';
import {readFirstLine} from './standard-input.ts';

export type SettingsPlace = {
	readonly platform: NodeJS.Platform;
	readonly environment: Environment;
	readonly home: string;
	readonly input: Readable;
};

/** The `SettingsStore` port over yaml and the file system. */
export const openSettings = ({
	platform,
	environment,
	home,
	input,
}: SettingsPlace): SettingsStore => ({
	defaultPath: findDefaultPath(platform, environment, home),
	homeFolder: home,
	read: (path) => read(path, platform),
	saveSource: async (path, edit) => {
		const text = (await readTextFile(path))?.text ?? '';
		await write(path, editSettings(path, text, edit));
	},
	previewSource: (edit) => editSettings('settings', '', edit, ''),
	takeOver: async (from, to) => {
		const text = (await readTextFile(from))?.text ?? '';
		await write(to, withAbsoluteFolder(from, text));
	},
	runPasswordCommand,
	readTokenFromInput: () => readFirstLine(input),
});

/** Permission bits of the group and of all others to read; Windows has none. */
const othersMayRead = 0o044;

const read = async (
	path: string,
	platform: NodeJS.Platform,
): Promise<SettingsDocument | undefined> => {
	const file = await readTextFile(path);
	return (
		file && {
			...parseSettings(path, file.text),
			isReadableByOthers: platform !== 'win32' && (file.mode & othersMayRead) !== 0,
		}
	);
};

const write = async (path: string, text: string): Promise<void> => {
	try {
		await mkdir(dirname(path), {recursive: true, mode: 0o700});
		// A link into somebody's folder of dotfiles stays a link.
		await replaceFile(await realpath(path).catch(() => path), text);
	} catch (error) {
		const known = asFileFailure(error, path);
		throw known instanceof FailureError && known.failure.kind === 'folder-unusable'
			? new StopError(`${path} cannot be written: ${known.failure.detail}.`)
			: known;
	}
};
