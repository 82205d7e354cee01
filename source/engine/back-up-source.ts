import type {Listener, Shrinkage, SourceReport} from '../domain/events.ts';
import {endsTheRun, type Failure, FailureError} from '../domain/failure.ts';
import {joinPath, ownFolder} from '../domain/layout.ts';
import {isInScope, unmatchedIncludes} from '../domain/name-filter.ts';
import type {Outcome} from '../domain/outcome.ts';
import {countPlan, makePlan, type SourcePlan} from '../domain/plan.ts';
import {fullName} from '../domain/repository.ts';
import {lastComplete, lastGood, type RunLine} from '../domain/run-line.ts';
import type {Source} from '../domain/settings.ts';
import {countOutcome, exitCodeOfSource, isRefusal, newTally, type Tally} from '../domain/tally.ts';
import {holdFolder} from './hold-folder.ts';
import type {ListingEnd} from './list-repositories.ts';
import {lookAtSource} from './look-at-source.ts';
import {appendRun, readRuns} from './run-history.ts';
import {createRunLog} from './run-log.ts';
import {savePlan} from './save-plan.ts';
import {readSavedState} from './saved-state.ts';
import {watchSignIn} from './sign-in-watch.ts';
import {openSourceRun, type Run, type SourceRun} from './source-run.ts';

/** What is known of a source's end while it is worked on. */
type Standing = {
	readonly tally: Tally;
	/** What concerned the source as a whole. */
	problem: Failure | undefined;
	shrinkage: Shrinkage | undefined;
	inScope: number | undefined;
	/** Did every page of the listing arrive? */
	listed: boolean;
	gone: readonly string[];
};

/**
 * Backs up one source: lock, look, save, record. Never throws for what concerns the source or its
 * repositories; the report says it.
 */
export const backUpSource = async (run: Run, source: Source): Promise<SourceReport> => {
	const ending = new AbortController();
	const signal = AbortSignal.any([run.signal, ending.signal]);
	const log = createRunLog(run, source);
	const publish: Listener = (event) => {
		run.publish(event);
		log.listen(event);
	};

	const work = openSourceRun(run, source, signal, publish);
	const started = work.clock.elapsed();
	const standing = newStanding();
	/** Ends the source early: going on would only repeat the failure. */
	const end = (failure: Failure): void => {
		standing.problem ??= failure;
		ending.abort(new FailureError(failure));
	};

	const {title, workspace} = source;
	publish({type: 'source-started', source: title, workspace, folder: work.folder});
	const report = (earlier: readonly RunLine[]): SourceReport =>
		makeReport(run, work, standing, work.clock.elapsed() - started, earlier);
	try {
		await work.files.makeFolder(joinPath(work.folder, ownFolder));
		const lock = await holdFolder(work, run.waitsForLock);
		try {
			await log.open();
			const earlier = await readRuns(work);
			await lookAndSave(run, work, standing, {earlier, end}).catch(settle(run, standing));
			const result = report(earlier);
			await appendRun(work, result, standing, run.isNarrowed);
			log.listen({type: 'source-finished', report: result});
			return result;
		} finally {
			await log.close();
			await work.files.remove(joinPath(work.folder, ownFolder, 'work'));
			await lock.release();
		}
	} catch (error) {
		settle(run, standing)(error);
		return report([]);
	}
};

const newStanding = (): Standing => ({
	tally: newTally(),
	problem: undefined,
	shrinkage: undefined,
	inScope: undefined,
	listed: false,
	gone: [],
});

/** Takes in what ended the work early. What nobody foresaw is a bug and goes on up. */
const settle =
	(run: Run, standing: Standing) =>
	(error: unknown): void => {
		if (error instanceof FailureError) {
			standing.problem ??= error.failure;
		} else if (!run.signal.aborted && standing.problem === undefined) {
			throw error;
		}
	};

