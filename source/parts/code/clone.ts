import {FailureError} from '../../domain/failure/failure.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import {assertLockHeld} from '../../engine/assert-lock-held.ts';
import type {SourceRun} from '../../engine/session.ts';
import {describeMirror} from './describe-mirror.ts';
import {beginHistory, type Moved} from './keep-old-tips.ts';
import {askForState, type MirrorJob, type SavedMirror} from './mirror.ts';
import {pointHead} from './point-head.ts';

/** What HEAD of a new mirror names where upstream's names no branch. */
const unbornHead = 'refs/heads/main';

/** A first copy: built aside, recorded in its own history and only then moved into place. */
export const cloneMirror = async (source: SourceRun, job: MirrorJob): Promise<SavedMirror> => {
	const {git, files} = source;
	const {aside, mirror} = job;
	job.onProgress?.({stage: 'asking'});
	const {received, ...state} = await job.patiently(async () => {
		await files.remove(aside);
		const advertised = await askForState(job);
		if (advertised.refs.size > 0) {
			const cloned = await git.cloneEverything(aside, job.url, job);
			await requireComplete(job, advertised.refs, cloned.refs);
			return {...advertised, ...cloned};
		}

		await git.createMirror(aside);
		return {...advertised, received: 0};
	});
	await pointHead(git, aside, state.head ?? unbornHead);
	job.onProgress?.({stage: 'packing'});
	await beginHistory(git, aside, state);
	// git makes the folders that it lacks, also where the disk has gone from under them.
	await assertLockHeld(source);
	await files.makeFolder(job.folder);
	await files.move(aside, mirror);
	return {
		how: 'cloned',
		changes: asCreated(state.refs),
		kept: [],
		received,
		hasNewTree: true,
		record: await describeMirror(source, mirror, state, 0),
	};
};

/**
 * A clone is content with whatever list of refs it is given, an empty one too. It must have what was
 * there before it began and still is when it has ended; all else may have come or gone meanwhile.
 */
const requireComplete = async (job: MirrorJob, before: Refs, cloned: Refs): Promise<void> => {
	const absent = [...before.keys()].filter((ref) => !cloned.has(ref));
	const {refs: after} = absent.length === 0 ? {refs: cloned} : await askForState(job);
	const missed = absent.filter((ref) => after.has(ref));
	if (missed.length > 0) {
		const detail = `git was told of ${cloned.size} branches and tags where there are ${after.size}`;
		throw new FailureError({kind: 'unexpected-answer', detail});
	}
};

const asCreated = (refs: Refs): Moved['changes'] =>
	[...refs].map(([ref, to]) => ({ref, from: undefined, to, kind: 'created'}));
