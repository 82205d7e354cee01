import type {Failure} from '../../domain/failure/failure.ts';
import {joinPath, recordFile} from '../../domain/plan/layout.ts';
import type {PlanItem, SourcePlan} from '../../domain/plan/plan.ts';
import {fullName} from '../../domain/plan/repository.ts';
import type {SavedRepository} from '../../domain/record/record.ts';
import {formatRecord} from '../../domain/record/record-file.ts';
import type {Outcome} from '../../domain/run/outcome.ts';
import {asFailure} from '../effort/as-failure.ts';
import {AttemptsError} from '../effort/attempt.ts';
import {runPool} from '../effort/pool.ts';
import type {SourceRun} from '../run/source-run.ts';
import {saveRepository} from './save-repository.ts';

export type SaveOptions = {
	/** Git transfers at once. */
	readonly concurrency: number;
	/** When an earlier run last found something that is saved as it was upstream, RFC 3339. */
	readonly lastGood: (saved: SavedRepository) => string;
	/** `wasSeen`: the failure, if it is one, is of saving and was not known from looking. */
	readonly onOutcome: (repository: string, outcome: Outcome, wasSeen: boolean) => void;
};

/** Carries a plan out: folders first, then what is gone, then each repository by itself. */
export const savePlan = async (
	source: SourceRun,
	plan: SourcePlan,
	options: SaveOptions,
): Promise<void> => {
	await moveFolders(source, plan);
	tellRenames(source, plan);
	await markGone(source, plan);
	const toSave: PlanItem[] = [];
	for (const item of plan.items) {
		if (item.action === 'none') {
			const usesLfs = item.saved?.record.usesLfs ?? false;
			options.onOutcome(fullName(item.repository), {result: 'unchanged', usesLfs}, true);
		} else {
			toSave.push(item);
		}
	}

	await runPool(largestFirst(toSave), options.concurrency, async (item) => {
		const repository = fullName(item.repository);
		const outcome = await saveItem(source, item, options.lastGood);
		options.onOutcome(repository, outcome, item.failure === undefined);
	});
};

/** The longest transfer is not begun last. */
const largestFirst = (items: readonly PlanItem[]): readonly PlanItem[] => {
	const weight = ({action, repository}: PlanItem): number =>
		action === 'clone' ? repository.size : 0;
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
		return await saveRepository(source, item);
	} catch (error) {
		return outcomeOf(error, source, good);
	}
};

/** An interruption leaves a repository for next time; everything else is its own failure. */
const outcomeOf = (
	error: unknown,
	{signal, folder}: SourceRun,
	lastGood: string | undefined,
): Outcome => {
	if (signal.aborted) {
		return {result: 'left-out'};
	}

	const attempts = error instanceof AttemptsError ? error.attempts : 1;
	return {result: 'failed', failure: concerning(asFailure(error), folder), attempts, lastGood};
};

/** A full disk concerns the source's folder; which of git's files met it first helps nobody. */
const concerning = (failure: Failure, folder: string): Failure =>
	failure.kind === 'disk-full' ? {...failure, path: folder} : failure;

const moveFolders = async ({files, folder}: SourceRun, {moves}: SourcePlan): Promise<void> => {
	for (const {from, to} of moves) {
		await files.move(joinPath(folder, from), joinPath(folder, to));
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

/** What a complete listing no longer holds is marked with the day; its backup stays where it is. */
const markGone = async (source: SourceRun, plan: SourcePlan): Promise<void> => {
	const goneSince = new Date(source.run.at).toISOString();
	const moved = new Map(plan.moves.map(({uuid, to}) => [uuid, to]));
	for (const {folder, record} of plan.newlyGone) {
		const place = moved.get(record.uuid) ?? folder;
		await source.files.writeText(
			joinPath(source.folder, place, recordFile),
			formatRecord({...record, goneSince}),
		);
		source.publish({
			type: 'repository-gone',
			source: source.source.title,
			repository: fullName(record),
		});
	}
};
