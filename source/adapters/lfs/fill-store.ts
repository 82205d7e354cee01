import {
	chmod,
	copyFile,
	link,
	lstat,
	mkdir,
	readdir,
	readFile,
	rename,
	rm,
	writeFile,
} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {asFileFailure, codeOf, ifAbsent, isTaken} from '../files/file-failure.ts';
import {readSha256} from '../files/hash-file.ts';
import {forAll, replaceFile, syncAll, syncFolder} from '../files/small-file.ts';

/** Where git-lfs looks for a file, so that a clone of the mirror needs no server. */
export const objectPath = (gitDir: string, oid: string): string =>
	join(gitDir, 'lfs', 'objects', oid.slice(0, 2), oid.slice(2, 4), oid);

/** Does this object lie there, with the content that its name says? */
export const hasItsContent = async (
	gitDir: string,
	oid: string,
	onBytes?: (bytes: number) => void,
): Promise<boolean> => (await readSha256(objectPath(gitDir, oid), onBytes)) === oid;

export const partName = (oid: string): string => `${oid}.part`;

export const partPath = (mirror: string, oid: string): string =>
	join(mirror, 'lfs', 'incomplete', partName(oid));

/** Bytes of a part that an earlier fetch left. */
export const sizeOfPart = (path: string): Promise<number> =>
	lstat(path).then(({size}) => size, ifAbsent(0));

/** Moves what lies in an object's place to a name of its own, where it stays. */
export const setAside = async (mirror: string, oid: string): Promise<void> => {
	const path = objectPath(mirror, oid);
	const folder = join(mirror, 'lfs', 'replaced');
	if (!(await isTaken(path))) {
		return;
	}

	await makeFolder(dirname(folder));
	await makeFolder(folder);
	const taken = new Set(await readdir(folder));
	let count = 1;
	while (taken.has(`${oid}.${count}`)) {
		count += 1;
	}

	await rename(path, join(folder, `${oid}.${count}`));
	await syncFolder(folder);
	await syncFolder(dirname(path));
};

/**
 * One folder, whose parent is there. A link in its place could lead anywhere. Gives false where it
 * was there before.
 */
const makeFolder = async (path: string): Promise<boolean> => {
	try {
		await mkdir(path, {mode: 0o700});
		return true;
	} catch (error) {
		if (codeOf(error) !== 'EEXIST') {
			throw error;
		}

		const stats = await lstat(path);
		if (!stats.isDirectory()) {
			const code = stats.isSymbolicLink() ? 'ELOOP' : 'ENOTDIR';
			throw asFileFailure(Object.assign(new Error(code), {code}), path);
		}

		return false;
	}
};

/** Folders that are synced at once. */
const syncers = 4;

/** Errors of a file system that has no links, or no more of them for this file. */
const unlinkable = new Set(['EPERM', 'EXDEV', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** A store that is being filled. */
export type OpenStore = {
	/**
	 * Makes the folder of unfinished downloads, and keeps `git lfs prune` from the store. Gives the
	 * names of the parts that lie there.
	 */
	prepare(): Promise<ReadonlySet<string>>;
	/** Writes a file, syncs it and puts it in its place. What lies there already is set aside. */
	put(content: Buffer, oid: string): Promise<void>;
	/** Puts a finished and synced file in its place. What lies there already is set aside. */
	keep(path: string, oid: string): Promise<void>;
	/** Puts a link or copy of a file in its place. What lies there already is set aside. */
	takeOver(path: string, oid: string): Promise<void>;
	/** Makes everything that was put in place survive a loss of power. */
	sync(): Promise<void>;
};

/**
 * In a mirror, `git lfs prune` takes every object away that no work tree needs. With this line it
 * asks the server first, finds none, and removes nothing.
 */
export const storeConfig = '[lfs]\n\tpruneverifyremotealways = true\n';

export const guardStore = async (mirror: string): Promise<void> => {
	const path = join(mirror, 'config');
	const text = await readFile(path, 'utf8');
	if (!text.includes(storeConfig)) {
		await replaceFile(path, `${text}${storeConfig}`);
	}
};

export const openStore = (mirror: string): OpenStore => {
	/** Folders that are there for sure. They are synced once, at the end: that takes a third of the time. */
	const folders = new Map<string, Promise<boolean>>();
	const changed = new Set<string>();

	/** Gives true for a folder that this store has made, in which nothing lies yet but what it put there. */
	const ensure = (path: string): Promise<boolean> => {
		const made = folders.get(path) ?? makeAll(path);
		folders.set(path, made);
		return made;
	};
	const makeAll = async (path: string): Promise<boolean> => {
		if (path === mirror) {
			return false;
		}

		await ensure(dirname(path));
		// Also where it was there before: the run that made it may have been killed.
		changed.add(dirname(path));
		return makeFolder(path);
	};
	/** Makes room in an object's place. */
	const ready = async (oid: string): Promise<string> => {
		const path = objectPath(mirror, oid);
		if (!(await ensure(dirname(path)))) {
			await setAside(mirror, oid);
		}

		changed.add(dirname(path));
		return path;
	};

	return {
		prepare: async () => {
			await ensure(join(mirror, 'lfs', 'incomplete'));
			await guardStore(mirror);
			return new Set(await readdir(join(mirror, 'lfs', 'incomplete')));
		},
		put: async (content, oid) => {
			const place = await ready(oid);
			const aside = join(mirror, 'lfs', 'incomplete', `${oid}.new`);
			await writeNew(aside, content);
			await rename(aside, place);
		},
		keep: async (path, oid) => {
			const place = await ready(oid);
			await setMode(path, 0o400);
			await rename(path, place);
		},
		takeOver: async (path, oid) => {
			const place = await ready(oid);
			try {
				await link(path, place);
			} catch (error) {
				if (!unlinkable.has(codeOf(error) ?? '')) {
					throw error;
				}

				// exFAT and some network folders have no links.
				await ensure(join(mirror, 'lfs', 'incomplete'));
				const aside = `${partPath(mirror, oid)}.copy`;
				await copyFile(path, aside);
				await syncAll(aside);
				await setMode(aside, 0o400);
				await rename(aside, place);
			}
		},
		sync: async () => {
			await forAll(changed, syncers, syncFolder);
			changed.clear();
		},
	};
};

/** A disk without rights (some SMB and FUSE disks) holds a file all the same. */
export const setMode = (path: string, mode: number): Promise<void> =>
	chmod(path, mode).catch((error: unknown) => {
		if (!/^(?:ENOTSUP|EPERM)$/.test(codeOf(error) ?? '')) {
			throw error;
		}
	});

/** Writes a file that cannot be written again. One that a killed run left there goes. */
const writeNew = async (path: string, content: Buffer): Promise<void> => {
	const options = {flag: 'wx', mode: 0o400, flush: true};
	await writeFile(path, content, options).catch(async (error: unknown) => {
		if (codeOf(error) !== 'EEXIST') {
			throw error;
		}

		await rm(path);
		await writeFile(path, content, options);
	});
};
