import type {SavedRepository} from '../record/record.ts';
import type {Repository} from './repository.ts';

/** Names below a source's folder and below a repository's; joined with `/` by `joinPath`. */
export const ownFolder = '.cistern';
export const recordFile = 'cistern.json';
export const repoFolder = 'repo';
export const wikiFolder = 'wiki';
export const runsFile = 'runs.jsonl';
export const logsFolder = 'logs';

/** Path of a run's log below a source's folder. */
export const logFile = (run: string): string => joinPath(ownFolder, logsFolder, `${run}.log`);

/** Stands in a mirror while its refs are moved; found at the next run, it means: repair first. */
export const dirtyFile = 'cistern.dirty';

export const joinPath = (...parts: readonly string[]): string => parts.join('/');

/** Names that Windows keeps for devices, whatever their ending. */
const reservedName = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;

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
	!reservedName.test(name);

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
const usualFolder = (repository: Repository): string => {
	const {workspace, slug, uuid} = repository;
	const owner = isSafeName(workspace) ? workspace : toSafeName(workspace);
	return isSafeName(slug) ? `${owner}#${slug}` : `${owner}#${toSafeName(slug)}~${shortUuid(uuid)}`;
};

/** A folder's name that differs from `folder` by the uuid, for one of two that want the same. */
const apart = (folder: string, uuid: string): string =>
	folder.endsWith(`~${shortUuid(uuid)}`) ? folder : `${folder}~${shortUuid(uuid)}`;

export type FolderMove = {readonly uuid: string; readonly from: string; readonly to: string};

export type FolderPlan = {
	/** Folder of each listed repository, by uuid. */
	readonly folders: ReadonlyMap<string, string>;
	/** Renames to be done in this order before anything is saved. */
	readonly moves: readonly FolderMove[];
};

/** File systems that do not tell case apart are common, so two names equal but for case collide. */
const slot = (folder: string): string => folder.toLowerCase();

/**
 * Which folder each listed repository belongs in, and which folders have to be renamed for it.
 * Identity is the uuid: a repository takes its folder along when its name changes, one that holds
 * a name which now belongs to another steps aside, and nothing is ever merged or overwritten.
 * Saved repositories that are not listed keep their folder unless they stand in the way.
 */
export const planFolders = (
	listed: readonly Repository[],
	saved: readonly SavedRepository[],
): FolderPlan => {
	const current = new Map(saved.map(({folder, record}) => [record.uuid, folder]));
	const taken = new Map<string, string>();
	const folders = new Map<string, string>();
	// Who has the name already keeps it before a newcomer that differs only in case.
	const keepsItsName = (repository: Repository): boolean =>
		current.get(repository.uuid) === usualFolder(repository);
	const inOrder = [
		...listed.filter(keepsItsName),
		...listed.filter((repository) => !keepsItsName(repository)),
	];
	for (const repository of inOrder) {
		const usual = usualFolder(repository);
		const folder = taken.has(slot(usual)) ? apart(usual, repository.uuid) : usual;
		taken.set(slot(folder), repository.uuid);
		folders.set(repository.uuid, folder);
	}

	const displaced = saved.filter(
		({folder, record}) => !folders.has(record.uuid) && taken.has(slot(folder)),
	);
	const moves = [
		...displaced.map(({folder, record}) => ({
			uuid: record.uuid,
			from: folder,
			to: apart(folder, record.uuid),
		})),
		...listed.flatMap(({uuid}) => {
			const from = current.get(uuid);
			const to = folders.get(uuid);
			return from === undefined || to === undefined || from === to ? [] : [{uuid, from, to}];
		}),
	];
	return {folders, moves: orderMoves(moves)};
};

/**
 * So that no move lands on a folder that has yet to move away. Where two swap names, one goes by
 * way of a name of its own.
 */
const orderMoves = (moves: readonly FolderMove[]): readonly FolderMove[] => {
	const ordered: FolderMove[] = [];
	let waiting = [...moves];
	while (waiting.length > 0) {
		const occupied = new Set(waiting.map(({from}) => slot(from)));
		const free = waiting.filter(({from, to}) => !occupied.has(slot(to)) || slot(from) === slot(to));
		if (free.length > 0) {
			ordered.push(...free);
			waiting = waiting.filter((move) => !free.includes(move));
			continue;
		}

		const [first, ...others] = waiting;
		if (first === undefined) {
			break;
		}

		const between = `${first.from}~moving`;
		ordered.push({...first, to: between});
		waiting = [...others, {...first, from: between}];
	}

	return ordered;
};
