import {failureOf} from '../../domain/failure/failure.ts';
import {unbornHead} from '../../domain/history/history.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import {refsState} from '../../domain/record/record.ts';
import type {RefChange} from '../../domain/run/outcome.ts';
import {beginHistory} from './keep-old-tips.ts';
import {
	describeMirror,
	type MirrorJob,
	pointHead,
	readStamp,
	type SavedMirror,
	type SeenMirror,
} from './mirror.ts';
import {updateMirror} from './update.ts';

/**
 * Makes a first copy. It is built at `draft` and recorded in its own history before it is moved into
 * place, so that a kill leaves either no mirror or a whole one.
 *
 * Upstream's refs are not asked for again: a clone that got those of the look is complete. A clone
 * accepts any list of refs, even an empty one. If it got others, they moved after the look, or git
 * was told of fewer than there are; then the new mirror is updated like any other.
 */
export const cloneMirror = async (job: MirrorJob, seen: SeenMirror): Promise<SavedMirror> => {
	const {git, files, clock, digest, draft, mirror} = job;
	const {head} = seen;
	job.onProgress?.({stage: 'asking'});
	const {received, refs, at} = await job.retry(async () => {
		await files.remove(draft);
		// Before git asks: a date after the transfer would be later than the state that it brought.
		const askedAt = clock.now();
		if (seen.refs.count > 0) {
			try {
				return {...(await git.cloneEverything(draft, job.url, job)), at: askedAt};
			} catch (error) {
				if (failureOf(error).kind !== 'upstream-damaged') {
					throw error;
				}

				// An update of an empty mirror brings all that can still be had.
				await files.remove(draft);
			}
		}

		await git.createMirror(draft);
		return {refs: new Map<string, string>(), received: 0, at: askedAt};
	});
	const state = {head, refs, refused: [], at};
	await pointHead(git, draft, head ?? unbornHead);
	job.onProgress?.({stage: 'packing'});
	await beginHistory(git, draft, state);
	// Only an update names the refs that cannot be saved.
	const isAsSeen = !seen.hasRefused && refsState(head, refs, digest).digest === seen.refs.digest;
	const updated = isAsSeen ? undefined : await updateMirror({...job, mirror: draft}, undefined);
	// If the disk was pulled out, git has made the folders again on the disk below.
	await job.assertLockHeld();
	await files.makeFolder(job.folder);
	await files.move(draft, mirror);
	return {
		how: 'cloned',
		changes: listCreated(refs, updated?.changes ?? []),
		kept: [],
		lacking: updated?.lacking,
		received: received + (updated?.received ?? 0),
		entry:
			updated === undefined
				? await describeMirror(job, mirror, state, 0)
				: {...updated.entry, print: await readStamp(git, mirror)},
	};
};

/** Every ref of a new mirror, after the changes to those that were cloned. */
const listCreated = (cloned: Refs, changes: readonly RefChange[]): readonly RefChange[] => {
	const refs = new Map<string, string | undefined>(cloned);
	for (const {ref, to} of changes) {
		refs.set(ref, to);
	}

	return [...refs].flatMap(([ref, to]): RefChange[] =>
		to === undefined ? [] : [{ref, from: undefined, to, kind: 'created'}],
	);
};
