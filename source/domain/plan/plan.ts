import type {Failure} from '../failure/failure.ts';
import type {
	ClosedFolder,
	OtherFolder,
	PartEntry,
	RepositoryRecord,
	SavedRepository,
} from '../record/record.ts';
import type {PlanCounts, Shrinkage} from '../run/events.ts';
import {type FolderMove, planFolders} from './plan-folders.ts';
import {fullName, type Repository} from './repository.ts';

/**
 * One part as it is upstream. `unknown`: asking failed, which is no failure of the repository.
 * `seen`: the part's own facts, for its `decide` and `save`.
 */
export type PartLook<Seen = unknown> =
	| {readonly state: 'not-asked'}
	| {readonly state: 'missing'}
	| {readonly state: 'unknown'; readonly failure: Failure}
	| {readonly state: 'seen'; readonly seen: Seen};

/** The result of looking at one repository. `parts`: by the part's name. */
export type Look =
	| {readonly state: 'failed'; readonly failure: Failure; readonly attempts: number}
	/** Put aside: it is looked at again after the others are saved. */
	| {readonly state: 'put-aside'; readonly failure: Failure; readonly attempts: number}
	| {readonly state: 'seen'; readonly parts: Readonly<Record<string, PartLook>>};

export type Looked = {readonly repository: Repository; readonly look: Look};

/** `record`: only the record is written anew, without a git process. */
export type PartAction = 'none' | 'record' | 'update' | 'clone';

/** An action and its reason, in words for the plan. */
export type PartDecision = {readonly action: PartAction; readonly reason: string};

/** The side of a part that the plan needs. */
export type PartRules = {
	readonly name: string;
	/**
	 * Pure. `before`: the decision about the repository itself, the first part. Undefined for that
	 * part.
	 */
	decide(
		known: PartEntry | undefined,
		look: PartLook,
		before: PartDecision | undefined,
	): PartDecision;
	/** Is upstream as the entry says? Pure; for `verify --remote`. */
	isAsUpstream(known: PartEntry | undefined, look: PartLook): boolean;
};

export type Decision = {
	readonly action: PartAction | 'fail' | 'look-again';
	readonly reason: string;
	/** With the action `fail`. */
	readonly failure?: Failure;
	/** The action of each part, by its name. Empty with the actions `fail` and `look-again`. */
	readonly parts: Readonly<Record<string, PartAction>>;
};

/** A repository in scope and the decision about it. */
export type PlanItem = {
	readonly repository: Repository;
	readonly folder: string;
	readonly saved: SavedRepository | undefined;
	readonly look: Look;
	/** Only if it is so: the folder comes from an older backup, without a record. */
	readonly isUnrecorded?: true;
} & Decision;

export type SourcePlan = {
	readonly items: readonly PlanItem[];
	readonly moves: readonly FolderMove[];
	/** Missing from this complete listing and not marked yet. */
	readonly newlyGone: readonly SavedRepository[];
	/** Everything in scope that upstream no longer has. */
	readonly gone: readonly SavedRepository[];
	readonly shrinkage: Shrinkage | undefined;
};

/** Uuids. Those of a repository that another run works on may be left out, and count. */
type Listed = Pick<ReadonlySet<string>, 'has' | 'size'>;

export type PlanInput = {
	readonly parts: readonly PartRules[];
	readonly looked: readonly Looked[];
	/** Uuids of everything that the workspace listed, in scope or not. */
	readonly listed: Listed;
	readonly saved: readonly SavedRepository[];
	/** Folders with content and without a record. */
	readonly unrecorded: readonly string[];
	readonly closed: readonly ClosedFolder[];
	readonly copies: readonly OtherFolder[];
	/** Did every page of the listing arrive? Otherwise nothing is gone. */
	readonly isComplete: boolean;
	readonly isInScope: (slug: string) => boolean;
	/** Repositories in scope that other shards keep, for the judgement of the listing. */
	readonly elsewhere?: Elsewhere | undefined;
};

/** `known`: those that are not gone. `missing`: those of them that the listing lacks. */
export type Elsewhere = {readonly known: number; readonly missing: readonly Missing[]};

export type Missing = Pick<RepositoryRecord, 'workspace' | 'slug' | 'isPrivate'>;

/** Everything that a run will do for a source: a pure function of looks and records. */
export const makePlan = (input: PlanInput): SourcePlan => {
	const {looked, listed, saved, isComplete, isInScope} = input;
	const {folders, moves} = planFolders(
		looked.map(({repository}) => repository),
		saved,
		[
			...input.unrecorded.map((folder) => ({folder, uuid: undefined})),
			...input.closed,
			...input.copies,
		],
	);
	const byUuid = new Map(saved.map((one) => [one.record.uuid, one]));
	const unrecorded = new Set(input.unrecorded);
	const items = looked.map(({repository, look}): PlanItem => {
		const folder = folders.get(repository.uuid) ?? '';
		const known = byUuid.get(repository.uuid);
		const closed =
			known === undefined ? findClosed(input.closed, folder, repository.uuid) : undefined;
		const decision =
			closed === undefined
				? decide(input.parts, repository, known, look, unrecorded.has(folder))
				: leaveAlone(closed);
		return {
			repository,
			folder,
			saved: known,
			look,
			...(unrecorded.has(folder) ? {isUnrecorded: true} : {}),
			...decision,
		};
	});

	const inScope = saved.filter(({record}) => isInScope(record.slug));
	const before = inScope.filter(({record}) => record.goneSince === undefined);
	const shrinkage = isComplete ? findShrinkage(before, listed, input.elsewhere) : undefined;
	const newlyGone =
		isComplete && shrinkage === undefined
			? before.filter(({record}) => !listed.has(record.uuid))
			: [];
	const goneBefore = inScope.filter(
		({record}) => record.goneSince !== undefined && !listed.has(record.uuid),
	);
	return {items, moves, newlyGone, gone: [...goneBefore, ...newlyGone], shrinkage};
};

