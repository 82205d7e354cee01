import {type FileHandle, mkdir, open, realpath} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {createInterface} from 'node:readline';
import type {Readable} from 'node:stream';
import {exitCodes} from '../../domain/failure/exit-code.ts';
import {FailureError, StopError} from '../../domain/failure/failure.ts';
import type {SettingsDocument, SettingsStore} from '../../ports/settings-store.ts';
import {asFileFailure, codeOf} from '../files/file-failure.ts';
import {replaceFile} from '../files/small-file.ts';
import {editSettings, withAbsoluteFolder} from './edit-settings.ts';
import {runPasswordCommand} from './run-command.ts';
import {parseSettings} from './settings-document.ts';

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
		// A link, for example into a folder of dotfiles, stays a link.
		await replaceFile(await realpath(path).catch(() => path), text);
	} catch (error) {
		const known = asFileFailure(error, path);
		throw known instanceof FailureError && known.failure.kind === 'folder-unusable'
			? new StopError(`${path} cannot be written: ${known.failure.detail}.`)
			: known;
	}
};

/** Bytes. A settings file has some hundred; a longer file is something else. */
const longest = 1024 * 1024;

const reasons: Readonly<Record<string, string>> = {
	EACCES: 'this user may not read it',
	EISDIR: 'it is a folder',
	ELOOP: 'it is a link to itself',
};

type TextFile = {readonly text: string; readonly mode: number};

/** A text file of at most 1 MiB and its permissions; undefined where there is none. */
const readTextFile = async (path: string): Promise<TextFile | undefined> => {
	let handle: FileHandle | undefined;
	try {
		handle = await open(path, 'r');
		const {mode} = await handle.stat();
		return {text: decode(path, await readStart(handle)), mode};
	} catch (error) {
		const code = codeOf(error);
		if (code === 'ENOENT' || code === 'ENOTDIR') {
			return undefined;
		}

		throw code === undefined
			? error
			: new StopError(`${path} cannot be read: ${reasons[code] ?? `the system said ${code}`}.`);
	} finally {
		await handle?.close();
	}
};

/** At most a little more than a settings file may have: a device may be endless. */
const readStart = async (handle: FileHandle): Promise<Buffer> => {
	const parts: Buffer[] = [];
	let length = 0;
	while (length <= longest) {
		const {bytesRead, buffer} = await handle.read(Buffer.alloc(65_536));
		if (bytesRead === 0) {
			break;
		}

		parts.push(buffer.subarray(0, bytesRead));
		length += bytesRead;
	}

	return Buffer.concat(parts);
};

const decode = (path: string, bytes: Buffer): string => {
	if (bytes.length > longest) {
		throw new StopError(`${path} is not a settings file: it is longer than 1 MiB.`);
	}

	try {
		const text = new TextDecoder('utf-8', {fatal: true}).decode(bytes);
		if (!text.includes('\0')) {
			return text;
		}
	} catch {
		// Not UTF-8: see below.
	}

	throw new StopError(`${path} is not a settings file: it is not text in UTF-8.`, {
		advice: 'If it came from an editor on Windows, save it again as UTF-8.',
	});
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
