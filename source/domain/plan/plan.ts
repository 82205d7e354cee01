import type {Failure} from '../failure/failure.ts';
import {
	type ClosedFolder,
	equalPrints,
	type MirrorPrint,
	type OtherFolder,
	type RefsState,
	type SavedRepository,
	type WikiRecord,
} from '../record/record.ts';
import type {PlanCounts, Shrinkage} from '../run/events.ts';
import {type FolderMove, planFolders} from './plan-folders.ts';
import {fullName, type Repository} from './repository.ts';
import {findShrinkage} from './shrinkage.ts';

/** What was seen of a wiki upstream. `unknown`: it could not be asked; never an error. */
export type WikiLook =
	| {readonly state: 'not-asked'}
	| {readonly state: 'missing'}
	| {readonly state: 'unknown'; readonly failure: Failure}
	| {readonly state: 'seen'; readonly refs: RefsState};

/** What one look at a repository gave: upstream's refs, and what its mirror's files look like. */
export type Look =
	| {readonly state: 'failed'; readonly failure: Failure; readonly attempts: number}
	| {
			readonly state: 'seen';
			readonly refs: RefsState;
			readonly print: MirrorPrint | undefined;
			readonly wiki: WikiLook;
			readonly wikiPrint: MirrorPrint | undefined;
	  };

export type Looked = {readonly repository: Repository; readonly look: Look};

export type PlannedAction = 'none' | 'record' | 'update' | 'clone' | 'fail';

/** What is to be done for one repository, and why, for a person who asks for the plan. */
export type PlanItem = {
	readonly repository: Repository;
	readonly folder: string;
	readonly saved: SavedRepository | undefined;
	readonly look: Look;
	/** `record`: only the record has to be written anew; no git process. */
	readonly action: PlannedAction;
	readonly reason: string;
	/** Why nothing can be done, where that is so. */
	readonly failure?: Failure;
};

export type SourcePlan = {
	readonly items: readonly PlanItem[];
	readonly moves: readonly FolderMove[];
	/** Missing from this complete listing and not marked yet. */
	readonly newlyGone: readonly SavedRepository[];
	/** All in scope that upstream has no more. */
	readonly gone: readonly SavedRepository[];
	readonly shrinkage: Shrinkage | undefined;
};

export type PlanInput = {
	readonly looked: readonly Looked[];
	/** Uuids of all that the workspace listed, in scope or not. */
	readonly listed: ReadonlySet<string>;
	readonly saved: readonly SavedRepository[];
	/** Folders in which something lies that has no record yet. */
	readonly unrecorded: readonly string[];
	readonly closed: readonly ClosedFolder[];
	readonly copies: readonly OtherFolder[];
	/** Did every page of the listing arrive? Nothing is gone otherwise. */
	readonly isComplete: boolean;
	readonly isInScope: (slug: string) => boolean;
};

/** Everything that a run will do for a source: a pure function of what was seen and recorded. */
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
	const items = looked.map(({repository, look}) => {
		const folder = folders.get(repository.uuid) ?? '';
		const known = byUuid.get(repository.uuid);
		const closed =
			known === undefined ? findClosed(input.closed, folder, repository.uuid) : undefined;
		const decision =
			closed === undefined
				? decide(repository, known, look, unrecorded.has(folder))
				: leaveAlone(closed);
		return {repository, folder, saved: known, look, ...decision};
	});

	const inScope = saved.filter(({record}) => isInScope(record.slug));
	const before = inScope.filter(({record}) => record.goneSince === undefined);
	const shrinkage = isComplete ? findShrinkage(before, listed) : undefined;
	const newlyGone =
		isComplete && shrinkage === undefined
			? before.filter(({record}) => !listed.has(record.uuid))
			: [];
	const goneBefore = inScope.filter(
		({record}) => record.goneSince !== undefined && !listed.has(record.uuid),
	);
	return {items, moves, newlyGone, gone: [...goneBefore, ...newlyGone], shrinkage};
};

