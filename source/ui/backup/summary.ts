import {exitCodes} from '../../domain/failure/exit-code.ts';
import type {Failure} from '../../domain/failure/failure.ts';
import {joinPath, logFile} from '../../domain/plan/layout.ts';
import type {SourceReport} from '../../domain/run/events.ts';
import type {RunState} from '../../domain/run/run-state.ts';
import type {SourceState} from '../../domain/run/source-state.ts';
import {
	formatCount,
	formatDuration,
	formatMoment,
	formatNumber,
	formatSize,
	usualNames,
} from '../../domain/text/format.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import {layOut, layOutParts} from '../text/layout.ts';
import {listCounts} from './describe-report.ts';
import {describeChanges} from './summary-changes.ts';
import {describeProblems, type ProblemOptions} from './summary-problems.ts';

export type SummaryOptions = ProblemOptions & {
	/** Leave out the sources in which nothing is wrong. */
	readonly onlyTrouble: boolean;
};

/** The closing text of a run, a block a source; empty where there is nothing to say. */
export const formatSummary = (state: RunState, options: SummaryOptions): string => {
	if (state.finished === undefined) {
		return '';
	}

	const blocks = [...state.sources.values()].flatMap((source) => {
		const {report} = source;
		if (report === undefined) {
			return [[`  ${toPrintable(source.source)} was not finished.`]];
		}
		return options.onlyTrouble && report.exitCode === exitCodes.done
			? []
			: [formatSource(source, report, state.run, options)];
	});
	return blocks.map((lines) => `\n${lines.join('\n')}\n`).join('');
};

const formatSource = (
	source: SourceState,
	report: SourceReport,
	run: string,
	options: SummaryOptions,
): readonly string[] => {
	const counts = listCounts(report);
	const changes = describeChanges(source, options);
	const problems = describeProblems(source, report, options);
	const log = toPrintable(joinPath(report.folder, logFile(run)));
	return [
		...layOut(2, `${describeResult(report)}    ${formatDuration(report.duration)}`, options),
		...(counts.length === 0 && changes.length === 0 ? [] : ['']),
		...(counts.length === 0 ? [] : layOutParts([], 4, counts, options)),
		...changes,
		...(problems.length === 0 ? [] : ['', ...problems]),
		'',
		...layOutParts([], 2, describeFolder(report, options.now), options),
		...(namesAll(source, options) ? [] : layOut(2, `log of this run: ${log}`, options)),
	];
};

/** Is nothing only counted that somebody may want to know by name? */
const namesAll = (source: SourceState, {mostNamed}: SummaryOptions): boolean =>
	source.failed.length <= mostNamed &&
	[source.rewritten, source.moved, source.deleted, source.gone, source.renamed].every(
		({repositories}) => repositories <= usualNames,
	);

const describeResult = (report: SourceReport): string => {
	if (report.exitCode !== exitCodes.interrupted) {
		return describeSaved(report);
	}

	return report.inScope === undefined
		? `Interrupted before all of ${toPrintable(report.source)} was looked at; nothing new was saved.`
		: `Interrupted. ${describeSaved(report)}`;
};

/** What keeps a run from asking Bitbucket at all. */
const beforeListing: ReadonlySet<Failure['kind']> = new Set([
	'folder-unusable',
	'folder-locked',
	'folder-locked-by-version',
	'disk-full',
	'computer-limit',
]);

/** What is saved as it is now, in one sentence. */
const describeSaved = (report: SourceReport): string => {
	const name = toPrintable(report.source);
	const {inScope, shrinkage, problem, partial} = report;
	const saved = report.unchanged + report.updated + report.new;
	if (inScope === undefined) {
		return problem !== undefined && beforeListing.has(problem.kind)
			? `Nothing new of ${name} was saved.`
			: `${name} could not be listed; nothing new was saved.`;
	}
	if (inScope === 0) {
		return `${name} has no repository in scope.`;
	}

	const [is, them] = saved === 1 ? ['is', 'it is'] : ['are', 'they are'];
	const all = formatCount(inScope, 'repository', 'repositories');
	// After a listing that broke off, nobody knows of the others.
	const isAll = shrinkage === undefined && problem === undefined;
	const listed = isAll ? '' : ` that ${inScope === 1 ? 'was' : 'were'} listed`;
	const asked = partial === undefined ? '' : ` that ${inScope === 1 ? 'was' : 'were'} asked for`;
	const which = saved < inScope ? `${formatNumber(saved)} of ${all}` : describeAll(inScope);
	return `${which} of ${name}${isAll ? asked : listed} ${is} saved as ${them} now.`;
};

const describeAll = (count: number): string =>
	count === 1 ? 'The only repository' : `All ${formatNumber(count)} repositories`;

const describeFolder = (report: SourceReport, now: number): readonly string[] => {
	const isComplete = report.exitCode === exitCodes.done && report.partial === undefined;
	// Where its own folder cannot be used, the list of its runs may not have been read either.
	const none = report.problem?.kind === 'folder-unusable' ? 'unknown' : 'never';
	const last = report.lastComplete === undefined ? none : formatMoment(report.lastComplete, now);
	return [
		toPrintable(report.folder),
		...(report.size === undefined ? [] : [formatSize(report.size)]),
		isComplete ? 'complete' : `last complete backup: ${last}`,
	];
};
