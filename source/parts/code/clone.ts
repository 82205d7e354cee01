import {failureOf} from '../../domain/failure/failure.ts';
import {isDetached, unbornHead} from '../../domain/history/history.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import type {RefChange} from '../../domain/run/outcome.ts';
import {beginHistory, type NewState} from './keep-old-tips.ts';
import {
	askForState,
	describeMirror,
	lackingOf,
	type MirrorJob,
	pointHead,
	readStamp,
	type SavedMirror,
	type SeenMirror,
} from './mirror.ts';
import {updateMirror} from './update.ts';

/** A state that was seen longer ago is asked for again. Milliseconds: looks at thousands take minutes. */
const freshFor = 60_000;

/**
 * Makes a first copy. It is built at `draft` and recorded in its own history before it is moved into
 * place, so that a kill leaves either no mirror or a whole one.
 *
 * Upstream's refs are not asked for again: the look has seen them a moment ago.
 */
export const cloneMirror = async (job: MirrorJob, seen: SeenMirror): Promise<SavedMirror> => {
	const {git, files, draft, mirror} = job;
	job.onProgress?.({stage: 'asking'});
	const {received, state, isWhole} = await copyUpstream(job, seen.state);
	job.onProgress?.({stage: 'packing'});
	await beginHistory(git, draft, state);
	const updated = isWhole ? undefined : await updateMirror({...job, mirror: draft}, undefined);
	await files.syncAll(draft);
	// If the disk was pulled out, git has made the folders again on the disk below.
	await job.assertLockHeld();
	await files.makeFolder(job.folder);
	await files.move(draft, mirror);
	return {
		how: 'cloned',
		changes: updated?.changes ?? listCreated(state.refs),
		kept: [],
		lacking: updated === undefined ? lackingOf(state) : updated.lacking,
		received: received + (updated?.received ?? 0),
		entry:
			updated === undefined
				? await describeMirror(job, mirror, state, 0)
				: {...updated.entry, print: await readStamp(git, mirror)},
	};
};

type Copied = {
	/** Bytes. */
	readonly received: number;
	/** The state that the new mirror has. */
	readonly state: NewState;
	/** Otherwise it is empty, and an update has to bring all that upstream can still give. */
	readonly isWhole: boolean;
};

/** Copies upstream's state into a new mirror. Each further attempt asks for the state again. */
const copyUpstream = (job: MirrorJob, seen: NewState | undefined): Promise<Copied> => {
	const {git, files, clock, draft, url} = job;
	let known = seen !== undefined && clock.now() - seen.at < freshFor ? seen : undefined;
	return job.retry(async () => {
		await files.remove(draft);
		const asked = known ?? (await askForState(job));
		known = undefined;
		const {refs, head} = asked;
		const isEmpty = refs.size === 0 && !isDetached(head);
		if (!isEmpty) {
			try {
				const received = await git.cloneEverything(draft, url, asked, job);
				return {received, state: asked, isWhole: true};
			} catch (error) {
				if (failureOf(error).kind !== 'upstream-damaged') {
					throw error;
				}

				await files.remove(draft);
			}
		}

		await git.createMirror(draft, refs.values());
		await pointHead(git, draft, head ?? unbornHead);
		return {received: 0, state: {...asked, refs: new Map()}, isWhole: isEmpty};
	});
};

const listCreated = (refs: Refs): readonly RefChange[] =>
	[...refs].map(([ref, to]) => ({ref, from: undefined, to, kind: 'created'}));
