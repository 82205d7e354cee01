import {FailureError} from '../../domain/failure/failure.ts';
import {describeFailure, endsTheRun} from '../../domain/failure/failure-table.ts';
import type {LfsObject} from '../../domain/lfs/pointer.ts';
import {isDamagedOne, joinPath, repoFolder} from '../../domain/plan/layout.ts';
import {formatSize, isoTime} from '../../domain/text/format.ts';
import type {LfsFetched} from '../../ports/lfs.ts';
import {mirrorEntryOf} from '../code/mirror.ts';
import type {PartSaved, SaveWork} from '../part.ts';
import {type LfsEntry, type MissingFile, readMode} from './entry.ts';
import {type Find, type Found, findPaths, findWanted, type Wanted} from './find.ts';
import {findBeside} from './find-beside.ts';
import {countAsks, readMissing, summarise, writeMissing} from './missing.ts';
import {fileOf} from './off-site.ts';
import {watchProgress} from './progress.ts';
import {countsOf, nameFiles} from './words.ts';

/**
 * Looks for pointers whose files are not here, and fetches these. Files that cannot be had are no
 * failure: the entry says which are missing, and why. Nor is it one where the search breaks off,
 * since the code is saved: the entry then says that it is not finished.
 */
export const saveLfs = async (
	work: SaveWork,
	known: LfsEntry | undefined,
): Promise<PartSaved<LfsEntry>> => {
	try {
		return await (work.kept === undefined
			? findAndFetch(work, known, findWanted)
			: findBeside({...work, kept: work.kept}, (find) => findAndFetch(work, known, find)));
	} catch (error) {
		work.signal.throwIfAborted();
		if (!(error instanceof FailureError) || endsTheRun(error.failure)) {
			throw error;
		}

		const problem = describeFailure(error.failure).what;
		return toSaved({
			...known,
			state: 'saved',
			...startOf(work, known),
			unfinished: true,
			problem,
		});
	}
};

const toSaved = (entry: LfsEntry, came: readonly LfsObject[] = []): PartSaved<LfsEntry> => {
	const fetched = sumOf(came);
	const saved = {entry, how: 'same', changes: [], received: 0} as const;
	return fetched === 0
		? saved
		: {
				...saved,
				fetched,
				note: `${nameFiles(came.length)} (${formatSize(fetched)})`,
				json: {lfs: {...countsOf(entry), received: fetched}},
			};
};

const startOf = (
	{run}: SaveWork,
	known: LfsEntry | undefined,
): Pick<LfsEntry, 'changedAt' | 'objects' | 'size'> =>
	known ?? {changedAt: isoTime(run.at), objects: 0, size: 0};

const findAndFetch = async (
	work: SaveWork,
	known: LfsEntry | undefined,
	find: Find,
): Promise<PartSaved<LfsEntry>> => {
	const {git, folder} = work;
	const mirror = joinPath(folder, repoFolder);
	const earlier = await readMissing(work);
	const damaged = new Set(known?.damage === undefined ? [] : await setAsideDamaged(work, mirror));
	const search = await find(work, mirror, known, earlier);
	const {wanted, scanned} = search;
	const {fetched, ended} =
		readMode(work) === 'save' && wanted.size > 0
			? await fetchAll(work, mirror, known, wanted)
			: nothingFetched;
	const found = await listMissing(work, search, ended, earlier ?? new Map());
	const missing = found.map((file) =>
		damaged.has(file.oid) ? {...file, lost: true as const} : file,
	);
	if (missing.length > 0 || earlier !== undefined || fetched.length > 0) {
		await writeMissing(work, missing);
	}

	if (missing.length === 0 && (fetched.length > 0 || earlier !== undefined)) {
		await git.removeLfsParts(mirror);
	}

	const here = await countHere(work, mirror, known, {search, fetched});
	const asked = countAsks(known?.missing, earlier ?? new Map(), missing, work);
	const summary = summarise(missing, asked);
	const looked = mirrorEntryOf(work.entries[repoFolder])?.refs.digest;
	const {changedAt} = startOf(work, known);
	return toSaved(
		{
			state: 'saved',
			changedAt: fetched.length === 0 ? changedAt : isoTime(work.run.at),
			...here,
			scanned,
			looked,
			missing: summary,
		},
		fetched,
	);
};

const sumOf = (objects: readonly LfsObject[]): number =>
	objects.reduce((sum, {size}) => sum + size, 0);

type Fetched = {
	/** The files that are here now. */
	readonly fetched: readonly LfsObject[];
	/** How it ended for each of the others. */
	readonly ended: ReadonlyMap<string, Exclude<LfsFetched, {readonly result: 'stored'}>>;
};

const nothingFetched: Fetched = {fetched: [], ended: new Map()};

/** Gives the ids of the files that were damaged. */
const setAsideDamaged = async (
	{git, signal}: SaveWork,
	mirror: string,
): Promise<readonly string[]> => {
	const {objects} = await git.listLfs(mirror);
	const damaged = await git.findDamagedLfs(mirror, objects.keys(), {signal});
	await git.setAsideLfs(mirror, damaged);
	return damaged;
};

