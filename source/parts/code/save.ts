import {ifPossible, isUnusable} from '../../domain/failure/failure.ts';
import {historyRef} from '../../domain/history/history.ts';
import {isDamagedOne, joinPath} from '../../domain/plan/layout.ts';
import {equalStamps} from '../../domain/record/record.ts';
import type {Git, TypedRefs} from '../../ports/git.ts';
import {cloneMirror} from './clone.ts';
import {updateHollow} from './hollow.ts';
import {mendInPlace, rebuildMirror} from './mend.ts';
import type {MirrorEntry, MirrorJob, SavedMirror, SeenMirror} from './mirror.ts';
import {updateMirror} from './update.ts';

/**
 * Brings a mirror up to date, or makes a new one. A mirror that is marked as damaged, or that has
 * lost its record, is checked first: an untrusted one is set aside, never removed, and everything
 * readable in it goes into the new one.
 */
export const saveMirror = async (
	job: MirrorJob,
	before: MirrorEntry | undefined,
	seen: SeenMirror,
): Promise<SavedMirror> => {
	const {git, files, mirror, folder, name} = job;
	if (await git.isHollow(mirror)) {
		return updateHollow(job, before, seen);
	}

	const setAside = (await files.listFolders(folder))
		.filter((each) => isDamagedOne(each, name))
		.toSorted()
		.toReversed()
		.map((each) => joinPath(folder, each));
	if (!(await files.exists(mirror))) {
		return setAside.length > 0
			? rebuildMirror(job, before, setAside)
			: cloneAnew(job, before, seen);
	}

	const state = await ifPossible(judge(job, before), isUnusable);
	if (state === undefined || state === 'damaged') {
		return rebuildMirror(job, before, [mirror, ...setAside]);
	}

	return state === 'checked' ? mendInPlace(job, before) : updateMirror(job, before, state);
};

/** If a user removed the mirror, its history and its old tips are gone with it. */
const cloneAnew = async (
	job: MirrorJob,
	before: MirrorEntry | undefined,
	seen: SeenMirror,
): Promise<SavedMirror> => ({
	...(await cloneMirror(job, seen)),
	mending:
		before === undefined
			? undefined
			: {
					mirror: job.name,
					setAside: undefined,
					rescued: 0,
					lost: [],
					unnamed: before.keptTips,
					history: 'lost',
				},
});

/**
 * `checked`: every object was read and is whole. Its refs if there is no reason to check them. Throws
 * `mirror-unusable` for a damaged one that git cannot even read.
 */
const judge = async (
	{git, signal, mirror}: MirrorJob,
	before: MirrorEntry | undefined,
): Promise<'damaged' | 'checked' | TypedRefs> => {
	const isMarked = before?.damage !== undefined;
	await git.configureMirror(mirror);
	const stamp = await git.readStamp(mirror);
	// Another program may have changed a mirror that is not recorded, or not as recorded.
	const isAsRecorded =
		before !== undefined && stamp !== undefined && equalStamps(before.print, stamp);
	if (isMarked || !isAsRecorded) {
		await git.requireWhole(mirror, signal);
	}

	const refs = await git.readRefs(mirror);
	if (!isMarked && (before !== undefined || !(await hasHistory(git, mirror)))) {
		return refs;
	}

	const {damage} = await git.checkObjects(mirror, signal);
	return damage === undefined ? 'checked' : 'damaged';
};

/** A mirror with a history and without a record is Cistern's own and has lost its record. */
const hasHistory = async (git: Git, mirror: string): Promise<boolean> =>
	(await git.readTips(mirror)).has(historyRef);
