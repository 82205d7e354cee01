import type {Repository} from './repository.ts';

/** Names below a source's folder and below a repository's; joined with `/` by `joinPath`. */
export const ownFolder = '.cistern';
export const recordFile = 'cistern.json';
export const repoFolder = 'repo';
/** The folder of the workspace itself, beside those of its repositories, which have a `#`. */
export const workspaceFolder = 'workspace';
/** In a mirror, where git-lfs looks for large files. No part of the mirror's own size. */
export const lfsFolder = 'lfs';

/** The name of a damaged mirror after another was put in its place. */
export const damagedName = (mirror: string, run: string): string => `${mirror}.damaged-${run}`;

/** Is it the name of a damaged copy of this mirror? */
export const isDamagedOne = (name: string, mirror: string): boolean =>
	name.startsWith(`${mirror}.damaged-`);

export const runsFile = 'runs.jsonl';
export const checksFile = 'checks.jsonl';
/** Below the source's own folder for as long as a run works there. */
export const lockFile = 'lock';
export const logsFolder = 'logs';
export const workFolder = 'work';
export const trashFolder = 'trash';
/** The memory of each store. */
export const storesFolder = 'stores';

/** Does Cistern's own folder have a folder of this name? */
export const isOwnFolder = (name: string): boolean =>
	[logsFolder, workFolder, trashFolder, storesFolder].includes(name);

/** Does Cistern's own folder have a file of this name? */
export const isOwnFile = (name: string): boolean =>
	/^(lock|claim-.*|lock-after-.*|(runs|checks)\.jsonl|requests\.json)$/.test(name);

/** Is it the name of a repository's folder, `workspace#repository`? */
export const isOfRepository = (name: string): boolean => name.includes('#');

/** Path of a run's log below a source's folder. */
export const logFile = (run: string): string => joinPath(ownFolder, logsFolder, `${run}.log`);

/** A file in a mirror while its refs are moved. The next run repairs a mirror that has it. */
export const dirtyFile = 'cistern.dirty';

export const joinPath = (...parts: readonly string[]): string => parts.join('/');

/** Is the name reserved for a device on Windows? It is with any ending. */
export const isDeviceName = (name: string): boolean =>
	/^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i.test(name);

/** Characters that every file system accepts, except a space or a dot at the end. */
const safeName = /^[A-Za-z0-9_.~-][A-Za-z0-9 _.~-]*$/;

/** Bytes; with the workspace, `#`, the uuid and git's longest file below, paths stay usable. */
const longestName = 100;

/** Can a folder have this very name on Linux, macOS and Windows? */
export const isSafeName = (name: string): boolean =>
	safeName.test(name) &&
	name.length <= longestName &&
	!/[. ]$/.test(name) &&
	!/^\.+$/.test(name) &&
	!isDeviceName(name);

/** Eight characters of a uuid are enough to distinguish two repositories of one name. */
const shortUuid = (uuid: string): string => uuid.slice(0, 8);

/** Makes a name safe by replacing characters. Different names may become equal. */
const toSafeName = (name: string): string => {
	const safe = name
		.replaceAll(/[^A-Za-z0-9_.-]+/g, '_')
		.replace(/^[.~-]+/, '_')
		.slice(0, longestName - 10);
	return `${safe.replace(/[. ]+$/, '')}_`;
};

/**
 * A repository's usual folder, SCM Backup's `workspace#repository`. A name that is no folder's
 * everywhere, or could lead out of the backup folder, is made safe and gets the uuid.
 */
export const usualFolder = (repository: Repository): string => {
	const {workspace, slug, uuid} = repository;
	const owner = isSafeName(workspace) ? workspace : toSafeName(workspace);
	return isSafeName(slug) ? `${owner}#${slug}` : `${owner}#${toSafeName(slug)}~${shortUuid(uuid)}`;
};

/** Names for a repository's folder, the usual one first, each for when those before are taken. */
export function* folderNames(usual: string, uuid: string): Generator<string> {
	yield usual;
	yield `${usual}~${shortUuid(uuid)}`;
	yield `${usual}~${uuid}`;
	for (let number = 2; ; number += 1) {
		yield `${usual}~${uuid}~${number}`;
	}
}

/** The same text for all names that a file system may take for one: case, composed letters. */
export const caseFolded = (name: string): string =>
	name.normalize('NFC').toUpperCase().toLowerCase();
