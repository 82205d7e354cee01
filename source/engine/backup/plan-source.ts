import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import type {SourcePlan} from '../../domain/plan/plan.ts';
import {fullName} from '../../domain/plan/repository.ts';
import type {Listener, SourceReport} from '../../domain/run/events.ts';
import {countOutcome, startSource} from '../../domain/run/source-state.ts';
import type {Source} from '../../domain/settings/settings.ts';
import {openSourceRun, type Run, watchSource} from '../session.ts';
import {lookAndPlan} from './look.ts';
import {makeReport, recordEarlyEnd} from './report.ts';

export type PlannedSource = {
	/** Undefined where the source could not be looked at; the report says why. */
	readonly plan: SourcePlan | undefined;
	readonly report: SourceReport;
};

/** What a backup of a source would do. Writes nothing, so it needs no lock. */
export const planSource = async (
	run: Run,
	source: Source,
	publish: Listener,
): Promise<PlannedSource> => {
	const {title, workspace} = source;
	const folder = joinPath(run.settings.localFolder, title);
	const state = startSource({source: title, workspace, folder});
	const ending = new AbortController();
	const end = (failure: Failure): void => {
		state.facts.problem ??= failure;
		ending.abort(new FailureError(failure));
	};

	const work = openSourceRun(run, source, AbortSignal.any([run.signal, ending.signal]), publish);
	publish({type: 'source-started', source: title, workspace, folder: work.folder});
	let plan: SourcePlan | undefined;
	try {
		plan = await lookAndPlan(run, work, state.facts, end, watchSource(work, end));
		for (const {repository, failure} of plan.items) {
			if (failure?.kind === 'rate-limited') {
				state.facts.problem ??= failure;
				countOutcome(state, fullName(repository), {result: 'left-out'});
			} else if (failure !== undefined) {
				countOutcome(state, fullName(repository), {
					result: 'failed',
					failure,
					attempts: 0,
					lastGood: undefined,
				});
			}
		}
	} catch (error) {
		recordEarlyEnd(run, state, error);
	}

	return {plan, report: makeReport(run, source, state, 0, [])};
};
