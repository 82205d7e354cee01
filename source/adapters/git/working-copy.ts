import {createHash} from 'node:crypto';
import {createReadStream, type Dirent} from 'node:fs';
import {lstat, mkdir, readdir, readlink, rm, rmdir} from 'node:fs/promises';
import {join} from 'node:path';
import {FailureError} from '../../domain/failure/failure.ts';
import {caseFolded} from '../../domain/plan/layout.ts';
import {bytesOf} from '../byte-text.ts';
import {orNothing} from '../files/file-failure.ts';
import {onDisk, type RunGit} from './run-git.ts';

/**
 * A mirror may hold a tree with a `.git` in it, or a name that macOS or Windows takes for `.git`.
 * `transfer.fsckObjects` does not help: a fetch would also refuse old histories with harmless faults,
 * and a restore transfers nothing. So git checks the names that it writes. It does so on every system,
 * because the copy may be moved to another one.
 */
const protectedNames = ['-c', 'core.protectHFS=true', '-c', 'core.protectNTFS=true'];

/** Writes the files of a tip into a new repository. Throws if the disk takes two of them for one. */
export const writeFiles = async (
	git: (args: readonly string[]) => Promise<string>,
	folder: string,
	tip: string,
): Promise<void> => {
	// `reset` and `checkout` would leave ORIG_HEAD or a reflog behind.
	await git([...protectedNames, 'read-tree', '--reset', '-u', tip]);
	if (await mergesNames(join(folder, '.git'))) {
		await refuseMerged(folder, (await git(['ls-files', '-z'])).split('\0').slice(0, -1));
	}
};

/** Does the disk take names for one that differ in case, or in how their letters are composed? */
export const mergesNames = async (gitDir: string): Promise<boolean> => {
	const probe = join(gitDir, 'probe-\u00e9');
	await mkdir(probe);
	const found = [join(gitDir, 'head'), probe.normalize('NFD')].map(readId);
	const ids = await Promise.all(found);
	await rmdir(probe);
	return ids.some((id) => id !== undefined);
};

/** The number that a disk has for what lies at a path. */
const readId = (path: string): Promise<bigint | undefined> =>
	lstat(bytesOf(path), {bigint: true}).then(
		({ino}) => ino,
		() => undefined,
	);

type Spelling = {readonly path: string; readonly isFile: boolean};

/**
 * If a disk takes two names for one, git writes one file over the other and says nothing. Each
 * disk has rules of its own for letters, so the disk is asked about every pair that may be one.
 */
const refuseMerged = async (folder: string, files: readonly string[]): Promise<void> => {
	const spellings = new Map<string, Spelling>();
	for (const file of files) {
		for (const part of partsOf(file)) {
			const key = caseFolded(part.path);
			const other = spellings.get(key) ?? part;
			spellings.set(key, other);
			const mayMerge = other.path !== part.path && (other.isFile || part.isFile);
			if (mayMerge && (await isOne(folder, other.path, part.path))) {
				const detail = `it takes the name for that of ${other.path}, which is another file`;
				throw new FailureError({kind: 'checkout-impossible', file: part.path, detail});
			}
		}
	}
};

/** `a/b/c` to the folders `a` and `a/b` and the file `a/b/c`. */
const partsOf = (file: string): readonly Spelling[] => {
	const names = file.split('/');
	return names.map((_, index) => ({
		path: names.slice(0, index + 1).join('/'),
		isFile: index === names.length - 1,
	}));
};

const isOne = async (folder: string, one: string, other: string): Promise<boolean> => {
	const [left, right] = await Promise.all([one, other].map((path) => readId(join(folder, path))));
	return left === undefined || left === right;
};

/** Do the files of a working copy match its HEAD? */
export const isCheckedOut = (run: RunGit, folder: string): Promise<boolean> =>
	onDisk(folder, async () => {
		const git = (...args: readonly string[]): Promise<string> => run({args, folder});
		const changed = (await git('status', '--porcelain')).split('\n').filter(Boolean);
		if (changed.length === 0 || !changed.every((line) => line.startsWith(' M '))) {
			return changed.length === 0;
		}

		// git also calls a file changed that an attribute would change if it were committed again.
		const again = join('.git', 'checked-out');
		await git(...protectedNames, 'checkout-index', '--all', `--prefix=${again}/`);
		try {
			return await holdsSameFiles(Buffer.from(folder), Buffer.from(join(folder, again)));
		} finally {
			await rm(join(folder, again), {recursive: true, force: true});
		}
	});

/** Compares names, kinds and contents below two folders. Empty folders do not count, nor does `.git`. */
const holdsSameFiles = async (one: Buffer, other: Buffer): Promise<boolean> => {
	const [here, there] = await Promise.all([one, other].map(listFolder));
	for (const [name, entry] of [...(here ?? []), ...(there ?? [])]) {
		const kinds = [here, there].map((list) => kindOf(list?.get(name)));
		const [left, right] = [one, other].map((folder) =>
			Buffer.concat([folder, Buffer.from('/'), entry.name]),
		) as [Buffer, Buffer];
		const isFolder = kinds.every((kind) => kind === 'folder' || kind === 'none');
		const isSame = isFolder
			? await holdsSameFiles(left, right)
			: kinds[0] === kinds[1] && (await readEntry(left, entry)) === (await readEntry(right, entry));
		if (!isSame) {
			return false;
		}
	}

	return true;
};

type Entry = Dirent<Buffer>;

/** By name, one character a byte. A folder that is not there is as good as an empty one. */
const listFolder = async (folder: Buffer): Promise<ReadonlyMap<string, Entry>> => {
	const read = readdir(folder, {withFileTypes: true, encoding: 'buffer'});
	const entries = await read.catch(orNothing(folder.toString()));
	return new Map(
		(entries ?? [])
			.map((entry): [string, Entry] => [entry.name.toString('latin1'), entry])
			.filter(([name]) => name !== '.git'),
	);
};

const kindOf = (entry: Entry | undefined): 'none' | 'folder' | 'link' | 'file' => {
	if (entry === undefined) {
		return 'none';
	}

	if (entry.isDirectory()) {
		return 'folder';
	}

	return entry.isSymbolicLink() ? 'link' : 'file';
};

const readEntry = async (path: Buffer, entry: Entry): Promise<string> => {
	if (entry.isSymbolicLink()) {
		return readlink(path, 'latin1');
	}

	const hash = createHash('sha256');
	for await (const chunk of createReadStream(path)) {
		hash.update(chunk);
	}

	return hash.digest('hex');
};
