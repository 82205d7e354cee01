import {FailureError} from '../../domain/failure/failure.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import {beginHistory} from './keep-old-tips.ts';
import {
	askForState,
	describeMirror,
	lackingOf,
	type MirrorJob,
	pointHead,
	type SavedMirror,
} from './mirror.ts';

/** HEAD of a new mirror if upstream's names no branch. */
const unbornHead = 'refs/heads/main';

/**
 * Makes a first copy. It is built at `draft` and recorded in its own history before it is moved into
 * place, so that a kill leaves either no mirror or a whole one.
 */
export const cloneMirror = async (job: MirrorJob): Promise<SavedMirror> => {
	const {git, files, draft, mirror} = job;
	job.onProgress?.({stage: 'asking'});
	const {received, ...state} = await job.retry(async () => {
		await files.remove(draft);
		const advertised = await askForState(job);
		if (advertised.refs.size > 0) {
			const cloned = await git.cloneEverything(draft, job.url, job);
			await requireComplete(job, advertised.refs, cloned.refs);
			return {...advertised, ...cloned};
		}

		await git.createMirror(draft);
		return {...advertised, received: 0};
	});
	await pointHead(git, draft, state.head ?? unbornHead);
	job.onProgress?.({stage: 'packing'});
	await beginHistory(git, draft, state);
	// If the disk was pulled out, git has made the folders again on the disk below.
	await job.assertLockHeld();
	await files.makeFolder(job.folder);
	await files.move(draft, mirror);
	return {
		how: 'cloned',
		changes: [...state.refs].map(([ref, to]) => ({ref, from: undefined, to, kind: 'created'})),
		kept: [],
		lacking: lackingOf(state),
		received,
		hasNewTree: true,
		entry: await describeMirror(job, mirror, state, 0),
	};
};

/**
 * A clone accepts any list of refs, even an empty one. Therefore it must have every ref that was
 * there before it began and still is after it ended; others may have come or gone meanwhile.
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
