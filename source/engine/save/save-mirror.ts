import {FailureError} from '../../domain/failure/failure.ts';
import {keptPrefix} from '../../domain/history/history.ts';
import {dirtyFile, joinPath} from '../../domain/plan/layout.ts';
import type {Advertisement, Refs} from '../../domain/plan/repository.ts';
import type {MirrorRecord} from '../../domain/record/record.ts';
import {type Digest, refsState} from '../../domain/record/refs-digest.ts';
import type {Progress} from '../../domain/run/events.ts';
import type {Files, Git, TypedRefs} from '../../ports.ts';
import {beginHistory, type Moved, moveRefs, type NewState, repairPins} from './keep-old-tips.ts';

export type MirrorTools = {readonly git: Git; readonly files: Files; readonly digest: Digest};

export type MirrorJob = {
	/** Absolute path of the mirror, which may not exist yet. */
	readonly mirror: string;
	/** The folder that it lies in; made when there is something to put into it. */
	readonly folder: string;
	/** An empty place on the same file system, where a new mirror is built. */
	readonly aside: string;
	readonly url: string;
	/** The default branch as the API names it, for a remote that does not tell its HEAD. */
	readonly mainBranch: string | undefined;
	/** Asks upstream once. */
	readonly readAdvertisement: () => Promise<Advertisement>;
	/** Does something with upstream through the host's gate, again where its failure may pass. */
	readonly patiently: <Result>(act: () => Promise<Result>) => Promise<Result>;
	/** Name of the run. */
	readonly run: string;
	/** Milliseconds since 1970. */
	readonly now: () => number;
	readonly signal: AbortSignal;
	readonly onProgress: (progress: Progress) => void;
};

export type SavedMirror = Moved & {
	/** `same`: nothing was done, since all is as it was recorded. */
	readonly how: 'cloned' | 'updated' | 'same';
	readonly record: MirrorRecord;
	/** Bytes. */
	readonly received: number;
	/** May the default branch hold other files than were recorded? */
	readonly hasNewTree: boolean;
};

/** HEAD as upstream tells it, or else as the API does. */
export const headOf = (
	advertisement: Advertisement,
	mainBranch: string | undefined,
): string | undefined =>
	advertisement.head ?? (mainBranch === undefined ? undefined : `refs/heads/${mainBranch}`);

/** What HEAD of a new mirror names where upstream's names no branch. */
const unbornHead = 'refs/heads/main';

/** A first copy: built aside, recorded in its own history and only then moved into place. */
export const cloneMirror = async (tools: MirrorTools, job: MirrorJob): Promise<SavedMirror> => {
	const {git, files} = tools;
	const {aside, mirror} = job;
	job.onProgress({stage: 'asking'});
	const {received, ...state} = await job.patiently(async () => {
		await files.remove(aside);
		const advertised = await readState(job);
		if (advertised.refs.size > 0) {
			const cloned = await git.cloneEverything(aside, job.url, job);
			await requireComplete(job, advertised.refs, cloned.refs);
			return {...advertised, ...cloned};
		}

		await git.createMirror(aside);
		return {...advertised, received: 0};
	});
	await pointHead(git, aside, state.head ?? unbornHead);
	job.onProgress({stage: 'packing'});
	await beginHistory(git, aside, state);
	await files.makeFolder(job.folder);
	await files.move(aside, mirror);
	return {
		how: 'cloned',
		changes: asCreated(state.refs),
		kept: [],
		received,
		hasNewTree: true,
		record: await describeMirror(tools, mirror, state, 0),
	};
};

/**
 * A clone is content with whatever list of refs it is given, an empty one too. It must have what was
 * there before it began and still is when it has ended; all else may have come or gone meanwhile.
 */
const requireComplete = async (job: MirrorJob, before: Refs, cloned: Refs): Promise<void> => {
	const absent = [...before.keys()].filter((ref) => !cloned.has(ref));
	const {refs: after} = absent.length === 0 ? {refs: cloned} : await readState(job);
	const missed = absent.filter((ref) => after.has(ref));
	if (missed.length > 0) {
		const detail = `git was told of ${cloned.size} branches and tags where there are ${after.size}`;
		throw new FailureError({kind: 'unexpected-answer', detail});
	}
};

/**
 * Brings a mirror that is here up to date; keeps what upstream no longer has. `known`: its refs,
 * where they were read a moment ago.
 */
