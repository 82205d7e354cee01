import {type Failure, FailureError, failureOf} from '../../domain/failure/failure.ts';
import {describeFailure, endsTheRun} from '../../domain/failure/failure-table.ts';
import {joinPath, ownFolder, workFolder} from '../../domain/plan/layout.ts';
import type {SourcePlan} from '../../domain/plan/plan.ts';
import {fullName} from '../../domain/plan/repository.ts';
import type {Listener, SourceReport} from '../../domain/run/events.ts';
import type {Outcome} from '../../domain/run/outcome.ts';
import {lastGood, type RunLine} from '../../domain/run/run-line.ts';
import {foldSource, type SourceState, startSource} from '../../domain/run/source-state.ts';
import type {Source} from '../../domain/settings/settings.ts';
import {assertLockHeld} from '../assert-lock-held.ts';
import {holdFolder} from '../lock.ts';
import {endInTime} from '../retry/end-in-time.ts';
import type {SignInWatch} from '../retry/sign-in-watch.ts';
import {readRuns} from '../saved/saved-state.ts';
import {claimOf, openSourceRun, type Run, type SourceRun, watchSource} from '../session.ts';
import {appendRun} from './append-run.ts';
import {removeGone} from './gone.ts';
import {lookAndPlan} from './look.ts';
import {makeReport, recordEarlyEnd} from './report.ts';
import {createRunLog, type RunLog} from './run-log.ts';
import {type SaveOptions, savePlan} from './save.ts';

/**
 * Backs up one source: lock, look, save, record. Never throws for what concerns the source or its
 * repositories; the report says it.
 */
export const backUpSource = async (run: Run, source: Source): Promise<SourceReport> => {
	const log = createRunLog(run, source);
	const {title, workspace} = source;
	const state = startSource({
		source: title,
		workspace,
		folder: joinPath(run.settings.localFolder, title),
	});
	const publish: Listener = (event) => {
		foldSource(state, event, run.world.clock.now());
		run.publish(event);
		log.listen(event);
	};

	const ending = new AbortController();
	const end = (failure: Failure): void => {
		state.facts.problem ??= failure;
		ending.abort(new FailureError(failure));
	};

	const work = openSourceRun(run, source, AbortSignal.any([run.signal, ending.signal]), publish);
	const started = work.clock.elapsed();
	const report = (earlier: readonly RunLine[]): SourceReport =>
		makeReport(run, source, state, work.clock.elapsed() - started, earlier);
	publish({type: 'source-started', source: title, workspace, folder: work.folder});
	try {
		return await holding(run, work, log, async () => {
			const {lines: earlier} = await readRuns(work.files, work.folder);
			await lookAndSave(run, work, state, earlier, end).catch((error: unknown) =>
				recordEarlyEnd(run, state, error),
			);
			const result = report(earlier);
			log.listen({type: 'source-finished', report: result});
			await assertLockHeld(work);
			await appendRun(work, result, state);
			return result;
		});
	} catch (error) {
		recordEarlyEnd(run, state, error);
		const earlier = await readRuns(work.files, work.folder).catch(() => undefined);
		return report(earlier?.lines ?? []);
	}
};

/** Does something as the only run in the source's folder, with a clean place for work in progress. */
const holding = async <Result>(
	run: Run,
	work: SourceRun,
	log: RunLog,
	act: () => Promise<Result>,
): Promise<Result> => {
	const {files, folder, clock, signal} = work;
	const {endProcesses} = run.world;
	const place = joinPath(folder, ownFolder, workFolder);
	await files.makeFolder(joinPath(folder, ownFolder));
	const lock = await holdFolder(claimOf(work), run.waitsForLock);
	try {
		await openLog(work, log);
		await files.remove(place);
		return await endInTime({clock, signal, run: run.name, endProcesses}, act);
	} finally {
		await log.close();
		if (signal.aborted) {
			await endProcesses(run.name);
		}

		// What cannot be removed now is removed by the next run, which also sees that a lock's holder
		// is no more; how this one ended counts more.
		await files.remove(place).catch(() => undefined);
		await lock.release().catch(() => undefined);
	}
};

/** No log is no reason to save nothing. */
const openLog = async ({source, publish}: SourceRun, log: RunLog): Promise<void> => {
	try {
		await log.open();
	} catch (error) {
		const failure = failureOf(error);
		if (failure.kind !== 'folder-unusable') {
			throw error;
		}

		const {what} = describeFailure(failure);
		const text = `No log of this run is written: ${what}. Look what lies there, and move it away or let this user write to it.`;
		publish({type: 'noticed', source: source.title, text});
	}
};

const lookAndSave = async (
	run: Run,
	work: SourceRun,
	state: SourceState,
	earlier: readonly RunLine[],
	end: (failure: Failure) => void,
): Promise<void> => {
	const watch = watchSource(work, end);
	const plan = await lookAndPlan(run, work, state.facts, end, watch);
	await requireGit(work, plan, end);
	const options: SaveOptions = {
		concurrency: run.concurrency,
		lastGood: ({record}) => lastGood(earlier, fullName(record), record.repo.changedAt),
		onOutcome: async (repository, found, wasSeen) => {
			const outcome = leaveOutWhatIsLimited(found, end);
			const {title} = work.source;
			work.publish({type: 'repository-finished', source: title, repository, outcome});
			if (wasSeen) {
				await stopOnFatal(outcome, watch, end);
			}
		},
	};
	const places = await savePlan(work, plan, options);
	await watch.conclude();
	if (run.settings.removeDeletedRepos && state.facts.listed && !work.signal.aborted) {
		await removeGone(work, plan, {...options, places, earlier});
	}
};

/** Without git nothing new can be saved: said once, and not by each repository. */
const requireGit = async (
	{git}: SourceRun,
	{items}: SourcePlan,
	end: (failure: Failure) => void,
): Promise<void> => {
	if (!items.some(({action}) => action === 'clone' || action === 'update')) {
		return;
	}

	try {
		await git.requireUsable();
	} catch (error) {
		end(failureOf(error));
	}
};

/** A limit that is not lifted says nothing of a repository: it ends the source, and all that is left is for next time. */
const leaveOutWhatIsLimited = (outcome: Outcome, end: (failure: Failure) => void): Outcome => {
	if (outcome.result !== 'failed' || outcome.failure.kind !== 'rate-limited') {
		return outcome;
	}

	end(outcome.failure);
	return {result: 'left-out'};
};

/** Refused credentials and a full disk end the source; one repository's failure does not. */
const stopOnFatal = async (
	outcome: Outcome,
	watch: SignInWatch,
	end: (failure: Failure) => void,
): Promise<void> => {
	if (outcome.result === 'saved' || outcome.result === 'unchanged') {
		watch.sawSuccess();
	} else if (outcome.result === 'failed') {
		await watch.sawFailure(outcome.failure);
		if (endsTheRun(outcome.failure)) {
			end(outcome.failure);
		}
	}
};
