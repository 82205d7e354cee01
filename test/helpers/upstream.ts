import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {runGit} from '../../source/sandbox/bare-repository.ts';
import {importHistory} from '../../source/sandbox/import-history.ts';
import {commitLoose, tagLoose} from './loose-history.ts';
import {deleteRefFile, readDirectRefs, writeRefFile} from './ref-files.ts';

/**
 * Upstream history as tests need it, written straight into a bare repository (`repository.path` of
 * the sandbox) as git's own files; by git itself where that stands on what is in a pack.
 */

/** Runs git with no configuration of the user's; author and committer are set. Gives what it printed. */
export const git = (folder: string, ...gitArguments: readonly string[]): Promise<string> =>
	runGit(folder, gitArguments);

/** Full ref name to object id; branches and tags, or what lies below `prefix`. Nothing peeled. */
export const readRefs = async (
	path: string,
	...prefixes: readonly string[]
): Promise<Map<string, string>> => {
	const wanted = prefixes.length === 0 ? ['refs/heads/', 'refs/tags/'] : prefixes;
	const refs = readDirectRefs(existsSync(join(path, '.git')) ? join(path, '.git') : path);
	return new Map([...refs].filter(([ref]) => wanted.some((prefix) => ref.startsWith(prefix))));
};

/** The object id that a name stands for. Throws where there is none. */
export const readOid = async (path: string, name: string): Promise<string> =>
	(await git(path, 'rev-parse', '--verify', '--quiet', name)).trim();

export type CommitOptions = {
	/** `main` where it is left out. */
	readonly branch?: string;
	readonly file?: string;
	readonly content?: string | Buffer;
	readonly message?: string;
};

// Commits of one second with the same content would be the same object.
let moment = 1_780_000_000;
const nextMoment = (): number => {
	moment += 1;
	return moment;
};

const writeCommit = async (
	path: string,
	from: string | undefined,
	{branch = 'main', file = 'README.md', content, message = `Change ${file}`}: CommitOptions,
): Promise<string> => {
	const at = nextMoment();
	const text = content ?? `content of ${at}\n`;
	const parent = from === undefined ? undefined : await commitOf(path, from);
	const loose = commitLoose(path, {parent, file, content: text, message, at});
	if (loose !== undefined) {
		writeRefFile(path, `refs/heads/${branch}`, loose);
		return loose;
	}
	const step = {kind: 'commit', branch, message, files: {[file]: text}, at} as const;
	const [oid = ''] = await importHistory(path, [{...step, ...(parent && {from: parent})}]);
	return oid;
};

/** Adds a commit to a branch, which begins with it where there is none. Gives its id. */
export const commitFile = async (path: string, options: CommitOptions = {}): Promise<string> =>
	writeCommit(path, readDirectRefs(path).get(`refs/heads/${options.branch ?? 'main'}`), options);

/** Rewrites a branch: one commit without its old history, or on top of `onto`. Gives its id. */
export const forcePush = (
	path: string,
	{onto, ...options}: CommitOptions & {readonly onto?: string} = {},
): Promise<string> => writeCommit(path, onto, options);

/** The tip of a branch, for which no process is needed, or the commit that another name leads to. */
const commitOf = async (path: string, name: string): Promise<string> => {
	if (/^[0-9a-f]{40}$/.test(name)) {
		return name;
	}
	const ref = name.startsWith('refs/') ? name : `refs/heads/${name}`;
	const tip = ref.startsWith('refs/heads/') ? readDirectRefs(path).get(ref) : undefined;
	return tip ?? readOid(path, `${name}^{commit}`);
};

/** A branch at the place that `from` names; moves one that is there. */
export const branch = async (path: string, name: string, from = 'main'): Promise<void> => {
	writeRefFile(path, `refs/heads/${name}`, await commitOf(path, from));
};

/** An annotated tag; moves one that is there. Gives the tag object's id. */
export const tagAnnotated = async (
	path: string,
	name: string,
	target = 'main',
): Promise<string> => {
	const oid = tagLoose(path, name, await commitOf(path, target), nextMoment());
	writeRefFile(path, `refs/tags/${name}`, oid);
	return oid;
};

/** A lightweight tag; moves one that is there. */
export const tag = async (path: string, name: string, target = 'main'): Promise<void> => {
	writeRefFile(path, `refs/tags/${name}`, await commitOf(path, target));
};

/** `ref` is a full name. */
export const deleteRef = async (path: string, ref: string): Promise<void> => {
	deleteRefFile(path, ref);
};