export const updateMirror = async (
	tools: MirrorTools,
	job: MirrorJob,
	before: MirrorRecord | undefined,
	known?: TypedRefs,
): Promise<SavedMirror> => {
	const {git, files} = tools;
	const {mirror, run} = job;
	const dirty = joinPath(mirror, dirtyFile);
	const wasCut = await files.exists(dirty);
	if (wasCut) {
		await git.clearStaleLocks(mirror);
		// Before anything is read: a ref that was left loose is read for another that differs in case.
		await git.pack(mirror);
		await repairPins(git, mirror, run);
	}

	const current = wasCut || known === undefined ? await git.readRefs(mirror) : known;
	job.onProgress({stage: 'asking'});
	const first = await job.patiently(() => readState(job));
	if (
		!wasCut &&
		before !== undefined &&
		(await isAsRecorded(tools, mirror, before, current, first))
	) {
		const print = await readPrint(git, mirror);
		return {
			how: 'same',
			changes: [],
			kept: [],
			received: 0,
			hasNewTree: false,
			record: {...before, print},
		};
	}

	await files.writeText(dirty, `${run}\n`);
	const {state, received} = await fetchState(git, job, current, first);
	job.onProgress({stage: 'keeping'});
	const moved = await moveRefs(git, mirror, current, state, run);
	const isHeadNew = await pointHead(git, mirror, state.head);
	await git.pack(mirror);
	await files.remove(dirty);
	const keptTips =
		wasCut || before === undefined
			? (await git.readRefs(mirror, keptPrefix)).size
			: before.keptTips + moved.kept.length;
	return {
		...moved,
		how: 'updated',
		received,
		hasNewTree:
			isHeadNew || before === undefined || moved.changes.some(({ref}) => ref === state.head),
		record: await describeMirror(tools, mirror, state, keptTips),
	};
};

const readState = async (job: MirrorJob): Promise<NewState> => {
	const advertisement = await job.readAdvertisement();
	const {refs} = advertisement;
	return {head: headOf(advertisement, job.mainBranch), refs, at: job.now()};
};

/** Brings the objects of upstream's state; asks for the state again where upstream moved on. */
const fetchState = async (
	git: Git,
	job: MirrorJob,
	current: TypedRefs,
	first: NewState,
): Promise<{state: NewState; received: number}> => {
	let known: NewState | undefined = first;
	return job.patiently(async () => {
		const state = known ?? (await readState(job));
		known = undefined;
		const wanted = findWanted(current, state.refs);
		const received =
			wanted.size === 0 ? 0 : await git.fetchObjects(job.mirror, job.url, wanted, job);
		return {state, received};
	});
};

/** Gives whether HEAD named another branch before. */
const pointHead = async (git: Git, mirror: string, head: string | undefined): Promise<boolean> => {
	const print = await git.readPrint(mirror);
	if (head === undefined || print?.head === `ref: ${head}`) {
		return false;
	}

	await git.setHead(mirror, head);
	return true;
};

const withoutTypes = (refs: TypedRefs): Refs =>
	new Map([...refs].map(([ref, {oid}]) => [ref, oid]));

/** Refs whose object may not be here yet. */
const findWanted = (current: TypedRefs, after: Refs): Refs => {
	const here = new Set([...current.values()].map(({oid}) => oid));
	return new Map([...after].filter(([, oid]) => !here.has(oid)));
};

const isAsRecorded = async (
	{git, digest}: MirrorTools,
	mirror: string,
	before: MirrorRecord,
	current: TypedRefs,
	state: NewState,
): Promise<boolean> => {
	const upstream = refsState(state.head, state.refs, digest).digest;
	const here = refsState(state.head, withoutTypes(current), digest).digest;
	const print = await git.readPrint(mirror);
	return (
		upstream === here &&
		upstream === before.refs.digest &&
		(state.head === undefined || print?.head === `ref: ${state.head}`)
	);
};

const asCreated = (refs: Refs): Moved['changes'] =>
	[...refs].map(([ref, to]) => ({ref, from: undefined, to, kind: 'created'}));

export const readPrint = async (git: Git, mirror: string): Promise<MirrorRecord['print']> => {
	const print = await git.readPrint(mirror);
	if (print === undefined) {
		throw new FailureError({kind: 'mirror-unusable', path: mirror, detail: 'it has no HEAD'});
	}

	return print;
};

const describeMirror = async (
	{git, files, digest}: MirrorTools,
	mirror: string,
	state: NewState,
	keptTips: number,
): Promise<MirrorRecord> => ({
	refs: refsState(state.head, state.refs, digest),
	print: await readPrint(git, mirror),
	changedAt: new Date(state.at).toISOString(),
	keptTips,
	size: await files.measure(mirror),
});
