import {FailureError} from '../../domain/failure/failure.ts';
import {describeFailure, endsTheRun} from '../../domain/failure/failure-table.ts';
import {joinPath, ownFolder, trashFolder} from '../../domain/plan/layout.ts';
import type {SourcePlan} from '../../domain/plan/plan.ts';
import {isDueForRemoval, readyForTrash, trashName} from '../../domain/plan/removal.ts';
import {fullName} from '../../domain/plan/repository.ts';
import type {SavedRepository} from '../../domain/record/record.ts';
import type {RunLine} from '../../domain/run/run-line.ts';
import type {SourceRun} from '../session.ts';
import {judgeFailure} from './judge-failure.ts';
import {outcomeOf} from './outcome-of.ts';
import type {SaveOptions} from './save.ts';

type GoneOptions = Pick<SaveOptions, 'lastGood' | 'onOutcome'> & {
	/** New folders of those that stepped aside in this run, by uuid. */
	readonly places: ReadonlyMap<string, string>;
	readonly earlier: readonly RunLine[];
};

/**
 * For who set `removeDeletedRepos`: moves to the trash what has been gone for long enough, and
 * empties the trash of what has lain there for 30 days. Nothing where the listing shrank. What
 * cannot be moved stays where it is, and fails alone.
 */
export const removeGone = async (
	source: SourceRun,
	{gone, shrinkage}: SourcePlan,
	{places, earlier, lastGood, onOutcome}: GoneOptions,
): Promise<void> => {
	if (shrinkage !== undefined) {
		return;
	}

	const {run, signal} = source;
	await emptyTrash(source, earlier);
	const ready = readyForTrash(gone, earlier, run.at);
	if (ready.length === 0 || !(await makeTrash(source))) {
		return;
	}

	for (const saved of ready) {
		signal.throwIfAborted();
		try {
			await moveToTrash(source, saved, places.get(saved.record.uuid) ?? saved.folder);
		} catch (error) {
			const outcome = await outcomeOf(error, source, lastGood(saved));
			await onOutcome(fullName(saved.record), outcome, true);
		}
	}
};

const trashOf = ({folder}: SourceRun): string => joinPath(folder, ownFolder, trashFolder);

/** Where it cannot be made, nothing is removed. */
const makeTrash = async (work: SourceRun): Promise<boolean> => {
	try {
		await work.files.makeFolder(trashOf(work));
		return true;
	} catch (error) {
		await tell(
			work,
			error,
			(what) =>
				`What has been gone from Bitbucket for long enough stays where it is: ${what}. Look what lies there, and move it away.`,
		);
		return false;
	}
};

const emptyTrash = async (work: SourceRun, earlier: readonly RunLine[]): Promise<void> => {
	const {files, run} = work;
	for (const name of await listTrash(work)) {
		if (!isDueForRemoval(name, earlier, run.at)) {
			continue;
		}

		try {
			await files.remove(joinPath(trashOf(work), name));
		} catch (error) {
			await tell(
				work,
				error,
				() =>
					`${name} has been in the trash for 30 days and could not be removed. The next run tries again.`,
			);
		}
	}
};

const listTrash = async (work: SourceRun): Promise<readonly string[]> => {
	try {
		return await work.files.listFolders(trashOf(work));
	} catch (error) {
		await tell(
			work,
			error,
			(what) => `What lies in the trash stays there: ${what}. Let this user look into it.`,
		);
		return [];
	}
};

/** Nothing that is saved depends on the trash: what is wrong there is said once, and no failure. */
const tell = async (
	work: SourceRun,
	error: unknown,
	say: (what: string) => string,
): Promise<void> => {
	const failure = await judgeFailure(error, work);
	if (endsTheRun(failure)) {
		throw new FailureError(failure);
	}

	const text = say(describeFailure(failure).what);
	work.publish({type: 'noticed', source: work.source.title, text});
};

const moveToTrash = async (
	work: SourceRun,
	{record}: SavedRepository,
	name: string,
): Promise<void> => {
	const {source, files, folder, run, publish} = work;
	const trash = trashOf(work);
	await files.move(joinPath(folder, name), joinPath(trash, trashName(name, run.name, run.at)));
	publish({
		type: 'noticed',
		source: source.title,
		text: `${fullName(record)} has been gone from Bitbucket since ${record.goneSince}. It was moved to the trash and will be removed in 30 days.`,
	});
};
