import {type Failure, failureOf} from '../../domain/failure/failure.ts';
import {describeFailure} from '../../domain/failure/failure-table.ts';
import {compareRefs, isDetached, nameMove} from '../../domain/history/history.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import {refsState} from '../../domain/record/record.ts';
import {isMirrored} from '../../domain/record/ref-name.ts';
import type {RefChange} from '../../domain/run/outcome.ts';
import type {Fetched} from '../../ports/git-transfers.ts';
import {cloneMirror} from './clone.ts';
import {type NewState, nameMoves} from './keep-old-tips.ts';
import {
	askForState,
	lackingOf,
	type MirrorEntry,
	type MirrorJob,
	pointHead,
	readStamp,
	type SavedMirror,
	type SeenMirror,
} from './mirror.ts';

/**
 * Brings a mirror to upstream's state of which only the refs are here: its objects lie in a store. Only
 * what is new comes. Where upstream cannot send just that, a clone takes the place of the mirror.
 */
export const updateHollow = async (
	job: MirrorJob,
	before: MirrorEntry | undefined,
	seen: SeenMirror,
): Promise<SavedMirror> => {
	const {git, mirror} = job;
	const here = await git.readStoredTips(mirror);
	job.onProgress?.({stage: 'asking'});
	const news = await job.retry(async () => {
		const state = await askForState(job);
		const fetched = await bringNews(job, state, here);
		return fetched === undefined ? undefined : {state, ...fetched};
	});
	if (news === undefined) {
		return replaceByClone(job, before, seen, here);
	}

	const {state, received, forwarded} = news;
	const moves = compareRefs(here, state.refs);
	const changes = moves.map((move) => nameMove(move, !forwarded.has(move.ref)));
	await git.updateRefs(mirror, moves);
	const isHeadNew = await pointHead(git, mirror, state.head);
	return {
		how: changes.length === 0 && !isHeadNew ? 'same' : 'updated',
		lacking: lackingOf(state),
		received,
		...keptIn(changes, before, {
			state: 'saved',
			refs: refsState(state.head, state.refs, job.digest),
			print: await readStamp(git, mirror),
			changedAt: new Date(state.at).toISOString(),
			keptTips: 0,
			size: (before?.size ?? 0) + received,
		}),
	};
};

/** Answers that another way of asking may better: a clone is read by git itself. */
const refusals: ReadonlySet<Failure['kind']> = new Set([
	'answer-refused',
	'unexpected-answer',
	'upstream-damaged',
	'mirror-unusable',
	'git-failed',
]);

const bringNews = async (
	job: MirrorJob,
	{head, refs}: NewState,
	here: Refs,
): Promise<Fetched | undefined> => {
	const detached: Refs = new Map(isDetached(head) ? [['HEAD', head]] : []);
	const changed = [...detached, ...refs].filter(([ref, oid]) => here.get(ref) !== oid);
	try {
		return await job.git.fetchNews(job.mirror, job.url, new Map(changed), here, job);
	} catch (error) {
		const failure = failureOf(error);
		if (!refusals.has(failure.kind)) {
			throw error;
		}

		job.onFallBack(describeFailure(failure).what);
		return undefined;
	}
};

const replaceByClone = async (
	job: MirrorJob,
	before: MirrorEntry | undefined,
	seen: SeenMirror,
	here: Refs,
): Promise<SavedMirror> => {
	const {git, files, mirror} = job;
	await files.remove(mirror);
	const cloned = await cloneMirror(job, seen);
	const tips = await git.readStoredTips(mirror);
	const refs = new Map([...tips].filter(([ref]) => isMirrored(ref)));
	const changes = await nameMoves(git, mirror, compareRefs(here, refs));
	return {...cloned, how: 'updated', ...keptIn(changes, before, cloned.entry)};
};

/** Every old state stays in the store, so what upstream took away is kept. */
const keptIn = (
	changes: readonly RefChange[],
	before: MirrorEntry | undefined,
	entry: MirrorEntry,
): Pick<SavedMirror, 'changes' | 'kept' | 'entry'> => {
	const kept = changes
		.filter(({kind}) => kind === 'rewritten' || kind === 'moved' || kind === 'deleted')
		.map(({ref}) => ref);
	return {changes, kept, entry: {...entry, keptTips: (before?.keptTips ?? 0) + kept.length}};
};
