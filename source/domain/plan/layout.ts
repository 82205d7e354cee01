import type {Repository} from './repository.ts';

/** Names below a source's folder and below a repository's; joined with `/` by `joinPath`. */
export const ownFolder = '.cistern';
export const recordFile = 'cistern.json';
export const repoFolder = 'repo';
export const wikiFolder = 'wiki';
/** The name of a part that is a mirror. */
export type MirrorName = string;

/** A damaged mirror's name, when another was put in its place. */
export const damagedName = (mirror: string, run: string): string => `${mirror}.damaged-${run}`;

/** Is this the name of such a one, of this mirror? */
export const isDamagedOne = (name: string, mirror: MirrorName): boolean =>
	name.startsWith(`${mirror}.damaged-`);

export const runsFile = 'runs.jsonl';
/** Below the source's own folder for as long as a run works there. */
export const lockFile = 'lock';
export const logsFolder = 'logs';
export const workFolder = 'work';
export const trashFolder = 'trash';

/** Is a folder of Cistern's below a source's own called so? */
export const isOwnFolder = (name: string): boolean =>
	[logsFolder, workFolder, trashFolder].includes(name);

/** And a file? */
export const isOwnFile = (name: string): boolean =>
	/^(lock|claim-.*|lock-after-.*|runs\.jsonl)$/.test(name);

/** Is a repository's folder called so, `workspace#repository`? */
export const isOfRepository = (name: string): boolean => name.includes('#');

/** Path of a run's log below a source's folder. */
export const logFile = (run: string): string => joinPath(ownFolder, logsFolder, `${run}.log`);

/** Stands in a mirror while its refs are moved; found at the next run, it means: repair first. */
export const dirtyFile = 'cistern.dirty';

export const joinPath = (...parts: readonly string[]): string => parts.join('/');

/** Does Windows keep this name for a device? It does, whatever the ending. */
export const isDeviceName = (name: string): boolean =>
	/^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i.test(name);

/** Characters that every file system takes, a space and a dot at the end excepted. */
const safeName = /^[A-Za-z0-9_.~-][A-Za-z0-9 _.~-]*$/;

/** Bytes; with the workspace, `#`, the uuid and git's longest file below, paths stay usable. */
const longestName = 100;

/** May this name be a folder's on Linux, macOS and Windows, as it is? */
export const isSafeName = (name: string): boolean =>
	safeName.test(name) &&
	name.length <= longestName &&
	!/[. ]$/.test(name) &&
	!/^\.+$/.test(name) &&
	!isDeviceName(name);

/** The first eight characters of a uuid, enough to tell two repositories of a name apart. */
const shortUuid = (uuid: string): string => uuid.slice(0, 8);

/** Makes a name safe by leaving out what is not; the result may be equal for different names. */
const toSafeName = (name: string): string => {
	const safe = name
		.replaceAll(/[^A-Za-z0-9_.-]+/g, '_')
		.replace(/^[.~-]+/, '_')
		.slice(0, longestName - 10);
	return `${safe.replace(/[. ]+$/, '')}_`;
};

/**
 * A repository's usual folder, SCM Backup's `workspace#repository`. A name that could not be a
 * folder's everywhere, or could lead out of the backup folder, is made safe and told apart by uuid.
 */
export const usualFolder = (repository: Repository): string => {
	const {workspace, slug, uuid} = repository;
	const owner = isSafeName(workspace) ? workspace : toSafeName(workspace);
	return isSafeName(slug) ? `${owner}#${slug}` : `${owner}#${toSafeName(slug)}~${shortUuid(uuid)}`;
};

/** Names for a repository's folder, the usual one first: which is taken where another has it. */
export function* folderNames(usual: string, uuid: string): Generator<string> {
	yield usual;
	yield `${usual}~${shortUuid(uuid)}`;
	yield `${usual}~${uuid}`;
	for (let number = 2; ; number += 1) {
		yield `${usual}~${uuid}~${number}`;
	}
}

/** File systems that do not tell case apart are common, so two names equal but for case collide. */
export const caseFolded = (folder: string): string => folder.toLowerCase();
