import {constants, readFile, readFileSync} from 'node:fs';
import {disk} from './disk.ts';

/**
 * Windows knows no such flags; elsewhere a pipe in a file's place is not waited for, and a link in it
 * not followed.
 */
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

/** The text of a small file. Throws `ELOOP` where a symbolic link lies in its place. */
export const readText = (path: string): Promise<string> =>
	disk.whileQuick(
		() => readTextNow(path),
		() => readTextAside(path),
	);

export const readTextAside = (path: string): Promise<string> =>
	new Promise((resolve, reject) => {
		readFile(path, {encoding: 'utf8', flag: flags}, (error, text) =>
			error === null ? resolve(text) : reject(error),
		);
	});

export const readTextNow = (path: string): string =>
	readFileSync(path, {encoding: 'utf8', flag: flags});