/** Takes each of the wanted files that comes out of `wanted`. */
const fetchAll = async (
	work: SaveWork,
	mirror: string,
	known: LfsEntry | undefined,
	wanted: Map<string, Wanted>,
): Promise<Fetched> => {
	const {bitbucket, repository, files, folder, signal, retryAt, kept} = work;
	const begun: LfsEntry = {...known, state: 'saved', ...startOf(work, known), unfinished: true};
	await work.recordSoFar(begun);
	const fetched: LfsObject[] = [...(await takeOver(work, mirror, wanted))];
	for (const {oid} of fetched) {
		wanted.delete(oid);
	}

	const ended = new Map<string, Exclude<LfsFetched, {readonly result: 'stored'}>>();
	const progress = watchProgress(work, wanted.size, sumOf([...wanted.values()]));
	const url = bitbucket.checkCloneUrl(repository.cloneUrl);
	// A file that goes to a store lies here twice, as it came and sealed.
	const copies = kept === undefined ? 1 : 2;
	// If the disk does not even tell this, the next write to it will say why.
	const readFree = () =>
		files.readFreeSpace(folder).then(
			(free) => free / copies,
			() => Number.POSITIVE_INFINITY,
		);
	const all = [...wanted.values()].map(({oid, size}) => ({oid, size}));
	const objects = kept === undefined ? inOrder(work, all, await readFree()) : all;
	const options = {
		signal,
		retry: retryAt,
		readFree,
		onBytes: progress.onBytes,
		...(kept === undefined ? {} : {onStored: ({oid}: LfsObject) => kept.take(fileOf(oid))}),
	};
	for await (const one of bitbucket.fetchLfs(url, mirror, objects, options)) {
		progress.onEnd();
		if (one.result === 'stored') {
			fetched.push(one.object);
			wanted.delete(one.object.oid);
		} else {
			ended.set(one.object.oid, one);
		}
	}

	return {fetched, ended};
};

/** Where the disk may be too small for all of them, the smallest come first, and the user hears of it. */
const inOrder = (
	{folder, onNotice}: SaveWork,
	objects: readonly LfsObject[],
	free: number,
): readonly LfsObject[] => {
	const size = sumOf(objects);
	if (size <= free) {
		return objects;
	}

	onNotice(
		`${nameFiles(objects.length)} (${formatSize(size)}) are to be fetched, and ${formatSize(free)} are free in ${folder}. The smallest come first; those that do not fit are named. Free some space or use a larger disk.`,
	);
	return objects.toSorted((left, right) => left.size - right.size);
};

/** A mirror that was built anew takes its files over from the one that was set aside. */
const takeOver = async (
	{git, files, folder, signal}: SaveWork,
	mirror: string,
	wanted: ReadonlyMap<string, Wanted>,
): Promise<readonly LfsObject[]> => {
	const left = new Map(wanted);
	const taken: LfsObject[] = [];
	for (const name of (await files.listFolders(folder)).filter((one) =>
		isDamagedOne(one, repoFolder),
	)) {
		for (const one of await git.takeOverLfs(
			mirror,
			joinPath(folder, name),
			[...left.values()],
			signal,
		)) {
			left.delete(one.oid);
			taken.push(one);
		}
	}

	return taken;
};

const listMissing = async (
	work: SaveWork,
	{wanted, place}: Found,
	ended: Fetched['ended'],
	earlier: ReadonlyMap<string, MissingFile>,
): Promise<readonly MissingFile[]> => {
	if (wanted.size === 0) {
		return [];
	}

	await findPaths(work, place, wanted);
	const {gitHost} = work.bitbucket;
	const servers = await work.git.readLfsServers(place.mirror);
	const elsewhere =
		servers.map(hostOf).find((host) => host !== undefined && host !== gitHost) ??
		// Of a hollow mirror, the file that names servers came only if it changed.
		(work.kept && [...earlier.values()].find(({why}) => why === 'elsewhere')?.words);
	const now = isoTime(work.run.at);
	return [...wanted.values()].map(({oid, size, blob, path}): MissingFile => {
		const before = earlier.get(oid);
		return {
			oid,
			size,
			blob,
			path,
			...explain(ended.get(oid), elsewhere),
			since: before?.since ?? now,
			...(before?.accepted === true ? {accepted: true} : {}),
			...(before?.lost === true ? {lost: true} : {}),
		};
	});
};

/** Undefined for a text that is no address. */
const hostOf = (address: string): string | undefined =>
	URL.canParse(address) ? new URL(address).host : undefined;

const explain = (
	end: Exclude<LfsFetched, {readonly result: 'stored'}> | undefined,
	elsewhere: string | undefined,
): Pick<MissingFile, 'why' | 'words'> => {
	switch (end?.result) {
		case undefined:
			return {why: 'not-fetched'};
		case 'not-upstream':
			return elsewhere === undefined
				? {why: 'not-upstream', words: end.words}
				: {why: 'elsewhere', words: elsewhere};
		case 'not-as-named':
			return {why: 'not-as-named', words: end.detail};
		case 'no-room':
			return {why: 'no-room', words: formatSize(end.free)};
		case 'failed':
			return {why: 'failed', words: describeFailure(end.failure).what};
	}
};

/** Number and bytes of the files that are here. A list of 100,000 takes seconds, so usually it is added up. */
const countHere = async (
	{git}: SaveWork,
	mirror: string,
	known: LfsEntry | undefined,
	{search: {isFull, held}, fetched}: {search: Found; fetched: readonly LfsObject[]},
): Promise<Pick<LfsEntry, 'objects' | 'size'>> => {
	if (!isFull && known !== undefined) {
		return {objects: known.objects + fetched.length, size: known.size + sumOf(fetched)};
	}

	const all = held ?? (await git.listLfs(mirror)).objects;
	// Files that went to a store are not here any more.
	const gone = held === undefined ? [] : fetched;
	const sizes = [...all.values(), ...gone.map(({size}) => size)];
	return {objects: sizes.length, size: sizes.reduce((sum, size) => sum + size, 0)};
};