const lookAndSave = async (
	run: Run,
	work: SourceRun,
	standing: Standing,
	{earlier, end}: {earlier: readonly RunLine[]; end: (failure: Failure) => void},
): Promise<void> => {
	await work.files.remove(joinPath(work.folder, ownFolder, 'work'));
	const plan = await lookAndPlan(run, work, standing, end);
	const watch = watchSignIn(end);
	await savePlan(work, plan, {
		concurrency: run.concurrency,
		lastGood: (repository) => lastGood(earlier, repository),
		onOutcome: (repository, outcome) => {
			countOutcome(standing.tally, repository, outcome);
			work.publish({
				type: 'repository-finished',
				source: work.source.title,
				repository,
				outcome,
			});
			heed(outcome, watch, end);
		},
	});
};

/** Refused credentials and a full disk end the source; one repository's failure does not. */
const heed = (
	outcome: Outcome,
	watch: ReturnType<typeof watchSignIn>,
	end: (failure: Failure) => void,
): void => {
	if (outcome.result === 'saved') {
		watch.sawSuccess();
	} else if (outcome.result === 'failed') {
		watch.sawFailure(outcome.failure);
		if (endsTheRun(outcome.failure)) {
			end(outcome.failure);
		}
	}
};

/** Looks at everything and says what is to be done, before anything is written. */
export const lookAndPlan = async (
	run: Run,
	work: SourceRun,
	standing: Pick<Standing, 'problem' | 'shrinkage' | 'inScope' | 'listed' | 'gone'>,
	end: (failure: Failure) => void,
): Promise<SourcePlan> => {
	const {source} = work;
	const isWanted = (slug: string): boolean => isInScope(slug, source) && run.isAsked(slug);
	const state = await readSavedState(work.files, work.folder);
	const {looked, slugs, listing} = await lookAtSource(work, state, isWanted, watchSignIn(end));
	const {failure} = listing;
	standing.listed = failure === undefined;
	if (failure !== undefined) {
		standing.problem ??= failure;
		if (isRefusal(failure)) {
			end(failure);
		}
	} else {
		warnOfUnmatched(work, slugs);
	}

	const plan = makePlan({
		looked,
		saved: state.repositories,
		unrecorded: state.unrecorded,
		newer: state.newer,
		isComplete: failure === undefined || isAbsentWorkspace(listing),
		isInScope: isWanted,
	});
	standing.inScope = failure !== undefined && looked.length === 0 ? undefined : plan.items.length;
	standing.shrinkage = plan.shrinkage;
	standing.gone = plan.gone.map(({record}) => fullName(record));
	work.publish({
		type: 'plan-made',
		source: source.title,
		inScope: plan.items.length,
		counts: countPlan(plan),
	});
	return plan;
};

/**
 * A workspace that is not found may be deleted, renamed or out of this token's sight: like an empty
 * listing it proves nothing, and the shrinkage it amounts to says so.
 */
const isAbsentWorkspace = ({failure, found}: ListingEnd): boolean =>
	found === 0 && (failure?.kind === 'not-found' || failure?.kind === 'gone');

const warnOfUnmatched = ({source, publish}: SourceRun, slugs: readonly string[]): void => {
	for (const name of unmatchedIncludes(slugs, source)) {
		publish({
			type: 'noticed',
			source: source.title,
			text: `includeRepos names "${name}", but the workspace ${source.workspace} has no such repository.`,
		});
	}
};

const makeReport = (
	run: Run,
	{source, folder}: SourceRun,
	{tally, problem, shrinkage, inScope, gone}: Standing,
	duration: number,
	earlier: readonly RunLine[],
): SourceReport => ({
	source: source.title,
	workspace: source.workspace,
	folder,
	inScope,
	unchanged: tally.unchanged,
	updated: tally.updated,
	new: tally.new,
	failed: tally.failed.length,
	leftOut: tally.leftOut.length,
	lfs: source.lfs === 'report' ? tally.lfs : [],
	gone,
	shrinkage,
	problem,
	received: tally.received,
	duration,
	lastComplete: lastComplete(earlier),
	exitCode: exitCodeOfSource(tally, {
		problem,
		shrinkage,
		wasInterrupted: run.signal.aborted,
		reportsLfs: source.lfs === 'report',
	}),
});
