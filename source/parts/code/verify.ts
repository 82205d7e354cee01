import {failureOf} from '../../domain/failure/failure.ts';
import {
	compareRefs,
	historyRef,
	keptPrefix,
	parseKeptRef,
	parseRefs,
	pinPrefix,
	type RecordedHistory,
} from '../../domain/history/history.ts';
import {dirtyFile, joinPath} from '../../domain/plan/layout.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import {isMirrored} from '../../domain/record/ref-name.ts';
import {findForeignFiles} from '../../domain/verify/file-findings.ts';
import type {MirrorFinding} from '../../domain/verify/finding.ts';
import type {ObjectDamage} from '../../ports/git.ts';
import type {PartCopy} from '../part.ts';
import {findMissingTips} from './keep-old-tips.ts';
import {isShallow} from './mirror.ts';
import type {MirrorCopy} from './read-state.ts';

/** `lost`: kept tips that are known to be lost since a damaged copy was replaced. */
type MirrorToVerify = MirrorCopy & {readonly lost: ReadonlySet<string>};

/** Finds everything that is wrong with a mirror. Reads all of it and writes nothing. */
export const verifyMirror = async (
	tools: PartCopy,
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
				: [await describeDamage(tools, mirror, tips, damage)];
		const isCut = await isShallow(files, path);
		return [
			...borrowed,
			...states,
			...(isCut ? [{mirror: name, kind: 'history-cut'} as const] : []),
			...findOddities(name, oddities),
			...findForeignFiles(name, await git.findForeign(path)),
		];
	} catch (error) {
		tools.signal.throwIfAborted();
		return [...borrowed, describeUnreadable(name, error)];
	}
};

/** Only a mirror that git itself calls unusable is damaged: git may also lack memory or be killed. */
const describeUnreadable = (mirror: string, error: unknown): MirrorFinding => {
	const failure = failureOf(error);
	return failure.kind === 'mirror-unusable'
		? {mirror, kind: 'mirror-unreadable', detail: failure.detail}
		: {mirror, kind: 'not-checked', failure};
};

const describeDamage = async (
	{git, signal}: PartCopy,
	{name, path}: MirrorToVerify,
	tips: Refs,
	damage: ObjectDamage,
): Promise<MirrorFinding> => {
	const known = {whole: [], damaged: damage.oids};
	const broken = await git.findBroken(path, [...new Set(tips.values())], known, signal);
	const affected = [...tips].filter(([, oid]) => broken.has(oid)).map(([ref, oid]) => ({ref, oid}));
	return {
		mirror: name,
		kind: 'objects-damaged',
		detail: damage.detail,
		refs: affected.filter(({ref}) => isMirrored(ref)),
		kept: affected
			.filter(({ref}) => ref.startsWith(keptPrefix))
			.map(({ref, oid}) => ({...parseKeptRef(ref), oid})),
		history: affected.some(({ref}) => ref === historyRef),
	};
};

/** Do refs, kept tips, history and record describe one state? */
const verifyState = async (
	tools: PartCopy,
	mirror: MirrorToVerify,
	tips: Refs,
): Promise<readonly MirrorFinding[]> => {
	const {git, files} = tools;
	const {name, path} = mirror;
	const isUnfinished =
		(await files.exists(joinPath(path, dirtyFile))) ||
		[...tips.keys()].some((ref) => ref.startsWith(pinPrefix));
	if (isUnfinished) {
		return [{mirror: name, kind: 'unfinished'}];
	}

	const last = await git.readLastHistory(path);
	if (last === undefined) {
		return [{mirror: name, kind: 'history-missing'}];
	}

	const head = (await git.readStamp(path))?.head.replace(/^ref: /, '');
	const refs = new Map([...tips].filter(([ref]) => isMirrored(ref)));
	return [
		...compareState(name, parseRefs(last.refsText), {head, refs}),
		...compareRecord(tools, mirror, last),
		...(await verifyKeptTips(tools, mirror, tips)),
	];
};

type HeadAndRefs = {readonly head: string | undefined; readonly refs: Refs};

/** Compares the state that the history recorded last with the refs of the mirror. */
const compareState = (
	mirror: string,
	recorded: HeadAndRefs,
	found: HeadAndRefs,
): readonly MirrorFinding[] => [
	...(recorded.head === undefined || recorded.head === found.head
		? []
		: [{mirror, kind: 'head-changed', recorded: recorded.head, found: found.head ?? ''} as const]),
	...findForeign(mirror, recorded.refs, found.refs),
	...compareRefs(recorded.refs, found.refs).flatMap(({ref, from, to}): MirrorFinding[] => {
		if (from === undefined && !isBranchOrTag(ref)) {
			return [];
		}

		if (from !== undefined && to !== undefined) {
			return [{mirror, kind: 'ref-changed', ref, recorded: from, found: to}];
		}

		return from === undefined
			? [{mirror, kind: 'ref-foreign', ref, oid: to ?? ''}]
			: [{mirror, kind: 'ref-missing', ref, oid: from}];
	}),
];

const compareRecord = (
	{digest}: PartCopy,
	{name: mirror, record}: MirrorToVerify,
	last: RecordedHistory,
): readonly MirrorFinding[] => {
	if (record === undefined || digest(last.refsText) === record.refs.digest) {
		return [];
	}

	const recordedAt = record.changedAt;
	// The history counts whole seconds.
	return Math.trunc(Date.parse(recordedAt) / 1000) * 1000 > last.at
		? [{mirror, kind: 'mirror-outdated', recordedAt, foundAt: new Date(last.at).toISOString()}]
		: [{mirror, kind: 'record-outdated'}];
};

const verifyKeptTips = async (
	{git}: PartCopy,
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

/** Old tools wrote such objects, and upstream has the same ones. */
const findOddities = (mirror: string, oddities: readonly string[]): readonly MirrorFinding[] =>
	oddities[0] === undefined
		? []
		: [{mirror, kind: 'objects-odd', count: oddities.length, detail: oddities[0]}];

/** Unrecorded refs beside branches and tags are harmless; another tool's mirror has them. */
const findForeign = (mirror: string, recorded: Refs, found: Refs): readonly MirrorFinding[] => {
	const prefixes = [...found.keys()]
		.filter((ref) => !recorded.has(ref) && !isBranchOrTag(ref))
		.map((ref) => `${ref.split('/').slice(0, 2).join('/')}/`);
	return [...new Set(prefixes)].map((prefix) => ({mirror, kind: 'namespace-foreign', prefix}));
};

const isBranchOrTag = (ref: string): boolean => /^refs\/(?:heads|tags)\//.test(ref);
