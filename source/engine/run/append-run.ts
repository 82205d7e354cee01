import {describeFailure} from '../../domain/failure/describe-failure.ts';
import {exitCodes} from '../../domain/failure/exit-code.ts';
import {FailureError} from '../../domain/failure/failure.ts';
import type {SourceReport} from '../../domain/run/events.ts';
import {formatRunLine, type RunLine} from '../../domain/run/run-line.ts';
import {runsPath} from '../saved/read-runs.ts';
import type {SourceRun} from './source-run.ts';
import type {Standing} from './standing.ts';

/** Adds this run's line to `runs.jsonl`. Throws what keeps it from there, and that it is about that. */
export const appendRun = async (
	source: SourceRun,
	report: SourceReport,
	{tally, shrinkage, listed}: Standing,
	partial: boolean,
): Promise<void> => {
	const line: RunLine = {
		v: 1,
		run: source.run.name,
		at: new Date(source.run.at).toISOString(),
		duration: Math.round(report.duration),
		exitCode: report.exitCode,
		complete: report.exitCode === exitCodes.done && !partial,
		partial,
		listed,
		inScope: report.inScope ?? 0,
		unchanged: report.unchanged,
		updated: report.updated,
		new: report.new,
		failed: tally.failed.map(({repository, failure}) => ({
			repository,
			reason: describeFailure(failure).what,
		})),
		leftOut: tally.leftOut,
		missing: shrinkage?.missing ?? [],
		gone: report.gone,
		lfs: report.lfs,
		...(report.lost.length === 0 ? {} : {lost: report.lost}),
		...(report.problem === undefined ? {} : {problem: describeFailure(report.problem).what}),
	};
	await append(source, formatRunLine(line));
};

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
