import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import type {SourcePlan} from '../../domain/plan/plan.ts';
import {fullName} from '../../domain/plan/repository.ts';
import type {Listener, SourceReport} from '../../domain/run/events.ts';
import type {Source} from '../../domain/settings/settings.ts';
import {openSourceRun, type Run, watchSource} from '../run/source-run.ts';
import {makeReport, newStanding, recordEarlyEnd} from '../run/standing.ts';
import {lookAndPlan} from './look-and-plan.ts';

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
	const standing = newStanding();
	const ending = new AbortController();
	const end = (failure: Failure): void => {
		standing.problem ??= failure;
		ending.abort(new FailureError(failure));
	};

	const work = openSourceRun(run, source, AbortSignal.any([run.signal, ending.signal]), publish);
	const {title, workspace} = source;
	publish({type: 'source-started', source: title, workspace, folder: work.folder});
	let plan: SourcePlan | undefined;
	try {
		plan = await lookAndPlan(run, work, standing, end, watchSource(work, end));
		for (const {repository, failure} of plan.items) {
			if (failure?.kind === 'rate-limited') {
				standing.problem ??= failure;
				standing.tally.leftOut.push(fullName(repository));
			} else if (failure !== undefined) {
				standing.tally.failed.push({repository: fullName(repository), failure});
			}
		}
	} catch (error) {
		recordEarlyEnd(run, standing, error);
	}

	return {plan, report: makeReport(run, work, standing, 0, [])};
};
