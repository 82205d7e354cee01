import {FailureError} from '../../domain/failure/failure.ts';
import type {SourceReport} from '../../domain/run/events.ts';
import {lastComplete, type RunLine} from '../../domain/run/run-line.ts';
import {reportOf} from '../../domain/run/source-report.ts';
import type {SourceState} from '../../domain/run/source-state.ts';
import type {Source} from '../../domain/settings/settings.ts';
import type {Run} from '../session.ts';

/** Records what ended the work on a source early. Throws again what nothing here expects. */
export const recordEarlyEnd = (run: Run, {facts}: SourceState, error: unknown): void => {
	if (error instanceof FailureError) {
		facts.problem ??= error.failure;
	} else if (!run.signal.aborted) {
		throw error;
	}
};

/** `duration` in milliseconds. */
export const makeReport = (
	run: Run,
	source: Source,
	state: SourceState,
	duration: number,
	earlier: readonly RunLine[],
): SourceReport =>
	reportOf(state, {
		duration,
		lastComplete: lastComplete(earlier),
		isNarrowed: run.filter.isNarrowed,
		wasInterrupted: run.signal.aborted,
		reportsLfs: source.lfs === 'report',
	});
