import {constants, type Dirent} from 'node:fs';
import {
	appendFile,
	chmod,
	copyFile,
	cp,
	mkdir,
	open,
	readdir,
	realpath,
	rename,
	rm,
	rmdir,
	stat,
	statfs,
} from 'node:fs/promises';
import {basename, dirname, join, relative} from 'node:path';
import type {Files} from '../../ports/files.ts';
import {codeOf, exists, ifAbsent, isTaken, onFile} from './file-failure.ts';
import {readSha256} from './hash-file.ts';
import {isLockedBy, lockFolder} from './lock.ts';
import {
	readText,
	replaceFile,
	replaceUnsynced,
	syncAll,
	syncFolder,
	writeNewFile,
} from './small-file.ts';

/** The `Files` port over Node's file system. */
export const openFiles = (): Files => ({
	makeFolder: (path) => onFile(path, async () => void (await makeFolder(path))),
	listFolders: (path) => onFile(path, () => list(path, (entry) => entry.isDirectory())),
	listFiles: (path) => onFile(path, () => list(path, (entry) => entry.isFile())),
	listLinks: (path, reach) => onFile(path, () => listLinks(path, reach === 'below')),
	exists: (path) => onFile(path, () => exists(path)),
	readText: (path) => onFile(path, () => readText(path).catch(ifAbsent(undefined))),
	writeText: (path, text) => onFile(path, () => replaceFile(path, text)),
	writeUnsynced: (path, text) => onFile(path, () => writeNewFile(path, text)),
	publishText: (path, text) => onFile(path, () => replaceUnsynced(path, text, 0o644)),
	appendText: (path, text) =>
		onFile(path, () => appendFile(path, text, {encoding: 'utf8', mode: 0o600})),
	appendLine: (path, line) => onFile(path, () => appendLine(path, line)),
	syncAll: (path) => onFile(path, () => syncAll(path)),
	readSha256: (path) => onFile(path, () => readSha256(path)),
	copy: (from, to) =>
		onFile(to, async () => {
			await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
			await chmod(to, 0o600);
		}),
	move: (from, to) => onFile(to, () => move(from, to)),
	moveContent: (from, to, last) => onFile(to, () => moveContent(from, to, last)),
	remove: (path) => onFile(path, () => rm(path, {recursive: true, force: true})),
	followLinks,
	isVacant: (path) => onFile(path, () => isVacant(path)),
	measure: (path, except) => onFile(path, () => measure(path, except)),
	readFreeSpace: (path) =>
		onFile(path, async () => {
			const {bavail, bsize} = await statfs(path);
			return bavail * bsize;
		}),
	lock: (folder, run) => onFile(folder, () => lockFolder(folder, run)),
	isLockedBy: (folder, run) => onFile(folder, () => isLockedBy(folder, run)),
});

/**
 * Parents first, one attempt each: Node's own recursive `mkdir` never ends on a file system that
 * answers ENOENT to every new folder, as /proc does.
 */
const makeFolder = async (path: string): Promise<void> => {
	if (await isFolder(path)) {
		return;
	}

	const parent = dirname(path);
	await makeFolder(parent);
	await mkdir(path, {mode: 0o700}).catch(async (error: unknown) => {
		if (codeOf(error) !== 'EEXIST' || !(await isFolder(path))) {
			throw error;
		}
	});
	await syncFolder(parent);
};

const isFolder = async (path: string): Promise<boolean> => {
	try {
		return (await stat(path)).isDirectory();
	} catch (error) {
		if (codeOf(error) === 'ENOENT') {
			return false;
		}

		throw error;
	}
};

/** A kill can leave the last line without its end: the next line must not run into it. */
const appendLine = async (path: string, line: string): Promise<void> => {
	const handle = await open(path, 'a+', 0o600);
	try {
		const {size} = await handle.stat();
		const last = Buffer.alloc(1);
		if (size > 0) {
			await handle.read(last, 0, 1, size - 1);
		}

		const gap = size > 0 && last.toString() !== '\n' ? '\n' : '';
		await handle.appendFile(`${gap}${line}\n`, 'utf8');
		await handle.sync();
	} finally {
		await handle.close();
	}
};

const move = async (from: string, to: string): Promise<void> => {
	await refuseTaken(to);
	await renameOrCopy(from, to);
	await Promise.all([...new Set([dirname(from), dirname(to)])].map(syncFolder));
};

/**
 * One folder may lie on several disks (mergerfs, a mount within it). What cannot be renamed is copied
 * to the folder where it belongs, synced and renamed there. A killed copy is begun anew.
 */
const renameOrCopy = async (from: string, to: string): Promise<void> => {
	try {
		await rename(from, to);
	} catch (error) {
		if (codeOf(error) !== 'EXDEV') {
			throw error;
		}

		const aside = `${to}.moving`;
		await rm(aside, {recursive: true, force: true});
		try {
			await cp(from, aside, {recursive: true, preserveTimestamps: true, verbatimSymlinks: true});
			await syncAll(aside);
			await rename(aside, to);
		} catch (failed) {
			await rm(aside, {recursive: true, force: true});
			throw failed;
		}

		await syncFolder(dirname(to));
		await rm(from, {recursive: true, force: true});
	}
};

/** `rename` would silently replace an empty folder or a file. */
const refuseTaken = async (path: string): Promise<void> => {
	if (await isTaken(path)) {
		throw Object.assign(new Error('taken'), {code: 'EEXIST'});
	}
};

const moveContent = async (from: string, to: string, last: string): Promise<void> => {
	const names = await readdir(from);
	for (const name of names.toSorted(
		(left, right) => Number(left === last) - Number(right === last),
	)) {
		await refuseTaken(join(to, name));
		await renameOrCopy(join(from, name), join(to, name));
	}

	await syncFolder(to);
	await rmdir(from);
};

const followLinks = async (path: string): Promise<string> => {
	try {
		return await realpath(path);
	} catch {
		const parent = dirname(path);
		return parent === path ? path : join(await followLinks(parent), basename(path));
	}
};

/** Names of the wanted entries of a folder. */
const list = async (
	path: string,
	isWanted: (entry: Dirent) => boolean,
): Promise<readonly string[]> => {
	const entries = await readdir(path, {withFileTypes: true}).catch(ifAbsent([]));
	return entries.filter(isWanted).map(({name}) => name);
};

/** Paths of the symbolic links in a folder, relative to it, with `/` on every system. */
const listLinks = async (path: string, recursive: boolean): Promise<readonly string[]> => {
	const entries = await readdir(path, {withFileTypes: true, recursive}).catch(ifAbsent([]));
	return entries
		.filter((entry) => entry.isSymbolicLink())
		.map(({parentPath, name}) => relative(path, join(parentPath, name)).replaceAll('\\', '/'));
};

/** A file takes the place, and so does a link that leads nowhere. */
const isVacant = async (path: string): Promise<boolean> =>
	!(await isTaken(path)) || (await readdir(path).catch(() => ['something'])).length === 0;

/** Bytes of all files in a folder. A file may vanish meanwhile, as git's temporary ones do. */
const measure = async (path: string, except?: string): Promise<number> => {
	const all = await readdir(path, {withFileTypes: true});
	const entries = all.filter(({name}) => name !== except);
	const sizes = await Promise.all(
		entries.map(async (entry) => {
			const inside = join(path, entry.name);
			if (entry.isDirectory()) {
				return measure(inside);
			}

			return entry.isFile()
				? stat(inside).then(
						({size}) => size,
						() => 0,
					)
				: 0;
		}),
	);
	return sizes.reduce((sum, size) => sum + size, 0);
};