/** A folder that belongs to this repository, though it must be left alone. */
const findClosed = (
	closed: readonly ClosedFolder[],
	folder: string,
	uuid: string,
): ClosedFolder | undefined =>
	closed.find((one) => (one.uuid === undefined ? one.folder === folder : one.uuid === uuid));

type Decision = Pick<PlanItem, 'action' | 'reason' | 'failure'>;

const leaveAlone = ({failure}: ClosedFolder): Decision => ({
	action: 'fail',
	reason:
		failure.kind === 'record-newer'
			? 'its record was written by a newer Cistern'
			: 'its record cannot be read',
	failure,
});

const decide = (
	repository: Repository,
	saved: SavedRepository | undefined,
	look: Look,
	hasUnrecordedFolder: boolean,
): Decision => {
	if (look.state === 'failed') {
		return {action: 'fail', reason: 'it could not be looked at', failure: look.failure};
	}

	if (saved === undefined) {
		return hasUnrecordedFolder
			? {action: 'update', reason: 'an older backup lies here and is taken over'}
			: {action: 'clone', reason: 'new'};
	}

	if (look.print === undefined) {
		return {action: 'clone', reason: 'its mirror is not there any more'};
	}

	return decideKnown(repository, saved, look, look.print);
};

const decideKnown = (
	repository: Repository,
	{record}: SavedRepository,
	look: Extract<Look, {state: 'seen'}>,
	print: MirrorPrint,
): Decision => {
	if (record.damage !== undefined) {
		return {action: 'update', reason: 'its mirror is marked as damaged'};
	}

	if (record.repo.refs.digest !== look.refs.digest) {
		return {action: 'update', reason: 'its branches or tags changed'};
	}

	if (!equalPrints(record.repo.print, print)) {
		return {action: 'update', reason: "the mirror's files changed since they were recorded"};
	}

	const wiki = decideWiki(record.wiki, look);
	if (wiki !== undefined) {
		return wiki;
	}

	if (record.goneSince !== undefined) {
		return {action: 'record', reason: 'it is back upstream'};
	}

	return fullName(record) === fullName(repository) && record.isPrivate === repository.isPrivate
		? {action: 'none', reason: 'unchanged'}
		: {action: 'record', reason: 'its name or visibility changed'};
};

const decideWiki = (
	record: WikiRecord | undefined,
	{wiki, wikiPrint}: Extract<Look, {state: 'seen'}>,
): Decision | undefined => {
	if (wiki.state === 'missing') {
		return {action: 'record', reason: 'its wiki is not there upstream'};
	}

	if (wiki.state !== 'seen') {
		return undefined;
	}

	if (record?.state !== 'saved') {
		return {action: 'update', reason: 'it has a wiki'};
	}

	if (record.damage !== undefined) {
		return {action: 'update', reason: 'its wiki is marked as damaged'};
	}

	const isSame =
		record.mirror.refs.digest === wiki.refs.digest &&
		wikiPrint !== undefined &&
		equalPrints(record.mirror.print, wikiPrint);
	return isSame ? undefined : {action: 'update', reason: 'its wiki changed'};
};

const isRefused = ({failure}: PlanItem): boolean => failure?.kind === 'address-refused';

export const countPlan = ({items, gone}: SourcePlan): PlanCounts => {
	const count = (...actions: readonly PlannedAction[]): number =>
		items.filter(({action}) => actions.includes(action)).length;
	const refused = items.filter(isRefused).length;
	return {
		new: count('clone'),
		changed: count('update'),
		unchanged: count('none', 'record'),
		gone: gone.length,
		refused,
		failed: count('fail') - refused,
	};
};

/** Bytes that first copies will bring, as Bitbucket counts them; what updates bring is not known. */
export const sizeToClone = (items: readonly PlanItem[]): number =>
	items.reduce((sum, {action, repository}) => sum + (action === 'clone' ? repository.size : 0), 0);
