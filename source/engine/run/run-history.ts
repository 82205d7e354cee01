import {describeFailure} from '../../domain/failure/describe-failure.ts';
import {exitCodes} from '../../domain/failure/exit-code.ts';
import {joinPath, ownFolder, runsFile} from '../../domain/plan/layout.ts';
import type {Shrinkage, SourceReport} from '../../domain/run/events.ts';
import {formatRunLine, parseRunLines, type RunLine} from '../../domain/run/run-line.ts';
import type {Tally} from '../../domain/run/tally.ts';
import type {SourceRun} from './source-run.ts';

const pathOf = ({folder}: SourceRun): string => joinPath(folder, ownFolder, runsFile);

/** What earlier runs left in `runs.jsonl`, oldest first. */
export const readRuns = async (source: SourceRun): Promise<readonly RunLine[]> =>
	parseRunLines((await source.files.readText(pathOf(source))) ?? '');

type Standing = {
	readonly tally: Tally;
	readonly shrinkage: Shrinkage | undefined;
	readonly listed: boolean;
};

/** Adds this run's line. */
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
	await source.files.appendLine(pathOf(source), formatRunLine(line));
};
