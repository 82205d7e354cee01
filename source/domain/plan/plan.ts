import type {ClosedFolder, OtherFolder, SavedRepository} from '../record/record.ts';
import type {PlanCounts, Shrinkage} from '../run/events.ts';
import {type Decision, decide, leaveAlone, type PlannedAction} from './decide.ts';
import type {Look, Looked} from './look.ts';
import {type FolderMove, planFolders} from './plan-folders.ts';
import type {Repository} from './repository.ts';
import {findShrinkage} from './shrinkage.ts';

/** A repository in scope, and what is to be done for it. */
export type PlanItem = {
	readonly repository: Repository;
	readonly folder: string;
	readonly saved: SavedRepository | undefined;
	readonly look: Look;
} & Decision;

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
