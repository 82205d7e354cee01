import {FailureError, failureOf} from '../../domain/failure/failure.ts';
import {endsTheRun} from '../../domain/failure/failure-table.ts';
import type {SourcePlan} from '../../domain/plan/plan.ts';
import {fullName} from '../../domain/plan/repository.ts';
import {mainEntry, type SavedRepository} from '../../domain/record/record.ts';
import type {SourceReport} from '../../domain/run/events.ts';
import type {Outcome} from '../../domain/run/outcome.ts';
import {lastGood, type RunLine} from '../../domain/run/run-line.ts';
import {isComplete} from '../../domain/run/source-report.ts';
import {countOutcome} from '../../domain/run/source-state.ts';
import type {Source} from '../../domain/settings/settings.ts';
import {readRuns} from '../saved/saved-state.ts';
import {holdingSource, openSession, type Run, type Session} from '../session.ts';
import {awaitFollowUps, beginFollowUps, isFollowed, offerFollowUps} from './follow-ups.ts';
import {removeGone} from './gone.ts';
import {noteInventory} from './inventory.ts';
import {hastyTurn, lookAndPlan} from './look.ts';
import {type BackupMissing, rememberComplete} from './lost-backup.ts';
import {appendRun, makeReport} from './report.ts';
import {savePlan} from './save.ts';
import {patientTurn} from './work.ts';

/**
 * Backs up one source: lock, look, save, record. Never throws because of the source or its
 * repositories; the report says how they went.
 */
export const backUpSource = async (
	run: Run,
	source: Source,
	lost?: BackupMissing,
): Promise<SourceReport> => {
	const session = openSession(run, source);
	const {files, folder, clock} = session;
	const started = clock.elapsed();
	const report = (earlier: readonly RunLine[]): SourceReport =>
		makeReport(session, clock.elapsed() - started, earlier);
	publishStart(session);
	if (lost !== undefined) {
		return reportLost(session, lost);
	}

	/** Nothing that was begun goes on after the work on the source. */
	const ended = new AbortController();
	try {
		return await holdingSource(session, async () => {
			session.publish({type: 'folder-held'});
			await session.keeper?.open();
			const {lines: earlier} = await readRuns(files, folder);
			const note = async (isLast: boolean): Promise<SourceReport> => {
				session.state.facts.free = await files.readFreeSpace(folder).catch(() => undefined);
				const result = report(earlier);
				await session.assertLockHeld();
				await appendRun(session, result);
				await session.keeper?.settle({isComplete: isComplete(result), isLast});
				return result;
			};
			awaitFollowUps(session);
			offerFollowUps(session, earlier);
			const follow = beginFollowUps({
				...session,
				signal: AbortSignal.any([session.signal, ended.signal]),
			});
			const plan = await lookAndSave(session, earlier).catch((error: unknown) =>
				recordEarlyEnd(session, error),
			);
			const followed = isFollowed(session) ? plan : undefined;
			let result = await note(followed === undefined);
			if (followed !== undefined) {
				await follow(followed).catch((error: unknown) => recordEarlyEnd(session, error));
				result = await note(true);
			}

			await rememberComplete(session, result);
			return result;
		});
	} catch (error) {
		recordEarlyEnd(session, error);
		session.state.facts.uncounted = session.keeper?.countOpen() ?? 0;
		const earlier = await readRuns(files, folder).catch(() => undefined);
		return report(earlier?.lines ?? []);
	} finally {
		ended.abort();
	}
};

const publishStart = ({source, folder, state: {store}, publish}: Session): void =>
	publish({type: 'source-started', workspace: source.workspace, folder, store});

type PlannedSource = {
	/** Undefined if the source could not be looked at; the report says why. */
	readonly plan: SourcePlan | undefined;
	readonly report: SourceReport;
};

