import {type FileHandle, open} from 'node:fs/promises';
import {StopError} from '../../domain/failure/failure.ts';
import {codeOf} from '../files/file-failure.ts';

/** Bytes. A settings file has some hundred, a secret fewer; a longer file is something else. */
const longest = 1024 * 1024;

const reasons: Readonly<Record<string, string>> = {
	EACCES: 'this user may not read it',
	EISDIR: 'it is a folder',
	ELOOP: 'it is a link to itself',
};

type TextFile = {readonly text: string; readonly mode: number};

/** The kind of file that is expected, and advice if it is something else. */
type Expected = {readonly kind: string; readonly advice?: string};

const settingsFile: Expected = {kind: 'settings file'};

/** A text file of at most 1 MiB and its permissions; undefined if there is none. */
export const readTextFile = async (
	path: string,
	expected: Expected = settingsFile,
): Promise<TextFile | undefined> => {
	let handle: FileHandle | undefined;
	try {
		handle = await open(path, 'r');
		const {mode} = await handle.stat();
		return {text: decode(path, await readStart(handle), expected), mode};
	} catch (error) {
		const code = codeOf(error);
		if (code === 'ENOENT' || code === 'ENOTDIR') {
			return undefined;
		}

		throw code === undefined
			? error
			: new StopError(
					`${path} cannot be read: ${reasons[code] ?? `the system said ${code}`}.`,
					expected.advice === undefined ? {} : {advice: expected.advice},
				);
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

const decode = (path: string, bytes: Buffer, {kind, advice}: Expected): string => {
	if (bytes.length > longest) {
		throw new StopError(`${path} is not a ${kind}: it is longer than 1 MiB.`);
	}

	try {
		const text = new TextDecoder('utf-8', {fatal: true}).decode(bytes);
		if (!text.includes('\0')) {
			return text;
		}
	} catch {
		// Not UTF-8: see below.
	}

	throw new StopError(`${path} is not a ${kind}: it is not text in UTF-8.`, {
		advice: advice ?? 'If it came from an editor on Windows, save it again as UTF-8.',
	});
};

/** Permission bits of the group and of all others to read; Windows has none. */
const othersMayRead = 0o044;

export const isReadableByOthers = (
	{mode}: Pick<TextFile, 'mode'>,
	platform: NodeJS.Platform,
): boolean => platform !== 'win32' && (mode & othersMayRead) !== 0;
