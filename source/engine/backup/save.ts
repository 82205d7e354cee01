import {joinPath, recordFile} from '../../domain/plan/layout.ts';
import {type PlanItem, type SourcePlan, sizeToClone} from '../../domain/plan/plan.ts';
import {fullName} from '../../domain/plan/repository.ts';
import type {SavedRepository} from '../../domain/record/record.ts';
import {formatRecord} from '../../domain/record/record-file.ts';
import type {Outcome} from '../../domain/run/outcome.ts';
import {assertLockHeld} from '../assert-lock-held.ts';
import {runPool} from '../retry/pool.ts';
import type {SourceRun} from '../session.ts';
import {moveFolders} from './move-folders.ts';
import {outcomeOf} from './outcome-of.ts';
import {saveRepository} from './save-repository.ts';
import {watchSpace} from './space-watch.ts';

export type SaveOptions = {
	/** Git transfers at once. */
	readonly concurrency: number;
	/** When an earlier run last found something that is saved as it was upstream, RFC 3339. */
	readonly lastGood: (saved: SavedRepository) => string;
	/** `wasSeen`: the failure, if it is one, is of saving and was not known from looking. */
	readonly onOutcome: (repository: string, outcome: Outcome, wasSeen: boolean) => Promise<void>;
};

/**
 * Carries a plan out: folders first, then what is gone, then each repository by itself. Gives the
 * new names of the folders that were moved, by uuid.
 */
export const savePlan = async (
	source: SourceRun,
	plan: SourcePlan,
	options: SaveOptions,
): Promise<ReadonlyMap<string, string>> => {
	const {places, findObstacle} = await moveFolders(source, plan);
	tellRenames(source, plan);
	tellUnusualFolders(source, plan);
	await markGone(source, plan, places, options);
	const toSave: PlanItem[] = [];
	for (const planned of plan.items) {
		const failure = planned.failure ?? findObstacle(planned);
		const item: PlanItem = failure === undefined ? planned : {...planned, action: 'fail', failure};
		if (item.action === 'none') {
			const usesLfs = item.saved?.record.usesLfs ?? false;
			await options.onOutcome(fullName(item.repository), {result: 'unchanged', usesLfs}, true);
		} else {
			toSave.push(item);
		}
	}

	const lookAtSpace = watchSpace(source);
	await lookAtSpace(sizeToClone(toSave));
	await runPool(largestFirst(toSave), options.concurrency, async (item) => {
		const repository = fullName(item.repository);
		await lookAtSpace(sizeToClone([item]));
		const outcome = await saveItem(source, item, options.lastGood);
		await options.onOutcome(repository, outcome, item.failure === undefined);
	});
	return places;
};

/** The longest transfer is not begun last. */
const largestFirst = (items: readonly PlanItem[]): readonly PlanItem[] => {
	const weight = (item: PlanItem): number => sizeToClone([item]);
	return items.toSorted((left, right) => weight(right) - weight(left));
};

const saveItem = async (
	source: SourceRun,
	item: PlanItem,
	lastGood: SaveOptions['lastGood'],
): Promise<Outcome> => {
	const repository = fullName(item.repository);
	const good = item.saved === undefined ? undefined : lastGood(item.saved);
	if (item.failure !== undefined) {
		const attempts = item.look.state === 'failed' ? item.look.attempts : 1;
		return {result: 'failed', failure: item.failure, attempts, lastGood: good};
	}

	if (source.signal.aborted) {
		return {result: 'left-out'};
	}

	if (item.action !== 'record') {
		source.publish({
			type: 'repository-started',
			source: source.source.title,
			repository,
			...(item.action === 'clone'
				? {action: 'clone', size: item.repository.size}
				: {action: 'update'}),
		});
	}

	try {
		await assertLockHeld(source);
		return await saveRepository(source, item);
	} catch (error) {
		const outcome = await outcomeOf(error, source, good);
		await noteDamage(source, item, outcome);
		return outcome;
	}
};

/** A mirror that turned out to be unusable while it was worked on is looked through by the next run. */
const noteDamage = async (
	{files, folder}: SourceRun,
	{saved, folder: name}: PlanItem,
	outcome: Outcome,
): Promise<void> => {
	const isDamaged = outcome.result === 'failed' && outcome.failure.kind === 'mirror-unusable';
	if (isDamaged && saved !== undefined) {
		const damage = 'git could not work with its mirror';
		const text = formatRecord({...saved.record, damage});
		// The failure is told in any case, and a note that cannot be written adds nothing to it.
		await files.writeText(joinPath(folder, name, recordFile), text).catch(() => undefined);
	}
};

const tellRenames = ({source, publish}: SourceRun, {items}: SourcePlan): void => {
	for (const {repository, saved} of items) {
		const formerName = saved === undefined ? undefined : fullName(saved.record);
		if (formerName !== undefined && formerName !== fullName(repository)) {
			publish({
				type: 'repository-renamed',
				source: source.title,
				repository: fullName(repository),
				formerName,
			});
		}
	}
};

/** Said once, when a repository first gets a folder that is not called as it is. */
const tellUnusualFolders = ({source, publish}: SourceRun, {items}: SourcePlan): void => {
	for (const {repository, saved, folder, action} of items) {
		const {workspace, slug} = repository;
		if (action === 'clone' && saved === undefined && folder !== `${workspace}#${slug}`) {
			publish({
				type: 'noticed',
				source: source.title,
				text: `${fullName(repository)} is saved in "${folder}": a folder cannot have its name everywhere, or another has it.`,
			});
		}
	}
};

/** What a complete listing no longer holds is marked with the day; its backup stays where it is. */
const markGone = async (
	source: SourceRun,
	plan: SourcePlan,
	places: ReadonlyMap<string, string>,
	{lastGood, onOutcome}: SaveOptions,
): Promise<void> => {
	const goneSince = new Date(source.run.at).toISOString();
	for (const saved of plan.newlyGone) {
		const {folder, record} = saved;
		const place = places.get(record.uuid) ?? folder;
		const repository = fullName(record);
		try {
			await source.files.writeText(
				joinPath(source.folder, place, recordFile),
				formatRecord({...record, goneSince}),
			);
			source.publish({type: 'repository-gone', source: source.source.title, repository});
		} catch (error) {
			await onOutcome(repository, await outcomeOf(error, source, lastGood(saved)), true);
		}
	}
};
