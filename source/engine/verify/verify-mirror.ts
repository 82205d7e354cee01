import {failureOf} from '../../domain/failure/failure.ts';
import {
	historyRef,
	keptPrefix,
	parseRefs,
	type RecordedHistory,
} from '../../domain/history/history.ts';
import {parseKeptRef} from '../../domain/history/kept-ref.ts';
import {dirtyFile, joinPath, type MirrorName} from '../../domain/plan/layout.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import type {MirrorRecord} from '../../domain/record/record.ts';
import {isBranchOrTag} from '../../domain/record/ref-name.ts';
import type {Digest} from '../../domain/record/refs-digest.ts';
import {compareState} from '../../domain/verify/compare-state.ts';
import type {MirrorFinding} from '../../domain/verify/finding.ts';
import {findMissingTips} from '../../parts/code/find-missing-tips.ts';
import type {Files} from '../../ports/files.ts';
import type {Git, ObjectDamage} from '../../ports/git.ts';

export type VerifyMirrorTools = {
	readonly git: Git;
	readonly files: Files;
	readonly digest: Digest;
	readonly signal: AbortSignal;
};

export type MirrorToVerify = {
	readonly name: MirrorName;
	/** Absolute path. */
	readonly path: string;
	/** What is recorded of it, where its record can be read. */
	readonly record: MirrorRecord | undefined;
	/** Old tips that are known to be lost. */
	readonly lost: ReadonlySet<string>;
};

/** Everything that is wrong with a mirror. Reads all of it and writes nothing. */
export const verifyMirror = async (
	tools: VerifyMirrorTools,
	mirror: MirrorToVerify,
): Promise<readonly MirrorFinding[]> => {
	const {git, files} = tools;
	const {name, path} = mirror;
	if (!(await files.exists(path))) {
		return [{mirror: name, kind: 'mirror-missing'}];
	}

	const isBorrowed = await files.exists(joinPath(path, 'objects', 'info', 'alternates'));
	const borrowed: readonly MirrorFinding[] = isBorrowed
		? [{mirror: name, kind: 'objects-borrowed'}]
		: [];
	try {
		const tips = await git.readTips(path);
		const {damage, oddities} = await git.checkObjects(path, tools.signal);
		const states =
			damage === undefined
				? await verifyState(tools, mirror, tips)
				: [await tellDamage(tools, mirror, tips, damage)];
		return [...borrowed, ...states, ...tellOddities(name, oddities), ...findForeign(name, tips)];
	} catch (error) {
		tools.signal.throwIfAborted();
		return [...borrowed, unreadable(name, error)];
	}
};

/** Only what git calls damaged is: it may also have been killed, or lacked memory. */
const unreadable = (mirror: MirrorName, error: unknown): MirrorFinding => {
	const failure = failureOf(error);
	return failure.kind === 'mirror-unusable'
		? {mirror, kind: 'mirror-unreadable', detail: failure.detail}
		: {mirror, kind: 'not-checked', failure};
};

const tellDamage = async (
	{git, signal}: VerifyMirrorTools,
	{name, path}: MirrorToVerify,
	tips: Refs,
	damage: ObjectDamage,
): Promise<MirrorFinding> => {
	const broken = await git.findBroken(path, [...tips.values()], damage, signal);
	const affected = [...tips].filter(([, oid]) => broken.has(oid)).map(([ref, oid]) => ({ref, oid}));
	return {
		mirror: name,
		kind: 'objects-damaged',
		detail: damage.detail,
		refs: affected.filter(({ref}) => isBranchOrTag(ref)),
		kept: affected
			.filter(({ref}) => ref.startsWith(keptPrefix))
			.map(({ref, oid}) => ({...parseKeptRef(ref), oid})),
		history: affected.some(({ref}) => ref === historyRef),
	};
};

/** Are refs, old tips, history and record of one state? */
const verifyState = async (
	tools: VerifyMirrorTools,
	mirror: MirrorToVerify,
	tips: Refs,
): Promise<readonly MirrorFinding[]> => {
	const {git, files} = tools;
	const {name, path} = mirror;
	const isUnfinished =
		(await files.exists(joinPath(path, dirtyFile))) ||
		[...tips.keys()].some((ref) => /^refs\/cistern\/(pin|incoming)\//.test(ref));
	if (isUnfinished) {
		return [{mirror: name, kind: 'unfinished'}];
	}

	const last = await git.readLastHistory(path);
	if (last === undefined) {
		return [{mirror: name, kind: 'history-missing'}];
	}

	const head = (await git.readStamp(path))?.head.replace(/^ref: /, '');
	const refs = new Map([...tips].filter(([ref]) => isBranchOrTag(ref)));
	return [
		...compareState(name, parseRefs(last.refsText), {head, refs}),
		...compareRecord(tools, mirror, last),
		...(await verifyKept(tools, mirror, tips)),
	];
};

const compareRecord = (
	{digest}: VerifyMirrorTools,
	{name: mirror, record}: MirrorToVerify,
	last: RecordedHistory,
): readonly MirrorFinding[] => {
	if (record === undefined || digest(last.refsText) === record.refs.digest) {
		return [];
	}

	const recordedAt = record.changedAt;
	return Math.trunc(Date.parse(recordedAt) / 1000) * 1000 > last.at
		? [{mirror, kind: 'mirror-outdated', recordedAt, foundAt: new Date(last.at).toISOString()}]
		: [{mirror, kind: 'record-outdated'}];
};

const verifyKept = async (
	{git}: VerifyMirrorTools,
	{name: mirror, path, record, lost}: MirrorToVerify,
	tips: Refs,
): Promise<readonly MirrorFinding[]> => {
	const missing = await findMissingTips(git, path, tips);
	const recordedTips = record?.keptTips ?? 0;
	const foundTips = [...tips.keys()].filter((ref) => ref.startsWith(keptPrefix)).length;
	return missing.length === 0 && foundTips < recordedTips
		? [{mirror, kind: 'kept-fewer', recordedTips, foundTips}]
		: missing.map(({ref, oid, at}) => ({
				mirror,
				kind: lost.has(oid) ? 'kept-lost' : 'kept-missing',
				ref,
				oid,
				at,
			}));
};

/** Old tools wrote such objects: upstream has them too, and every copy does. */
const tellOddities = (mirror: MirrorName, oddities: readonly string[]): readonly MirrorFinding[] =>
	oddities[0] === undefined
		? []
		: [{mirror, kind: 'objects-odd', count: oddities.length, detail: oddities[0]}];

/** Another tool's mirror may have brought them along. They harm nobody. */
const findForeign = (mirror: MirrorName, tips: Refs): readonly MirrorFinding[] => {
	const prefixes = [...tips.keys()]
		.filter((ref) => !/^refs\/(heads|tags|cistern)\//.test(ref))
		.map((ref) => `${ref.split('/').slice(0, 2).join('/')}/`);
	return [...new Set(prefixes)].map((prefix) => ({mirror, kind: 'namespace-foreign', prefix}));
};
