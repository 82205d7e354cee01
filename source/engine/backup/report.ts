import {FailureError} from '../../domain/failure/failure.ts';
import type {SourceReport} from '../../domain/run/events.ts';
import {formatRunLine, lastComplete, type RunLine} from '../../domain/run/run-line.ts';
import {reportOf, runLineOf} from '../../domain/run/source-report.ts';
import {runsPath} from '../saved/saved-state.ts';
import type {Session} from '../session.ts';

/** `duration` in milliseconds; `earlier`: the lines of earlier runs. */
export const makeReport = (
	{run, state}: Session,
	duration: number,
	earlier: readonly RunLine[],
): SourceReport =>
	reportOf(state, {
		duration,
		lastComplete: lastComplete(earlier),
		isNarrowed: run.filter.isNarrowed,
		wasInterrupted: run.signal.aborted,
		parts: run.parts,
	});

/** Adds this run's line to `runs.jsonl`. A failure says that only this note is missing. */
export const appendRun = async (
	{files, folder, source, state, run}: Session,
	report: SourceReport,
): Promise<void> => {
	try {
		await files.appendLine(runsPath(folder), formatRunLine(runLineOf(state, report, run, source)));
	} catch (error) {
		if (error instanceof FailureError && error.failure.kind === 'folder-unusable') {
			const detail = `${error.failure.detail}. All that was saved is saved, but that this run took place could not be noted`;
			throw new FailureError({...error.failure, detail});
		}

		throw error;
	}
};
