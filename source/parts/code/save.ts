import {FailureError} from '../../domain/failure/failure.ts';
import {historyRef} from '../../domain/history/history.ts';
import {isDamagedOne, joinPath} from '../../domain/plan/layout.ts';
import {equalStamps, type MirrorRecord} from '../../domain/record/record.ts';
import type {SourceRun} from '../../engine/session.ts';
import type {Git, TypedRefs} from '../../ports/git.ts';
import {cloneMirror} from './clone.ts';
import {type Mended, type MendJob, mendInPlace, rebuildMirror} from './mend.ts';
import {updateMirror} from './update.ts';

/**
 * Brings a mirror up to date, or makes it where there is none. One that is marked as damaged, or
 * that has lost its record, is looked through first: what cannot be trusted is set aside, never
 * removed, and what can be read of it goes into the new one.
 */
export const saveOrMend = async (
	source: SourceRun,
	job: MendJob,
	before: MirrorRecord | undefined,
	isMarked: boolean,
): Promise<Mended> => {
	const {files} = source;
	const {mirror, folder, name} = job;
	const setAside = (await files.listFolders(folder))
		.filter((each) => isDamagedOne(each, name))
		.toSorted()
		.toReversed()
		.map((each) => joinPath(folder, each));
	if (!(await files.exists(mirror))) {
		return setAside.length > 0
			? rebuildMirror(source, job, before, setAside)
			: cloneAnew(source, job, before);
	}

	const state = await judge(source, mirror, before, isMarked);
	if (state === 'damaged') {
		return rebuildMirror(source, job, before, [mirror, ...setAside]);
	}

	return state === 'checked'
		? mendInPlace(source, job, before)
		: {saved: await updateMirror(source, job, before, state), mending: undefined};
};

/** A mirror that somebody removed took its history and its old tips along. */
const cloneAnew = async (
	source: SourceRun,
	job: MendJob,
	before: MirrorRecord | undefined,
): Promise<Mended> => ({
	saved: await cloneMirror(source, job),
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

/** `checked`: every object was read and is whole. Its refs where nothing speaks against it. */
const judge = async (
	{git, signal}: SourceRun,
	mirror: string,
	before: MirrorRecord | undefined,
	isMarked: boolean,
): Promise<'damaged' | 'checked' | TypedRefs> => {
	try {
		await git.configureMirror(mirror);
		const print = await git.readStamp(mirror);
		// Not as recorded, or not recorded: others may have been at work.
		const isAsRecorded =
			before !== undefined && print !== undefined && equalStamps(before.print, print);
		if (isMarked || !isAsRecorded) {
			await git.requireWhole(mirror, signal);
		}

		const refs = await git.readRefs(mirror);
		if (!isMarked && (before !== undefined || !(await hasHistory(git, mirror)))) {
			return refs;
		}

		const {damage} = await git.checkObjects(mirror, signal);
		return damage === undefined ? 'checked' : 'damaged';
	} catch (error) {
		if (error instanceof FailureError && error.failure.kind === 'mirror-unusable') {
			return 'damaged';
		}

		throw error;
	}
};

/** Cistern's own mirror without a record has lost it; another tool's never had one. */
const hasHistory = async (git: Git, mirror: string): Promise<boolean> =>
	(await git.readTips(mirror)).has(historyRef);
