import type {OtherFolder, SavedRepository} from '../record/record.ts';
import {caseFolded, folderNames, usualFolder} from './layout.ts';
import type {Repository} from './repository.ts';

export type FolderMove = {readonly uuid: string; readonly from: string; readonly to: string};

export type FolderPlan = {
	/** Folder of each listed repository, by uuid. */
	readonly folders: ReadonlyMap<string, string>;
	/** Renames to be done in this order before anything is saved. */
	readonly moves: readonly FolderMove[];
};

type IsTaken = (folder: string) => boolean;

/**
 * Which folder each listed repository belongs in, and which folders have to be renamed for it.
 * Identity is the uuid: a repository takes its folder along when its name changes, one that holds
 * a name which now belongs to another steps aside, and nothing is ever merged or overwritten.
 * Saved repositories that are not listed keep their folder unless they stand in the way; `others`
 * are never moved, and only whom they may belong to goes into one of them.
 */
export const planFolders = (
	listed: readonly Repository[],
	saved: readonly SavedRepository[],
	others: readonly OtherFolder[],
): FolderPlan => {
	const current = new Map(saved.map(({folder, record}) => [record.uuid, folder]));
	const folders = assignFolders(listed, current, others);
	const moves = [
		...stepAside(saved, folders, others),
		...listed.flatMap(({uuid}) => {
			const from = current.get(uuid);
			const to = folders.get(uuid);
			return from === undefined || to === undefined || from === to ? [] : [{uuid, from, to}];
		}),
	];
	const present = slotsOf([
		...others.map(({folder}) => folder),
		...current.values(),
		...folders.values(),
		...moves.map(({to}) => to),
	]);
	return {folders, moves: orderMoves(moves, (folder) => present.has(caseFolded(folder)))};
};

const slotsOf = (folders: Iterable<string>): Set<string> => new Set([...folders].map(caseFolded));

const firstFree = (names: Iterable<string>, isTaken: IsTaken): string => {
	for (const name of names) {
		if (!isTaken(name)) {
			return name;
		}
	}

	throw new Error('there is no end of names');
};

/** A repository and the folder that it has as a rule. */
type Named = {readonly repository: Repository; readonly usual: string};

const assignFolders = (
	listed: readonly Repository[],
	current: ReadonlyMap<string, string>,
	others: readonly OtherFolder[],
): ReadonlyMap<string, string> => {
	const uuids = new Set(listed.map(({uuid}) => uuid));
	const unlisted = slotsOf(
		[...current].filter(([uuid]) => !uuids.has(uuid)).map(([, folder]) => folder),
	);
	const foreign = new Map(others.map((other) => [caseFolded(other.folder), other]));
	const taken = new Set<string>();
	const folders = new Map<string, string>();
	const named = listed.map((repository) => ({repository, usual: usualFolder(repository)}));
	// Who has the name already keeps it before a newcomer that differs only in case.
	const keepsItsName = ({repository, usual}: Named): boolean =>
		current.get(repository.uuid) === usual;
	const inOrder = [...named.filter(keepsItsName), ...named.filter((one) => !keepsItsName(one))];
	for (const {repository, usual} of inOrder) {
		const {uuid} = repository;
		const isTaken = (name: string): boolean => {
			const other = foreign.get(caseFolded(name));
			const isForeign =
				other !== undefined && (current.has(uuid) || !mayBelongTo(other, repository, name));
			// One that is not listed steps aside, but only for a usual name.
			const isHeld = name !== usual && unlisted.has(caseFolded(name));
			return taken.has(caseFolded(name)) || isForeign || isHeld;
		};
		const folder = firstFree(folderNames(usual, uuid), isTaken);
		taken.add(caseFolded(folder));
		folders.set(uuid, folder);
	}

	return folders;
};

/** Its uuid tells, or where none can be read its name: an older backup is taken over by name. */
const mayBelongTo = ({folder, uuid}: OtherFolder, repository: Repository, name: string): boolean =>
	folder === name &&
	(uuid === undefined ? name === usualFolder(repository) : uuid === repository.uuid);

/** Moves of those that are not listed and whose name now belongs to another. */
const stepAside = (
	saved: readonly SavedRepository[],
	folders: ReadonlyMap<string, string>,
	others: readonly OtherFolder[],
): readonly FolderMove[] => {
	const listed = slotsOf(folders.values());
	const taken = slotsOf([
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
 * So that no move lands on a folder that has yet to move away. Where two swap names, one goes by
 * way of a name of its own.
 */
const orderMoves = (moves: readonly FolderMove[], isTaken: IsTaken): readonly FolderMove[] => {
	const ordered: FolderMove[] = [];
	let waiting = [...moves];
	while (waiting.length > 0) {
		const occupied = slotsOf(waiting.map(({from}) => from));
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
