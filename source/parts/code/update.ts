import {type Failure, FailureError, failureOf} from '../../domain/failure/failure.ts';
import {
	createAll,
	headFile,
	isDetached,
	keptPrefix,
	keptRef,
} from '../../domain/history/history.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import {refsState} from '../../domain/record/record.ts';
import type {TypedRefs} from '../../ports/git.ts';
import type {Fetched} from '../../ports/git-transfers.ts';
import {moveRefs, type NewState} from './keep-old-tips.ts';
import {
	askForState,
	clearDirty,
	describeMirror,
	lackingOf,
	type MirrorEntry,
	type MirrorJob,
	markDirty,
	pointHead,
	readStamp,
	repairCut,
	type SavedMirror,
} from './mirror.ts';
import {halve} from './restore.ts';

/**
 * Brings an existing mirror up to date and keeps everything that upstream no longer has. `known`:
 * its refs, if they were read a moment ago.
 */
export const updateMirror = async (
	job: MirrorJob,
	before: MirrorEntry | undefined,
	known?: TypedRefs,
): Promise<SavedMirror> => {
	const {git, mirror, run} = job;
	const wasCut = await repairCut(job);
	const current = wasCut || known === undefined ? await git.readRefs(mirror) : known;
	job.onProgress?.({stage: 'asking'});
	const first = await job.retry(() => askForState(job));
	if (!wasCut && before !== undefined && (await isAsRecorded(job, before, current, first))) {
		return {
			how: 'same',
			changes: [],
			kept: [],
			received: 0,
			lacking: lackingOf(first),
			entry: {...before, print: await readStamp(git, mirror)},
		};
	}

	await markDirty(job);
	const {state, received, forwarded, damage} = await fetchState(job, current, first);
	job.onProgress?.({stage: 'keeping'});
	const moved = await moveRefs(git, mirror, current, state, forwarded, run.name);
	await keepDetachedHead(job, state.head);
	const isHeadNew = await pointHead(git, mirror, state.head);
	await git.pack(mirror);
	await clearDirty(job);
	const keptTips =
		wasCut || before === undefined || isHeadNew
			? (await git.readRefs(mirror, keptPrefix)).size
			: before.keptTips + moved.kept.length;
	return {
		...moved,
		how: 'updated',
		lacking: damage ?? lackingOf(state),
		received,
		entry: await describeMirror(job, mirror, state, keptTips),
	};
};

/** Keeps the object of a HEAD that names no branch: no ref may lead to it. */
export const keepDetachedHead = async (
	{git, mirror, run}: Pick<MirrorJob, 'git' | 'mirror'> & {readonly run: {readonly name: string}},
	next: string | undefined,
): Promise<void> => {
	const {head} = await readStamp(git, mirror);
	if (next !== undefined && head !== next && /^[0-9a-f]+$/.test(head)) {
		await git.updateRefs(mirror, createAll([[keptRef(run.name, 'refs/HEAD'), head]]));
	}
};

type FetchedState = Fetched & {
	/** The state whose objects are all here. */
	readonly state: NewState;
	readonly damage: Failure | undefined;
};

/** Fetches the objects of upstream's state. Each further attempt asks for the state again. */
const fetchState = async (
	job: MirrorJob,
	current: TypedRefs,
	first: NewState,
): Promise<FetchedState> => {
	const here = withoutTypes(current);
	const oids = new Set(here.values());
	let known: NewState | undefined = first;
	return job.retry(async () => {
		const state = known ?? (await askForState(job));
		known = undefined;
		const head: Refs = new Map(isDetached(state.head) ? [['HEAD', state.head]] : []);
		const wanted = new Map([...head, ...state.refs].filter(([, oid]) => !oids.has(oid)));
		const {broken, words, ...fetched} = await fetchWhole(job, wanted, here);
		if (words === undefined) {
			return {...fetched, state, damage: undefined};
		}

		const whole = withoutBroken(state, here, broken);
		const damage = {kind: 'upstream-damaged', refs: [...broken], detail: words} as const;
		if (whole.refs.size === 0) {
			throw new FailureError(damage);
		}

		return {...fetched, state: whole, damage};
	});
};

/** Enough to find some damaged refs among thousands; more only if hardly one is whole. */
const mostInVain = 100;

/** Fetches what upstream still has whole: if it lacks an object, in halves, down to one ref. */
const fetchWhole = async (
	job: MirrorJob,
	wanted: Refs,
	here: Refs,
): Promise<Fetched & {broken: ReadonlySet<string>; words: string | undefined}> => {
	const broken = new Set<string>();
	const forwarded = new Set<string>();
	const open = wanted.size === 0 ? [] : [wanted];
	let [received, inVain] = [0, 0];
	let words: string | undefined;
	for (let refs = open.pop(); refs !== undefined; refs = open.pop()) {
		try {
			const fetched = await job.git.fetchObjects(job.mirror, job.url, refs, here, job);
			received += fetched.received;
			for (const ref of fetched.forwarded) {
				forwarded.add(ref);
			}

			inVain = 0;
		} catch (error) {
			const failure = failureOf(error);
			if (failure.kind !== 'upstream-damaged') {
				throw error;
			}

			words = failure.detail;
			inVain += 1;
			if (refs.size > 1 && inVain < mostInVain) {
				open.push(...halve(refs));
			} else {
				for (const ref of refs.keys()) {
					broken.add(ref);
				}
			}
		}
	}

	return {received, forwarded, broken, words};
};

/** Refs that cannot be had stay as they are in the mirror. */
const withoutBroken = (state: NewState, here: Refs, broken: ReadonlySet<string>): NewState => ({
	...state,
	head: broken.has('HEAD') ? undefined : state.head,
	refs: new Map(
		[...state.refs].flatMap(([ref, oid]): [string, string][] => {
			const left = broken.has(ref) ? here.get(ref) : oid;
			return left === undefined ? [] : [[ref, left]];
		}),
	),
});

const isAsRecorded = async (
	{git, digest, mirror}: MirrorJob,
	before: MirrorEntry,
	current: TypedRefs,
	state: NewState,
): Promise<boolean> => {
	const upstream = refsState(state.head, state.refs, digest).digest;
	const here = refsState(state.head, withoutTypes(current), digest).digest;
	const stamp = await git.readStamp(mirror);
	return (
		upstream === here &&
		upstream === before.refs.digest &&
		(state.head === undefined || stamp?.head === headFile(state.head))
	);
};

const withoutTypes = (refs: TypedRefs): Refs =>
	new Map([...refs].map(([ref, {oid}]) => [ref, oid]));
