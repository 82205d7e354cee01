import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {runGit} from '../../source/sandbox/bare-repository.ts';
import {importHistory} from '../../source/sandbox/import-history.ts';
import {commitLoose, tagLoose} from './loose-history.ts';
import {deleteRefFile, readDirectRefs, writeRefFile} from './ref-files.ts';

/**
 * Makes upstream history in a bare repository (`repository.path` of the sandbox) by writing git's
 * files, and with git itself when the history is based on packed objects.
 */

/** Runs git without the user's configuration, with a fixed author and committer. Gives its output. */
export const git = (folder: string, ...gitArguments: readonly string[]): Promise<string> =>
	runGit(folder, gitArguments);

/** Full ref name to object id, not peeled: branches and tags, or the refs below `prefixes`. */
export const readRefs = async (
	path: string,
	...prefixes: readonly string[]
): Promise<Map<string, string>> => {
	const wanted = prefixes.length === 0 ? ['refs/heads/', 'refs/tags/'] : prefixes;
	const refs = readDirectRefs(gitFolderOf(path));
	return new Map([...refs].filter(([ref]) => wanted.some((prefix) => ref.startsWith(prefix))));
};

/** The object id that a revision means. Throws when there is none. Starts no process for a ref's name. */
export const readOid = async (path: string, name: string): Promise<string> =>
	directOid(path, name) ?? (await git(path, 'rev-parse', '--verify', '--quiet', name)).trim();

/** As git looks a name up (gitrevisions(7)): in full, then among the tags, then among the branches. */
const directOid = (path: string, name: string): string | undefined => {
	const refs = readDirectRefs(gitFolderOf(path));
	const names = [name, `refs/${name}`, `refs/tags/${name}`, `refs/heads/${name}`];
	return names.map((each) => refs.get(each)).find((oid) => oid !== undefined);
};

const gitFolderOf = (path: string): string =>
	existsSync(join(path, '.git')) ? join(path, '.git') : path;

export type CommitOptions = {
	/** Default: `main`. */
	readonly branch?: string;
	readonly file?: string;
	readonly content?: string | Buffer;
	readonly message?: string;
	/** Seconds since 1970. Default: a second after the commit before. */
	readonly at?: number;
};

const firstMoment = 1_780_000_000;

// Two commits of the same second with the same content would be one object.
let moment = firstMoment;

/** Dates commits from the beginning again. The sandbox remembers its answers about the same commits. */
export const restartDates = (): void => {
	moment = firstMoment;
};

const nextMoment = (): number => {
	moment += 1;
	return moment;
};

const writeCommit = async (
	path: string,
	from: string | undefined,
	options: CommitOptions,
): Promise<string> => {
	const {branch = 'main', file = 'README.md', content, message = `Change ${file}`} = options;
	const at = options.at ?? nextMoment();
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

/** Adds a commit to a branch, which is made if needed. Gives the commit's id. */
export const commitFile = async (path: string, options: CommitOptions = {}): Promise<string> =>
	writeCommit(path, readDirectRefs(path).get(`refs/heads/${options.branch ?? 'main'}`), options);

/** Rewrites a branch: one commit without history, or on top of `onto`. Gives the commit's id. */
export const forcePush = (
	path: string,
	{onto, ...options}: CommitOptions & {readonly onto?: string} = {},
): Promise<string> => writeCommit(path, onto, options);

/** The commit that a name means. Starts no process for a branch. */
const commitOf = async (path: string, name: string): Promise<string> => {
	if (/^[0-9a-f]{40}$/.test(name)) {
		return name;
	}
	const ref = name.startsWith('refs/') ? name : `refs/heads/${name}`;
	const tip = ref.startsWith('refs/heads/') ? readDirectRefs(path).get(ref) : undefined;
	return tip ?? readOid(path, `${name}^{commit}`);
};

/** Makes a branch at `from`, or moves an existing one there. */
export const branch = async (path: string, name: string, from = 'main'): Promise<void> => {
	writeRefFile(path, `refs/heads/${name}`, await commitOf(path, from));
};

/** Makes or moves an annotated tag. Gives the tag object's id. */
export const tagAnnotated = async (
	path: string,
	name: string,
	target = 'main',
): Promise<string> => {
	const oid = tagLoose(path, name, await commitOf(path, target), nextMoment());
	writeRefFile(path, `refs/tags/${name}`, oid);
	return oid;
};

/** Makes or moves a lightweight tag. */
export const tag = async (path: string, name: string, target = 'main'): Promise<void> => {
	writeRefFile(path, `refs/tags/${name}`, await commitOf(path, target));
};

/** `ref` is a full name. */
export const deleteRef = async (path: string, ref: string): Promise<void> => {
	deleteRefFile(path, ref);
};
