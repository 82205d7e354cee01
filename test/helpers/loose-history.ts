import {
	readLooseCommit,
	readLooseTree,
	type TreeEntry,
	writeLoose,
	writeLooseTree,
} from './loose-objects.ts';

/**
 * Makes the same commits and tags as git, but without a process: tests make so many that a process
 * each would cost a minute.
 */

const person = (at: number): string => `Ann Example <ann@example.com> ${at} +0000`;

export type LooseCommit = {
	readonly parent: string | undefined;
	readonly file: string;
	readonly content: string | Buffer;
	readonly message: string;
	/** Seconds since 1970. */
	readonly at: number;
};

/** Gives the commit's id; undefined when its parent or tree is packed. */
export const commitLoose = (
	path: string,
	{parent, file, content, message, at}: LooseCommit,
): string | undefined => {
	const below = parent === undefined ? undefined : readLooseCommit(path, parent)?.tree;
	if (parent !== undefined && below === undefined) {
		return undefined;
	}
	const tree = addFile(path, below, file.split('/'), content);
	const parents = parent === undefined ? '' : `parent ${parent}\n`;
	const people = `author ${person(at)}\ncommitter ${person(at)}\n`;
	return tree && writeLoose(path, 'commit', `tree ${tree}\n${parents}${people}\n${message}`);
};

/** An annotated tag of a commit. Gives the tag object's id. */
export const tagLoose = (path: string, name: string, commit: string, at: number): string => {
	const lines = [`object ${commit}`, 'type commit', `tag ${name}`, `tagger ${person(at)}`];
	return writeLoose(path, 'tag', `${lines.join('\n')}\n\nVersion ${name}`);
};

/** Adds or replaces a file in a tree. Undefined when the tree is packed. */
const addFile = (
	path: string,
	tree: string | undefined,
	[name = '', ...rest]: readonly string[],
	content: string | Buffer,
): string | undefined => {
	const entries = tree === undefined ? [] : readLooseTree(path, tree);
	if (entries === undefined) {
		return undefined;
	}
	const there = entries.find((entry) => entry.name === name && entry.mode === folderMode);
	const oid =
		rest.length === 0
			? writeLoose(path, 'blob', content)
			: addFile(path, there?.oid, rest, content);
	const mode = rest.length === 0 ? '100644' : folderMode;
	return (
		oid &&
		writeLooseTree(
			path,
			[...entries.filter((entry) => entry.name !== name), {mode, name, oid}].toSorted(byGitsOrder),
		)
	);
};

const folderMode = '40000';

/** By bytes, a folder as if its name ended with a slash. */
const byGitsOrder = (left: TreeEntry, right: TreeEntry): number =>
	Buffer.compare(orderName(left), orderName(right));

const orderName = ({mode, name}: TreeEntry): Buffer =>
	Buffer.from(mode === folderMode ? `${name}/` : name);