/** A closed folder that belongs to this repository. */
const findClosed = (
	closed: readonly ClosedFolder[],
	folder: string,
	uuid: string,
): ClosedFolder | undefined =>
	closed.find((one) => (one.uuid === undefined ? one.folder === folder : one.uuid === uuid));

const leaveAlone = ({failure}: ClosedFolder): Decision => ({
	action: 'fail',
	reason:
		failure.kind === 'record-newer'
			? 'its record was written by a newer Cistern'
			: 'its folder or its record cannot be used',
	failure,
	parts: {},
});

/** The decision about one repository, from its look and its record. */
export const decide = (
	parts: readonly PartRules[],
	repository: Repository,
	saved: SavedRepository | undefined,
	look: Look,
	hasUnrecordedFolder: boolean,
): Decision => {
	if (look.state === 'failed') {
		const {failure} = look;
		return {action: 'fail', reason: 'it could not be looked at', failure, parts: {}};
	}

	if (look.state === 'put-aside') {
		return {action: 'look-again', reason: 'it gave no good answer yet', parts: {}};
	}

	const decisions: PartDecision[] = [];
	for (const part of parts) {
		const known = saved?.record.parts[part.name];
		const seen = look.parts[part.name] ?? {state: 'not-asked'};
		decisions.push(part.decide(known, seen, decisions[0]));
	}

	const actions = Object.fromEntries(
		parts.map(({name}, index) => [name, decisions[index]?.action ?? 'none']),
	);
	if (saved === undefined) {
		return hasUnrecordedFolder
			? {action: 'update', reason: 'an older backup lies here and is taken over', parts: actions}
			: {action: 'clone', reason: 'new', parts: actions};
	}

	return {
		...mostUrgent([...decisions, decideOnRecord(saved, repository)]),
		parts: actions,
	};
};

const mostUrgent = (decisions: readonly PartDecision[]): PartDecision =>
	decisions.find(({action}) => action === 'clone' || action === 'update') ??
	decisions.find(({action}) => action === 'record') ?? {action: 'none', reason: 'unchanged'};

const decideOnRecord = ({record}: SavedRepository, repository: Repository): PartDecision => {
	if (record.goneSince !== undefined) {
		return {action: 'record', reason: 'it is back upstream'};
	}

	return fullName(record) === fullName(repository) && record.isPrivate === repository.isPrivate
		? {action: 'none', reason: 'unchanged'}
		: {action: 'record', reason: 'its name or visibility changed'};
};

/** Up to this many may vanish between two listings before the listing is doubted. */
const fewMissing = 2;
const suspiciousShare = 0.1;
const mostNamed = 20;

/**
 * Finds out whether a listing is so short that it proves nothing. `before`: the repositories in
 * scope that were there at the last complete listing. If more than a tenth and more than two of them
 * are missing, or all, the token may see less or Bitbucket may have an outage.
 */
const findShrinkage = (
	before: readonly SavedRepository[],
	listed: Listed,
	elsewhere: Elsewhere = {known: 0, missing: []},
): Shrinkage | undefined => {
	const expected = before.length + elsewhere.known;
	const missing: readonly Missing[] = [
		...before.filter(({record}) => !listed.has(record.uuid)).map(({record}) => record),
		...elsewhere.missing,
	];
	const isEmpty = before.length > 0 && listed.size === 0;
	const isShort = missing.length > fewMissing && missing.length > expected * suspiciousShare;
	return isEmpty || isShort
		? {
				expected,
				found: expected - missing.length,
				missing: missing.slice(0, mostNamed).map(fullName),
				missingCount: missing.length,
				missingPrivate: missing.filter(({isPrivate}) => isPrivate).length,
			}
		: undefined;
};

const isRefused = ({failure}: PlanItem): boolean => failure?.kind === 'address-refused';

export const countPlan = ({items, gone}: SourcePlan): PlanCounts => {
	const count = (...actions: readonly PlanItem['action'][]): number =>
		items.filter(({action}) => actions.includes(action)).length;
	const refused = items.filter(isRefused).length;
	const later = count('look-again');
	return {
		new: count('clone'),
		changed: count('update'),
		unchanged: count('none', 'record'),
		gone: gone.length,
		refused,
		failed: count('fail') - refused,
		...(later === 0 ? {} : {later}),
	};
};

/** Bytes that first copies will bring, as Bitbucket counts them. The size of updates is unknown. */
export const sizeToClone = (items: readonly PlanItem[]): number =>
	items.reduce((sum, {action, repository}) => sum + (action === 'clone' ? repository.size : 0), 0);
