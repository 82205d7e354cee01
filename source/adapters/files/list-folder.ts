import {type Dirent, readdirSync, statSync} from 'node:fs';
import {lstat, readdir, stat} from 'node:fs/promises';
import {join, relative} from 'node:path';
import {disk} from './disk.ts';
import {isAbsence} from './file-failure.ts';

/** A result in place of an error that says that just nothing is there. */
export const unlessMissing = <Result>(error: unknown, result: Result): Result => {
	if (isAbsence(error)) {
		return result;
	}

	throw error;
};

/** Names of what is wanted in a folder. */
export const list = async (
	path: string,
	isWanted: (entry: Dirent) => boolean,
): Promise<readonly string[]> => {
	const entries = await readdir(path, {withFileTypes: true}).catch((error: unknown) =>
		unlessMissing(error, []),
	);
	return entries.filter(isWanted).map(({name}) => name);
};

/** Paths of the symbolic links in a folder, as seen from there, with `/` on every system. */
export const listLinks = async (path: string, recursive: boolean): Promise<readonly string[]> => {
	const entries = await readdir(path, {withFileTypes: true, recursive}).catch((error: unknown) =>
		unlessMissing(error, []),
	);
	return entries
		.filter((entry) => entry.isSymbolicLink())
		.map(({parentPath, name}) => relative(path, join(parentPath, name)).replaceAll('\\', '/'));
};

/** Is there nothing at all, or a folder with nothing in it? */
export const isVacant = async (path: string): Promise<boolean> => {
	const isNothing = await lstat(path).then(
		() => false,
		(error: unknown) => unlessMissing(error, true),
	);
	// A file, or a link that leads nowhere, is something.
	return isNothing || (await readdir(path).catch(() => ['something'])).length === 0;
};

/** Bytes of all files in a folder. */
export const measure = async (path: string): Promise<number> => {
	const entries = await disk.whileQuick(
		() => readdirSync(path, {withFileTypes: true}),
		() => readdir(path, {withFileTypes: true}),
	);
	let bytes = 0;
	for (const entry of entries) {
		const inside = join(path, entry.name);
		if (entry.isDirectory()) {
			bytes += await measure(inside);
		} else if (entry.isFile()) {
			bytes += await measureFile(inside);
		}
	}

	return bytes;
};

/** A file may vanish while we look, a temporary one of git's for one. */
const measureFile = async (path: string): Promise<number> => {
	const {size} = await disk
		.whileQuick(
			() => statSync(path),
			() => stat(path),
		)
		.catch(() => ({size: 0}));
	return size;
};
