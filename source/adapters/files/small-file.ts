import {randomBytes} from 'node:crypto';
import {constants} from 'node:fs';
import {
	type FileHandle,
	lstat,
	open,
	readdir,
	readFile,
	rename,
	rm,
	writeFile,
} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {codeOf} from './file-failure.ts';

/**
 * Does not wait for a writer if a pipe lies in the file's place, and does not follow a symbolic
 * link. Windows has neither flag.
 */
export const readOnly =
	constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

/** A small file. Throws `ELOOP` if a symbolic link lies in its place. */
export const readBytes = (path: string): Promise<Buffer> => readFile(path, {flag: readOnly});

export const readText = async (path: string): Promise<string> =>
	(await readBytes(path)).toString('utf8');

/** Errors of a disk that could not keep what was written. */
const lossCodes = new Set(['EIO', 'ENOSPC', 'EDQUOT']);

/** Makes a folder's entries survive a power cut. Some systems cannot do this: no error there. */
export const syncFolder = async (folder: string): Promise<void> =>
	syncOpened(await open(folder, 'r').catch(() => undefined));

/** Windows syncs only a file that may be written to. A pack may not: git has synced it. */
const syncFile = async (path: string): Promise<void> =>
	syncOpened(await open(path, 'r+').catch(() => open(path, 'r').catch(() => undefined)));

const syncOpened = async (handle: FileHandle | undefined): Promise<void> => {
	try {
		await handle?.sync();
	} catch (error) {
		if (lossCodes.has(codeOf(error) ?? '')) {
			throw error;
		}
	} finally {
		await handle?.close();
	}
};

/** Files and folders that are written or synced at once: a disk writes them together. */
export const writers = 16;

/** Does the same to each item, `count` of them at once. */
export const forAll = async <Item>(
	items: Iterable<Item>,
	count: number,
	act: (item: Item) => Promise<void>,
): Promise<void> => {
	const left = [...items].values();
	await Promise.all(
		Array.from({length: count}, async () => {
			for (const item of left) {
				await act(item);
			}
		}),
	);
};

/** Makes a file, or a folder with all its content, survive a power cut. */
export const syncAll = async (path: string): Promise<void> => {
	if ((await lstat(path)).isFile()) {
		await syncFile(path);
		return;
	}

	const entries = await readdir(path, {recursive: true, withFileTypes: true});
	await syncFolder(path);
	await forAll(entries, writers, async (entry) => {
		const inside = join(entry.parentPath, entry.name);
		if (entry.isDirectory()) {
			await syncFolder(inside);
		} else if (entry.isFile()) {
			await syncFile(inside);
		}
	});
};

const ownMode = 0o600;

/** Writes a file with mode 0600 into a folder that nothing depends on yet. Not synced. */
export const writeNewFile = (path: string, content: string | Buffer): Promise<void> =>
	writeFile(path, content, {mode: ownMode});

export const asideOf = (path: string): string => `${path}.${randomBytes(6).toString('hex')}.new`;

/**
 * Writes a new file with mode 0600, syncs it and renames it into place: a reader finds the old
 * content or the new one, whole, after a kill too.
 */
export const replaceFile = async (
	path: string,
	content: string | Buffer,
	aside = asideOf(path),
): Promise<void> => {
	await putSynced(path, content, {aside, mode: ownMode});
	await syncFolder(dirname(path));
};

/** The same with a mode of its own, before its folder is synced: where more files come into the folder. */
export const putSynced = (
	path: string,
	content: string | Buffer,
	options: Omit<Putting, 'isSynced'>,
): Promise<void> => putInPlace(path, content, {...options, isSynced: true});

/**
 * The same without the sync, which takes longer than all else: after a power cut the file may be
 * empty. For what the next run writes again.
 */
export const replaceUnsynced = (path: string, content: string, mode = ownMode): Promise<void> =>
	putInPlace(path, content, {aside: asideOf(path), mode, isSynced: false});

/**
 * `mode`: of a synced file without the bits that the user's umask takes away. To change them later
 * fails on a disk without rights.
 */
type Putting = {readonly aside: string; readonly mode: number; readonly isSynced: boolean};

const putInPlace = async (
	path: string,
	content: string | Buffer,
	{aside, mode, isSynced}: Putting,
): Promise<void> => {
	try {
		const handle = await open(aside, 'wx', mode);
		try {
			await handle.writeFile(content);
			if (isSynced) {
				await handle.sync();
			} else if (mode !== ownMode) {
				await handle.chmod(mode);
			}
		} finally {
			await handle.close();
		}

		await rename(aside, path);
	} catch (error) {
		await rm(aside, {force: true});
		throw error;
	}
};
