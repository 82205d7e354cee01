import type {OtherFolder, SavedRepository} from '../record/record.ts';
import {caseFolded, folderNames, usualFolder} from './layout.ts';
import type {Repository} from './repository.ts';

export type FolderMove = {readonly uuid: string; readonly from: string; readonly to: string};

type FolderPlan = {
	/** The folder of each listed repository, by uuid. */
	readonly folders: ReadonlyMap<string, string>;
	/** Renames, in this order, before anything is saved. */
	readonly moves: readonly FolderMove[];
};

type IsTaken = (folder: string) => boolean;

/**
 * Plans the folder of each listed repository, and the renames that this needs. Identity is the uuid:
 * a renamed repository keeps its folder's content, a folder whose name now belongs to another
 * repository gets a new name, and nothing is ever merged or overwritten. Saved repositories that are
 * not listed keep their folder unless another needs the name. `others` are never moved, and only
 * their own repository goes into one of them.
 */
export const planFolders = (
	listed: readonly Repository[],
	saved: readonly SavedRepository[],
	others: readonly OtherFolder[],
): FolderPlan => {
	const current = new Map(saved.map(({folder, record}) => [record.uuid, folder]));
	const folders = assignFolders(listed, current, others);
	const moves = [
		...giveWay(saved, folders, others),
		...listed.flatMap(({uuid}) => {
			const from = current.get(uuid);
			const to = folders.get(uuid);
			return from === undefined || to === undefined || from === to ? [] : [{uuid, from, to}];
		}),
	];
	const present = foldedSet([
		...others.map(({folder}) => folder),
		...current.values(),
		...folders.values(),
		...moves.map(({to}) => to),
	]);
	return {folders, moves: orderMoves(moves, (folder) => present.has(caseFolded(folder)))};
};

const foldedSet = (folders: Iterable<string>): Set<string> => new Set([...folders].map(caseFolded));

const firstFree = (names: Iterable<string>, isTaken: IsTaken): string => {
	for (const name of names) {
		if (!isTaken(name)) {
			return name;
		}
	}

	throw new Error('there is no end of names');
};

/** A repository and its usual folder. */
type Named = {readonly repository: Repository; readonly usual: string};

const assignFolders = (
	listed: readonly Repository[],
	current: ReadonlyMap<string, string>,
	others: readonly OtherFolder[],
): ReadonlyMap<string, string> => {
	const uuids = new Set(listed.map(({uuid}) => uuid));
	const unlisted = foldedSet(
		[...current].filter(([uuid]) => !uuids.has(uuid)).map(([, folder]) => folder),
	);
	const foreign = new Map(others.map((other) => [caseFolded(other.folder), other]));
	const taken = new Set<string>();
	const folders = new Map<string, string>();
	const named = listed.map((repository) => ({repository, usual: usualFolder(repository)}));
	// A repository that has the name keeps it when a new one differs only in case.
	const keepsItsName = ({repository, usual}: Named): boolean =>
		current.get(repository.uuid) === usual;
	const inOrder = [...named.filter(keepsItsName), ...named.filter((one) => !keepsItsName(one))];
	for (const {repository, usual} of inOrder) {
		const {uuid} = repository;
		const isTaken = (name: string): boolean => {
			const other = foreign.get(caseFolded(name));
			const isForeign =
				other !== undefined && (current.has(uuid) || !mayBelongTo(other, repository, name));
			// A repository that is not listed gives way, but only to a usual name.
			const isHeld = name !== usual && unlisted.has(caseFolded(name));
			return taken.has(caseFolded(name)) || isForeign || isHeld;
		};
		const folder = firstFree(folderNames(usual, uuid), isTaken);
		taken.add(caseFolded(folder));
		folders.set(uuid, folder);
	}

	return folders;
};

/** Compares the uuid, or the name if there is none: an older backup is taken over by name. */
const mayBelongTo = ({folder, uuid}: OtherFolder, repository: Repository, name: string): boolean =>
	folder === name &&
	(uuid === undefined ? name === usualFolder(repository) : uuid === repository.uuid);

/** Renames repositories that are not listed and whose name now belongs to another. */
const giveWay = (
	saved: readonly SavedRepository[],
	folders: ReadonlyMap<string, string>,
	others: readonly OtherFolder[],
): readonly FolderMove[] => {
	const listed = foldedSet(folders.values());
	const taken = foldedSet([
		...listed,
		...saved.map(({folder}) => folder),
		...others.map(({folder}) => folder),
	]);
	return saved
		.filter(({folder, record}) => !folders.has(record.uuid) && listed.has(caseFolded(folder)))
		.map(({folder, record: {uuid}}) => {
			const to = firstFree(folderNames(folder, uuid), (name) => taken.has(caseFolded(name)));
			taken.add(caseFolded(to));
			return {uuid, from: folder, to};
		});
};

/**
 * Orders the moves so that none lands on a folder that has yet to move. If two swap names, one goes
 * by way of a third name.
 */
const orderMoves = (moves: readonly FolderMove[], isTaken: IsTaken): readonly FolderMove[] => {
	const ordered: FolderMove[] = [];
	let waiting = [...moves];
	while (waiting.length > 0) {
		const occupied = foldedSet(waiting.map(({from}) => from));
		const free = waiting.filter(
			({from, to}) => !occupied.has(caseFolded(to)) || caseFolded(from) === caseFolded(to),
		);
		if (free.length > 0) {
			ordered.push(...free);
			waiting = waiting.filter((move) => !free.includes(move));
			continue;
		}

		const [first, ...others] = waiting;
		if (first === undefined) {
			break;
		}

		const between = firstFree(folderNames(`${first.from}~moving`, first.uuid), isTaken);
		ordered.push({...first, to: between});
		waiting = [...others, {...first, from: between}];
	}

	return ordered;
};
