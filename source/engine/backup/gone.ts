import {FailureError} from '../../domain/failure/failure.ts';
import {describeFailure, endsTheRun} from '../../domain/failure/failure-table.ts';
import {joinPath, ownFolder, trashFolder} from '../../domain/plan/layout.ts';
import type {SourcePlan} from '../../domain/plan/plan.ts';
import {isDueForRemoval, readyForTrash, trashName} from '../../domain/plan/removal.ts';
import {fullName} from '../../domain/plan/repository.ts';
import type {SavedRepository} from '../../domain/record/record.ts';
import type {RunLine} from '../../domain/run/run-line.ts';
import {writeRecord} from '../saved/saved-state.ts';
import type {Session} from '../session.ts';
import {judgeFailure, outcomeOf, type SaveOptions} from './outcome.ts';

type GoneOptions = SaveOptions & {
	/** New folders of repositories that were moved in this run, by uuid. */
	readonly places: ReadonlyMap<string, string>;
};

/** Marks each repository that a complete listing lacks for the first time; its backup stays. */
export const markGone = async (
	session: Session,
	plan: SourcePlan,
	{places, lastGood, onOutcome}: GoneOptions,
): Promise<void> => {
	const {files, folder, run, publish} = session;
	const goneSince = new Date(run.at).toISOString();
	const names = new Set(plan.items.map((item) => fullName(item.repository)));
	for (const saved of plan.newlyGone) {
		const {record} = saved;
		const place = places.get(record.uuid) ?? saved.folder;
		const repository = fullName(record);
		try {
			await writeRecord(files, joinPath(folder, place), {...record, goneSince});
			publish({
				type: 'repository-gone',
				repository,
				...(names.has(repository) ? {keptIn: place} : {}),
			});
		} catch (error) {
			await onOutcome(repository, await outcomeOf(error, session, lastGood(saved)), true);
		}
	}
};

/**
 * With `removeDeletedRepos`: moves repositories to the trash once they have been gone long enough,
 * and removes them for good after 30 days there. Does nothing after a listing that shrank. A
 * repository that cannot be moved stays where it is, and fails alone.
 */
export const removeGone = async (
	session: Session,
	{gone, shrinkage}: SourcePlan,
	options: GoneOptions & {readonly earlier: readonly RunLine[]},
): Promise<void> => {
	if (shrinkage !== undefined) {
		return;
	}

	const {places, earlier, lastGood, onOutcome} = options;
	await emptyTrash(session, earlier);
	const ready = readyForTrash(gone, earlier, session.run.at);
	if (ready.length === 0 || !(await makeTrash(session))) {
		return;
	}

	for (const saved of ready) {
		session.signal.throwIfAborted();
		try {
			await moveToTrash(session, saved, places.get(saved.record.uuid) ?? saved.folder);
		} catch (error) {
			const outcome = await outcomeOf(error, session, lastGood(saved));
			await onOutcome(fullName(saved.record), outcome, true);
		}
	}
};

const trashOf = ({folder}: Session): string => joinPath(folder, ownFolder, trashFolder);

/** Returns false if there is no trash to move anything to. */
const makeTrash = async (session: Session): Promise<boolean> => {
	try {
		await session.files.makeFolder(trashOf(session));
		return true;
	} catch (error) {
		const what = await describeTrouble(session, error);
		session.notice(
			`Repositories that have been gone from Bitbucket for long enough stay where they are: ${what}. See what is there, then move it away.`,
		);
		return false;
	}
};

const emptyTrash = async (session: Session, earlier: readonly RunLine[]): Promise<void> => {
	const {files, run} = session;
	for (const name of await listTrash(session)) {
		if (!isDueForRemoval(name, earlier, run.at)) {
			continue;
		}

		try {
			await files.remove(joinPath(trashOf(session), name));
		} catch (error) {
			await describeTrouble(session, error);
			session.notice(
				`${name} has been in the trash for 30 days and could not be removed. The next run tries again.`,
			);
		}
	}
};

const listTrash = async (session: Session): Promise<readonly string[]> => {
	try {
		return await session.files.listFolders(trashOf(session));
	} catch (error) {
		const what = await describeTrouble(session, error);
		session.notice(`The trash is not emptied: ${what}. Let this user read it.`);
		return [];
	}
};

/**
 * Nothing saved depends on the trash, so trouble with it is a notice. Throws a failure that ends the
 * run; gives the words of any other.
 */
const describeTrouble = async (session: Session, error: unknown): Promise<string> => {
	const failure = await judgeFailure(error, session);
	if (endsTheRun(failure)) {
		throw new FailureError(failure);
	}

	return describeFailure(failure).what;
};

const moveToTrash = async (
	session: Session,
	{record}: SavedRepository,
	name: string,
): Promise<void> => {
	const {files, folder, run, state, notice} = session;
	const target = joinPath(trashOf(session), trashName(name, run.name, run.at));
	await files.move(joinPath(folder, name), target);
	const {facts} = state;
	facts.noted = {...facts.noted, removed: [...facts.noted.removed, record.uuid]};
	notice(
		`${fullName(record)} has been gone from Bitbucket since ${record.goneSince}. It was moved to the trash and will be removed in 30 days.`,
	);
};
