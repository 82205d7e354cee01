import {keptPrefix} from '../../domain/history/history.ts';
import {dirtyFile, joinPath} from '../../domain/plan/layout.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import type {MirrorRecord} from '../../domain/record/record.ts';
import {refsState} from '../../domain/record/refs-digest.ts';
import type {Git, TypedRefs} from '../../ports/git.ts';
import {describeMirror, readStamp} from './describe-mirror.ts';
import {moveRefs, type NewState} from './keep-old-tips.ts';
import {askForState, type MirrorJob, type MirrorTools, type SavedMirror} from './mirror.ts';
import {pointHead} from './point-head.ts';
import {markDirty, repairCut} from './repair-cut.ts';

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
	const wasCut = await repairCut(tools, job);
	const current = wasCut || known === undefined ? await git.readRefs(mirror) : known;
	job.onProgress?.({stage: 'asking'});
	const first = await job.patiently(() => askForState(job));
	if (
		!wasCut &&
		before !== undefined &&
		(await isAsRecorded(tools, mirror, before, current, first))
	) {
		const print = await readStamp(git, mirror);
		return {
			how: 'same',
			changes: [],
			kept: [],
			received: 0,
			hasNewTree: false,
			record: {...before, print},
		};
	}

	await markDirty(tools, job);
	const {state, received} = await fetchState(git, job, current, first);
	job.onProgress?.({stage: 'keeping'});
	const moved = await moveRefs(git, mirror, current, state, run);
	const isHeadNew = await pointHead(git, mirror, state.head);
	await git.pack(mirror);
	await files.remove(joinPath(mirror, dirtyFile));
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

/** Brings the objects of upstream's state; asks for the state again where upstream moved on. */
const fetchState = async (
	git: Git,
	job: MirrorJob,
	current: TypedRefs,
	first: NewState,
): Promise<{state: NewState; received: number}> => {
	let known: NewState | undefined = first;
	return job.patiently(async () => {
		const state = known ?? (await askForState(job));
		known = undefined;
		const wanted = findWanted(current, state.refs);
		const received =
			wanted.size === 0 ? 0 : await git.fetchObjects(job.mirror, job.url, wanted, job);
		return {state, received};
	});
};

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
	const print = await git.readStamp(mirror);
	return (
		upstream === here &&
		upstream === before.refs.digest &&
		(state.head === undefined || print?.head === `ref: ${state.head}`)
	);
};

const withoutTypes = (refs: TypedRefs): Refs =>
	new Map([...refs].map(([ref, {oid}]) => [ref, oid]));
