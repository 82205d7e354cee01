import {ifPossible, isUnusable} from '../../domain/failure/failure.ts';
import {historyRef, isBranch, isDetached, parseRefs} from '../../domain/history/history.ts';
import type {LfsObject} from '../../domain/lfs/pointer.ts';
import {joinPath, lfsFolder} from '../../domain/plan/layout.ts';
import type {FoundPointer, PointerSearch} from '../../ports/lfs.ts';
import type {PartWork} from '../part.ts';
import type {LfsEntry, MissingFile} from './entry.ts';

/** A file that some pointer names and that is not here. */
export type Wanted = LfsObject & Pick<FoundPointer, 'blob' | 'path'>;

export type Found = {
	/** By their ids. */
	readonly wanted: Map<string, Wanted>;
	/** Were all pointers looked for, and not only those of new states? */
	readonly isFull: boolean;
	/** The commit of the history up to which they were. */
	readonly scanned: string | undefined;
	/** The repository in which they were, and the search of it that tells paths. */
	readonly place: Place;
	/** Where a store keeps the files: those found that it has, and their sizes. */
	readonly held?: ReadonlyMap<string, number>;
};

/** A repository to look for pointers in, and the files that are kept of it. */
export type Place = {
	readonly mirror: string;
	readonly named: PointerSearch;
	/** The ones that are not kept yet. */
	readonly findLacking: (objects: readonly LfsObject[]) => Promise<readonly LfsObject[]>;
};

export type Find = (
	tools: Tools,
	mirror: string,
	known: LfsEntry | undefined,
	earlier: ReadonlyMap<string, MissingFile> | undefined,
) => Promise<Found>;

export type Tools = Pick<PartWork, 'git' | 'files' | 'signal' | 'saved'>;

/**
 * Finds the files that are not here: everything that new states name, and what earlier runs could
 * not get. All pointers are looked for where nothing can be built on: there is no entry, the copy is
 * damaged or was built anew, or the list of missing files is lost.
 */
export const findWanted: Find = async (tools, mirror, known, earlier) => {
	const {git, saved} = tools;
	const tips = await git.readStoredTips(mirror);
	const scanned = tips.get(historyRef);
	const wanted = new Map<string, Wanted>();
	const place: Place = {
		mirror,
		named: {of: 'refs'},
		findLacking: (objects) => git.findLacking(mirror, objects),
	};
	const looked = (await canBuildOn(tools, mirror, known, earlier))
		? await readTipsOf(tools, mirror, known?.scanned)
		: undefined;
	if (looked === undefined) {
		// Every object of a new mirror came with its refs, and to list all of them is quicker.
		await addFound(tools, place, wanted, {of: saved === undefined ? 'objects' : 'refs'});
		return {wanted, isFull: true, scanned, place};
	}

	await addLacking(place, wanted, [...(earlier?.values() ?? [])]);
	if (known?.scanned !== scanned) {
		const before = new Set(looked);
		const fresh = [...tips].filter(([ref, oid]) => ref !== historyRef && !before.has(oid));
		await addFound(tools, place, wanted, {
			of: 'tips',
			tips: [...new Set(fresh.map(([, oid]) => oid))],
			commits: fresh.flatMap(([ref, oid]) => (isBranch(ref) ? [oid] : [])),
			known: looked,
		});
	}

	return {wanted, isFull: false, scanned, place};
};

const canBuildOn = async (
	{files}: Tools,
	mirror: string,
	known: LfsEntry | undefined,
	earlier: ReadonlyMap<string, MissingFile> | undefined,
): Promise<boolean> => {
	if (known === undefined || known.damage !== undefined || known.unfinished === true) {
		return false;
	}

	const hasList = known.missing === undefined || earlier !== undefined;
	const hasStore =
		known.objects === 0 || (await files.exists(joinPath(mirror, lfsFolder, 'objects')));
	return hasList && hasStore;
};

/** The tips that a commit of the history recorded. Undefined where a new mirror came without it. */
const readTipsOf = async (
	{git}: Tools,
	mirror: string,
	commit: string | undefined,
): Promise<readonly string[] | undefined> => {
	const text = commit && (await ifPossible(git.readHistoryRefs(mirror, commit), isUnusable));
	const {head, refs} = parseRefs(text ?? '');
	const detached = isDetached(head) ? [head] : [];
	return text === undefined ? undefined : [...refs.values(), ...detached];
};

/** Pointers that are looked up in the store at once. */
const batchSize = 1000;

export const addFound = async (
	{git, signal}: Pick<Tools, 'git' | 'signal'>,
	place: Place,
	wanted: Map<string, Wanted>,
	search: PointerSearch,
): Promise<void> => {
	let batch: FoundPointer[] = [];
	for await (const pointer of git.findPointers(place.mirror, search, signal)) {
		batch.push(pointer);
		if (batch.length === batchSize) {
			await addLacking(place, wanted, batch);
			batch = [];
		}
	}

	await addLacking(place, wanted, batch);
};

export const addLacking = async (
	{findLacking}: Place,
	wanted: Map<string, Wanted>,
	found: readonly (LfsObject & {readonly blob: string; readonly path?: string | undefined})[],
): Promise<void> => {
	const byOid = new Map<string, (typeof found)[number]>();
	for (const one of found) {
		// Pointers to one file may tell different sizes. The larger one is the limit of a download.
		const before = byOid.get(one.oid) ?? wanted.get(one.oid);
		byOid.set(one.oid, before !== undefined && before.size >= one.size ? before : one);
	}

	for (const {oid} of await findLacking([...byOid.values()])) {
		const one = byOid.get(oid);
		if (one !== undefined) {
			wanted.set(oid, {oid, size: one.size, blob: one.blob, path: one.path});
		}
	}
};

/** Looks for the paths of files whose search told none. */
export const findPaths = async (
	{git, signal}: Pick<Tools, 'git' | 'signal'>,
	{mirror, named}: Place,
	wanted: Map<string, Wanted>,
): Promise<void> => {
	const nameless = new Set(
		[...wanted.values()].flatMap(({oid, path}) => (path === undefined ? [oid] : [])),
	);
	if (nameless.size === 0) {
		return;
	}

	for await (const {oid, path} of git.findPointers(mirror, named, signal)) {
		const one = wanted.get(oid);
		if (one !== undefined && path !== undefined && nameless.delete(oid)) {
			wanted.set(oid, {...one, path});
		}

		if (nameless.size === 0) {
			return;
		}
	}
};
