import {mostBytes, readLoose} from './loose-objects.ts';
import {openPacked} from './packed-objects.ts';

/** Gives an object by its id. */
export type ReadObject = (
	oid: string,
) => Promise<{readonly type: string; readonly content: Buffer}>;

/**
 * Reads objects of a mirror without a process, from files of their own or from packs. Throws where git
 * should read, as it does for many objects. To be opened anew for each piece of work: packs come and go.
 * `longest`: bytes of an object in a file of its own.
 */
export const openObjects = (mirror: string, longest = mostBytes): ReadObject => {
	const readPacked = openPacked(mirror);
	return (oid) => readLoose(mirror, oid, longest).catch(() => readPacked(oid));
};

/** Files of commits. Both methods throw if git should read an object on the way. */
type CommitFiles = {
	/**
	 * The content of a file by its name, which is `COMMIT:path` or the id of the content; undefined if
	 * the commit has no such file.
	 */
	read(name: string): Promise<Buffer | undefined>;
	/** Paths of the files below a folder, in git's order. None without the folder. */
	list(commit: string, folder: string): Promise<readonly string[]>;
};

export const commitFiles = (mirror: string): CommitFiles => {
	const readObject = openObjects(mirror);
	const folders = new Map<string, Promise<Folder>>();
	const readFolder = (oid: string): Promise<Folder> => {
		const folder = folders.get(oid) ?? readFolderAt(readObject, oid);
		folders.set(oid, folder);
		return folder;
	};

	const find = async (commit: string, path: string): Promise<Entry | undefined> => {
		let entry: Entry | undefined = {oid: commit, mode: folderMode};
		for (const name of path.split('/')) {
			entry = isFolder(entry) ? (await readFolder(entry.oid)).get(name) : undefined;
		}

		return entry;
	};

	const listBelow = async (oid: string, path: string): Promise<readonly string[]> => {
		const found: string[] = [];
		for (const [name, entry] of await readFolder(oid)) {
			const below = path === '.' ? name : `${path}/${name}`;
			found.push(...(isFolder(entry) ? await listBelow(entry.oid, below) : [below]));
		}

		return found;
	};

	return {
		read: async (name) => {
			const [first = '', path] = name.split(/:(.*)/s);
			const oid = path === undefined ? first : (await find(first, path))?.oid;
			const {type, content} = oid === undefined ? nothing : await readObject(oid);
			return type === 'blob' ? content : undefined;
		},
		list: async (commit, folder) => {
			const entry = folder === '.' ? {oid: commit, mode: folderMode} : await find(commit, folder);
			return isFolder(entry) ? listBelow(entry.oid, folder) : [];
		},
	};
};

const nothing = {type: 'missing', content: undefined};

/** An entry of a folder: a file, or a folder below it. */
type Entry = {readonly oid: string; readonly mode: string};

/** git's name for it is a tree. Names are in characters that stand for one byte each. */
export type Folder = ReadonlyMap<string, Entry>;

/** The modes that git gives a folder and an ordinary file. */
export const folderMode = '40000';
export const fileMode = '100644';

export const isFolder = (entry: Entry | undefined): entry is Entry => entry?.mode === folderMode;

/** The entries of a tree, or of a commit's tree. */
export const readFolderAt = async (readObject: ReadObject, oid: string): Promise<Folder> => {
	const {type, content} = await readObject(oid);
	const [, tree = ''] = /^tree ([\da-f]+)$/m.exec(content.toString('latin1')) ?? [];
	return type === 'commit'
		? readFolderAt(readObject, tree)
		: new Map(listEntries(content, oid.length / 2));
};

/** An entry is its mode, a blank, its name, a NUL, and the id in bytes. */
export function* listEntries(tree: Buffer, idLength: number): Generator<readonly [string, Entry]> {
	for (let at = 0; at < tree.length; ) {
		const start = tree.indexOf(' ', at) + 1;
		const end = tree.indexOf(0, start);
		if (start === 0 || end < 0) {
			throw new Error('not a tree');
		}

		const mode = tree.toString('latin1', at, start - 1);
		at = end + 1 + idLength;
		yield [tree.toString('latin1', start, end), {oid: tree.toString('hex', end + 1, at), mode}];
	}
}

/** The content of a tree with these entries, in the order that git demands. */
export const formatFolder = (folder: Folder): Buffer => {
	// git sorts by bytes, and a folder as if its name ended in a slash.
	const keyOf = ([name, entry]: readonly [string, Entry]): string =>
		isFolder(entry) ? `${name}/` : name;
	const entries = [...folder].sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
	return Buffer.concat(
		entries.flatMap(([name, {oid, mode}]) => [
			Buffer.from(`${mode} ${name}\0`, 'latin1'),
			Buffer.from(oid, 'hex'),
		]),
	);
};
