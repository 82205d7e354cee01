import {createAll} from '../../domain/history/history.ts';
import {joinPath, repoFolder} from '../../domain/plan/layout.ts';
import {isMirrored} from '../../domain/record/ref-name.ts';
import {mirrorEntryOf, readStamp} from '../code/mirror.ts';
import type {KeptFiles, SaveWork} from '../part.ts';
import type {LfsEntry, MissingFile} from './entry.ts';
import {addFound, addLacking, type Find, type Place, type Wanted} from './find.ts';
import {fileOf} from './off-site.ts';

type Beside = SaveWork & {readonly kept: KeptFiles};

/**
 * Acts with a search for the files that a store lacks, which alone keeps them. Of a hollow mirror, the
 * commits that came name all that is new. Where all pointers are needed, and a clone has not just
 * brought them, one is made for the search.
 */
export const findBeside = async <Result>(
	work: Beside,
	act: (find: Find) => Promise<Result>,
): Promise<Result> => {
	const aside = joinPath(work.workFolder, 'lfs');
	try {
		return await act((_tools, mirror, known, earlier) =>
			findWanted(work, {mirror, aside}, known, earlier),
		);
	} finally {
		await work.files.remove(aside);
	}
};

const findWanted = async (
	work: Beside,
	{mirror, aside}: {readonly mirror: string; readonly aside: string},
	known: LfsEntry | undefined,
	earlier: ReadonlyMap<string, MissingFile> | undefined,
) => {
	const isFull = !canBuildOn(work, known, earlier) || !(await work.kept.isWhole());
	const isClone = isFull && (await work.git.isHollow(mirror));
	if (isClone) {
		await cloneAside(work, mirror, aside);
	}

	const wanted = new Map<string, Wanted>();
	const held = new Map<string, number>();
	const place = placeIn(work, isClone ? aside : mirror, held);
	await addLacking(place, wanted, [...(earlier?.values() ?? [])]);
	if (isFull || known?.looked !== mirrorEntryOf(work.entries[repoFolder])?.refs.digest) {
		await addFound(work, place, wanted, {of: 'objects'});
	}

	return {wanted, isFull, scanned: undefined, place, held};
};

/** Did an earlier run look through all commits that are not new now? */
const canBuildOn = (
	{saved}: Beside,
	known: LfsEntry | undefined,
	earlier: ReadonlyMap<string, MissingFile> | undefined,
): boolean =>
	known?.looked !== undefined &&
	known.damage === undefined &&
	known.unfinished !== true &&
	known.looked === mirrorEntryOf(saved?.record.parts[repoFolder])?.refs.digest &&
	(known.missing === undefined || earlier !== undefined);

/** Everything that the refs of a hollow mirror reach. */
const cloneAside = async (work: Beside, mirror: string, aside: string): Promise<void> => {
	const {git, files, bitbucket, repository} = work;
	const url = bitbucket.checkCloneUrl(repository.cloneUrl);
	const {head} = await readStamp(git, mirror);
	const tips = [...(await git.readStoredTips(mirror))].filter(([ref]) => isMirrored(ref));
	const refs = new Map(tips);
	await work.retry(async () => {
		await files.remove(aside);
		await (refs.size === 0
			? git.createMirror(aside)
			: git.cloneEverything(aside, url, {refs, head: head.replace(/^ref: /, '')}, work));
	});
	await git.updateRefs(aside, createAll(refs));
};

/** Asks the store for its files once, and only where there is a pointer at all. */
const placeIn = ({kept}: Beside, mirror: string, held: Map<string, number>): Place => {
	let paths: Promise<ReadonlySet<string>> | undefined;
	return {
		mirror,
		named: {of: 'commits'},
		findLacking: async (objects) => {
			if (objects.length === 0) {
				return [];
			}

			paths ??= kept.list();
			const there = await paths;
			const isThere = ({oid}: {readonly oid: string}): boolean => there.has(fileOf(oid).path);
			for (const one of objects.filter(isThere)) {
				held.set(one.oid, one.size);
			}

			return objects.filter((one) => !isThere(one));
		},
	};
};
