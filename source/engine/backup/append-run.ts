import {FailureError} from '../../domain/failure/failure.ts';
import type {SourceReport} from '../../domain/run/events.ts';
import {formatRunLine} from '../../domain/run/run-line.ts';
import {runLineOf} from '../../domain/run/source-report.ts';
import type {SourceState} from '../../domain/run/source-state.ts';
import {runsPath} from '../saved/saved-state.ts';
import type {SourceRun} from '../session.ts';

/** Adds this run's line to `runs.jsonl`. Throws what keeps it from there, and that it is about that. */
export const appendRun = (
	source: SourceRun,
	report: SourceReport,
	state: SourceState,
): Promise<void> => append(source, formatRunLine(runLineOf(state, report, source.run)));

const append = async ({files, folder}: SourceRun, line: string): Promise<void> => {
	try {
		await files.appendLine(runsPath(folder), line);
	} catch (error) {
		if (error instanceof FailureError && error.failure.kind === 'folder-unusable') {
			const detail = `${error.failure.detail}. All that was saved is saved, but that this run took place could not be noted`;
			throw new FailureError({...error.failure, detail});
		}

		throw error;
	}
};
