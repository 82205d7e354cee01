import {readFile} from 'node:fs/promises';
import type {FileChange} from '../../../ports/git-metadata.ts';
import {hashOf} from '../mirror.ts';
import {
	type Folder,
	fileMode,
	folderMode,
	formatFolder,
	isFolder,
	type ReadObject,
	readFolderAt,
} from './commit-files.ts';
import {type GitObject, makeObject} from './loose-objects.ts';
import {makeCommit, type OwnCommit} from './own-commit.ts';

/** The new content of a name in a folder: a file's id, or what changes in the folder of that name. */
type Change = string | Changes;
type Changes = Map<string, Change>;

/**
 * The objects of a commit that adds these files to its parent's, made without a process. The last one
 * is the commit. Undefined where git should read a folder that changes. Holds all files at once.
 */
export const makeCommitObjects = async (
	readObject: ReadObject,
	files: readonly FileChange[],
	commit: Omit<OwnCommit, 'tree'>,
): Promise<readonly GitObject[] | undefined> => {
	const {parent} = commit;
	const hash = hashOf(parent === undefined ? [] : [parent]);
	const objects: GitObject[] = [];
	const add = (object: GitObject): string => {
		objects.push(object);
		return object.oid;
	};

	const changes: Changes = new Map();
	for (const file of files) {
		const content = 'text' in file ? file.text : await readFile(file.file);
		putChange(changes, file.path.split('/'), add(makeObject('blob', content, hash)));
	}

	const addFolder = async (before: string | undefined, changed: Changes): Promise<string> => {
		const folder = new Map(before === undefined ? [] : await readFolderAt(readObject, before));
		for (const [name, change] of changed) {
			folder.set(name, await entryOf(folder, name, change));
		}

		return add(makeObject('tree', formatFolder(folder), hash));
	};

	const entryOf = async (folder: Folder, name: string, change: Change) => {
		if (typeof change === 'string') {
			return {oid: change, mode: fileMode};
		}

		const before = folder.get(name);
		const oid = await addFolder(isFolder(before) ? before.oid : undefined, change);
		return {oid, mode: folderMode};
	};

	try {
		add(makeCommit({...commit, tree: await addFolder(parent, changes)}, hash));
		return objects;
	} catch {
		return undefined;
	}
};

const putChange = (
	changes: Changes,
	[name = '', ...below]: readonly string[],
	oid: string,
): void => {
	if (below.length === 0) {
		changes.set(name, oid);
		return;
	}

	const folder = changes.get(name);
	const inside: Changes = folder instanceof Map ? folder : new Map();
	changes.set(name, inside);
	putChange(inside, below, oid);
};
