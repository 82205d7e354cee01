import {FailureError} from '../../domain/failure/failure.ts';
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
};

type Tools = Pick<PartWork, 'git' | 'files' | 'signal' | 'saved'>;

/**
 * Finds the files that are not here: everything that new states name, and what earlier runs could
 * not get. All pointers are looked for where nothing can be built on: there is no entry, the copy is
 * damaged or was built anew, or the list of missing files is lost.
 */
export const findWanted = async (
	tools: Tools,
	mirror: string,
	known: LfsEntry | undefined,
	earlier: ReadonlyMap<string, MissingFile> | undefined,
): Promise<Found> => {
	const {git, saved} = tools;
	const tips = await git.readStoredTips(mirror);
	const scanned = tips.get(historyRef);
	const wanted = new Map<string, Wanted>();
	const looked = (await canBuildOn(tools, mirror, known, earlier))
		? await readTipsOf(tools, mirror, known?.scanned)
		: undefined;
	if (looked === undefined) {
		// Every object of a new mirror came with its refs, and to list all of them is quicker.
		await addFound(tools, mirror, wanted, {of: saved === undefined ? 'objects' : 'refs'});
		return {wanted, isFull: true, scanned};
	}

	await addLacking(tools, mirror, wanted, [...(earlier?.values() ?? [])]);
	if (known?.scanned !== scanned) {
		const before = new Set(looked);
		const fresh = [...tips].filter(([ref, oid]) => ref !== historyRef && !before.has(oid));
		await addFound(tools, mirror, wanted, {
			of: 'tips',
			tips: [...new Set(fresh.map(([, oid]) => oid))],
			commits: fresh.flatMap(([ref, oid]) => (isBranch(ref) ? [oid] : [])),
			known: looked,
		});
	}

	return {wanted, isFull: false, scanned};
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
	try {
		const text = commit === undefined ? undefined : await git.readHistoryRefs(mirror, commit);
		const {head, refs} = parseRefs(text ?? '');
		const detached = isDetached(head) ? [head] : [];
		return text === undefined ? undefined : [...refs.values(), ...detached];
	} catch (error) {
		if (error instanceof FailureError && error.failure.kind === 'mirror-unusable') {
			return undefined;
		}

		throw error;
	}
};

/** Pointers that are looked up in the store at once. */
const batchSize = 1000;

const addFound = async (
	tools: Tools,
	mirror: string,
	wanted: Map<string, Wanted>,
	search: PointerSearch,
): Promise<void> => {
	let batch: FoundPointer[] = [];
	for await (const pointer of tools.git.findPointers(mirror, search, tools.signal)) {
		batch.push(pointer);
		if (batch.length === batchSize) {
			await addLacking(tools, mirror, wanted, batch);
			batch = [];
		}
	}

	await addLacking(tools, mirror, wanted, batch);
};

const addLacking = async (
	{git}: Tools,
	mirror: string,
	wanted: Map<string, Wanted>,
	found: readonly (LfsObject & {readonly blob: string; readonly path?: string | undefined})[],
): Promise<void> => {
	const byOid = new Map<string, (typeof found)[number]>();
	for (const one of found) {
		// Pointers to one file may tell different sizes. The larger one is the limit of a download.
		const before = byOid.get(one.oid) ?? wanted.get(one.oid);
		byOid.set(one.oid, before !== undefined && before.size >= one.size ? before : one);
	}

	for (const {oid} of await git.findLacking(mirror, [...byOid.values()])) {
		const one = byOid.get(oid);
		if (one !== undefined) {
			wanted.set(oid, {oid, size: one.size, blob: one.blob, path: one.path});
		}
	}
};

/** Looks for the paths of files whose search told none. */
export const findPaths = async (
	{git, signal}: Tools,
	mirror: string,
	wanted: Map<string, Wanted>,
): Promise<void> => {
	const nameless = new Set(
		[...wanted.values()].flatMap(({oid, path}) => (path === undefined ? [oid] : [])),
	);
	if (nameless.size === 0) {
		return;
	}

	for await (const {oid, path} of git.findPointers(mirror, {of: 'refs'}, signal)) {
		const one = wanted.get(oid);
		if (one !== undefined && path !== undefined && nameless.delete(oid)) {
			wanted.set(oid, {...one, path});
		}

		if (nameless.size === 0) {
			return;
		}
	}
};
