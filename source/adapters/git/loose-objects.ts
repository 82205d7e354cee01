import {createHash, randomBytes} from 'node:crypto';
import {mkdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {deflate, inflate} from 'node:zlib';
import {codeOf} from '../files/file-failure.ts';
import {replaceFile, syncFolder, writeNewFile} from '../files/small-file.ts';
import type {Hash} from './mirror.ts';

/**
 * git's objects that lie in files of their own, read and written without a process: for a few small
 * ones, starting git costs more than all else.
 */

const compress = promisify(deflate);
const expand = promisify(inflate);

/** Bytes. A longer file is none of Cistern's: a text of 500 MB is more than Node can hold. */
export const mostBytes = 100 * 1024 * 1024;

/** One of git's objects with its id. */
export type LooseObject = {readonly oid: string; readonly bytes: Buffer};

/** The form that git hashes and stores: type and size in bytes, a NUL, the content. */
export const makeObject = (
	type: 'blob' | 'tree' | 'commit',
	content: string | Buffer,
	hash: Hash,
): LooseObject => {
	const body = Buffer.from(content);
	const bytes = Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body]);
	return {oid: createHash(hash).update(bytes).digest('hex'), bytes};
};

/**
 * Writes each object into a file, as git does: first under a name that git treats as garbage, then
 * synced and renamed.
 */
export const writeObjects = async (
	mirror: string,
	objects: readonly LooseObject[],
): Promise<void> => {
	const folder = join(mirror, 'objects');
	await addFolders(
		folder,
		objects.map(({oid}) => oid.slice(0, 2)),
	);
	await Promise.all(
		objects.map(async ({oid, bytes}) => {
			const own = join(folder, oid.slice(0, 2));
			const garbage = join(own, `tmp_obj_${randomBytes(6).toString('hex')}`);
			await replaceFile(join(own, oid.slice(2)), await compress(bytes), garbage);
		}),
	);
};

/** The same in a mirror that is not in place yet. Not synced. */
export const writeNewObject = async (mirror: string, {oid, bytes}: LooseObject): Promise<void> => {
	const folder = join(mirror, 'objects', oid.slice(0, 2));
	await mkdir(folder, {recursive: true, mode: 0o700});
	await writeNewFile(join(folder, oid.slice(2)), await compress(bytes));
};

/** Adds folders to one that exists. Not recursive: it must not create the mirror again after a removal. */
const addFolders = async (parent: string, names: readonly string[]): Promise<void> => {
	const areNew = await Promise.all(
		names.map(async (name) => {
			try {
				await mkdir(join(parent, name), {mode: 0o700});
				return true;
			} catch (error) {
				if (codeOf(error) === 'EEXIST') {
					return false;
				}

				throw error;
			}
		}),
	);
	if (areNew.includes(true)) {
		await syncFolder(parent);
	}
};

/** Throws for an object that has no file of its own, or one that only git can judge. */
export const readLoose = async (
	mirror: string,
	oid: string,
): Promise<{readonly type: string; readonly content: Buffer}> => {
	const path = join(mirror, 'objects', oid.slice(0, 2), oid.slice(2));
	const bytes = await expand(await readFile(path), {maxOutputLength: mostBytes});
	const end = bytes.indexOf(0);
	const [type = ''] = bytes.toString('latin1', 0, end).split(' ');
	return {type, content: bytes.subarray(end + 1)};
};

/** Files of commits. Both methods throw if an object on the way has no file of its own. */
type LooseFiles = {
	/**
	 * The content of a file by its name, which is `COMMIT:path` or the id of the content; undefined if
	 * the commit has no such file.
	 */
	read(name: string): Promise<Buffer | undefined>;
	/** Paths of the files below a folder, in git's order. None without the folder. */
	list(commit: string, folder: string): Promise<readonly string[]>;
};

export const looseFiles = (mirror: string): LooseFiles => {
	const folders = new Map<string, Promise<Folder>>();
	const readFolder = (oid: string): Promise<Folder> => {
		const folder = folders.get(oid) ?? readLooseFolder(mirror, oid);
		folders.set(oid, folder);
		return folder;
	};

	const find = async (commit: string, path: string): Promise<Entry | undefined> => {
		let entry: Entry | undefined = {oid: commit, isFolder: true};
		for (const name of path.split('/')) {
			entry = entry?.isFolder ? (await readFolder(entry.oid)).get(name) : undefined;
		}

		return entry;
	};

	const listBelow = async (oid: string, path: string): Promise<readonly string[]> => {
		const found: string[] = [];
		for (const [name, entry] of await readFolder(oid)) {
			const below = path === '.' ? name : `${path}/${name}`;
			found.push(...(entry.isFolder ? await listBelow(entry.oid, below) : [below]));
		}

		return found;
	};

	return {
		read: async (name) => {
			const [first = '', path] = name.split(/:(.*)/s);
			const oid = path === undefined ? first : (await find(first, path))?.oid;
			const {type, content} = oid === undefined ? nothing : await readLoose(mirror, oid);
			return type === 'blob' ? content : undefined;
		},
		list: async (commit, folder) => {
			const entry = folder === '.' ? {oid: commit, isFolder: true} : await find(commit, folder);
			return entry?.isFolder ? listBelow(entry.oid, folder) : [];
		},
	};
};

const nothing = {type: 'missing', content: undefined};

type Entry = {readonly oid: string; readonly isFolder: boolean};

type Folder = ReadonlyMap<string, Entry>;

/** The entries of a tree, or of a commit's tree. */
const readLooseFolder = async (mirror: string, oid: string): Promise<Folder> => {
	const {type, content} = await readLoose(mirror, oid);
	const [, tree = ''] = /^tree ([\da-f]+)$/m.exec(content.toString('latin1')) ?? [];
	return type === 'commit'
		? readLooseFolder(mirror, tree)
		: new Map(listEntries(content, oid.length / 2));
};

/** An entry is its mode, a blank, its name, a NUL, and the id in bytes. */
function* listEntries(tree: Buffer, idLength: number): Generator<readonly [string, Entry]> {
	for (let at = 0; at < tree.length; ) {
		const start = tree.indexOf(' ', at) + 1;
		const end = tree.indexOf(0, start);
		if (start === 0 || end < 0) {
			throw new Error('not a tree');
		}

		const isFolder = tree.toString('latin1', at, start - 1) === '40000';
		at = end + 1 + idLength;
		yield [tree.toString('utf8', start, end), {oid: tree.toString('hex', end + 1, at), isFolder}];
	}
}