/** Finds out what a backup of a source would do. Writes nothing, so it needs no lock. */
export const planSource = async (
	run: Run,
	source: Source,
	lost?: BackupMissing,
): Promise<PlannedSource> => {
	const session = openSession(run, source);
	const {folder, state} = session;
	publishStart(session);
	if (lost !== undefined) {
		return {plan: undefined, report: reportLost(session, lost)};
	}

	let plan: SourcePlan | undefined;
	try {
		const {lines: earlier} = await readRuns(session.files, folder);
		plan = await lookAndPlan(session, patientTurn, earlier);
		for (const {repository, failure} of plan.items) {
			if (failure?.kind === 'rate-limited') {
				state.facts.problem ??= failure;
				countOutcome(state, fullName(repository), {result: 'left-out'});
			} else if (failure !== undefined) {
				const outcome = {result: 'failed', failure, attempts: 0, lastGood: undefined} as const;
				countOutcome(state, fullName(repository), outcome);
			}
		}
	} catch (error) {
		recordEarlyEnd(session, error);
	}

	return {plan, report: makeReport(session, 0, [])};
};

/** Without the disk, only this computer's memory knows of earlier runs. */
const reportLost = (session: Session, lost: BackupMissing): SourceReport => {
	session.state.facts.problem = lost;
	return {...makeReport(session, 0, []), lastComplete: lost.at};
};

/** Records why the work on a source ended early. Rethrows an error that nothing here expects. */
const recordEarlyEnd = ({run, state}: Session, error: unknown): void => {
	if (error instanceof FailureError) {
		state.facts.problem ??= error.failure;
	} else if (!run.signal.aborted) {
		throw error;
	}
};

/** Gives the plan, with the folders as they are now called. */
const lookAndSave = async (session: Session, earlier: readonly RunLine[]): Promise<SourcePlan> => {
	const {run, state, signal, signIn} = session;
	const plan = await lookAndPlan(session, hastyTurn, earlier);
	await requireGit(session, plan);
	const options = {
		lastGood: ({record}: SavedRepository) => {
			const {isPartial, changedAt} = mainEntry(record);
			return lastGood(earlier, fullName(record), isPartial ? undefined : changedAt);
		},
		onOutcome: (repository: string, outcome: Outcome, isFromSaving: boolean) =>
			finishRepository(session, repository, outcome, isFromSaving),
	};
	const places = await savePlan(session, plan, options);
	await signIn.conclude();
	const {listed, unread} = state.facts;
	if (run.settings.removeDeletedRepos && listed && unread === 0 && !signal.aborted) {
		await removeGone(session, plan, {...options, places, earlier});
	}

	await noteInventory(session, plan);
	return plan;
};

/** Without git nothing new can be saved. Say so once, and not for each repository. */
const requireGit = async ({git, end}: Session, {items}: SourcePlan): Promise<void> => {
	if (!items.some(({action}) => action === 'clone' || action === 'update')) {
		return;
	}

	try {
		await git.requireUsable();
	} catch (error) {
		end(failureOf(error));
	}
};

/**
 * Publishes an outcome and ends the source if it shows that the others would fail too. `isFromSaving`:
 * a failure comes from saving; failures of the look were judged there.
 */
const finishRepository = async (
	{publish, end, signIn}: Session,
	repository: string,
	found: Outcome,
	isFromSaving: boolean,
): Promise<void> => {
	const failure = found.result === 'failed' ? found.failure : undefined;
	// A limit that is not lifted says nothing about this repository: the next run comes back to it.
	const isLimited = failure?.kind === 'rate-limited';
	const outcome: Outcome = isLimited ? {result: 'left-out'} : found;
	if (isLimited) {
		end(failure);
	}

	publish({type: 'repository-finished', repository, outcome});
	if (!isFromSaving || isLimited) {
		return;
	}

	if (failure !== undefined) {
		await signIn.sawFailure(failure);
		if (endsTheRun(failure)) {
			end(failure);
		}
	} else if (outcome.result !== 'left-out') {
		signIn.sawSuccess();
	}
};
