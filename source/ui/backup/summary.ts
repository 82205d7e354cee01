import {exitCodes} from '../../domain/failure/exit-code.ts';
import type {Failure} from '../../domain/failure/failure.ts';
import {joinPath, logFile} from '../../domain/plan/layout.ts';
import {listPlaces} from '../../domain/record/gap.ts';
import type {AfterBackupFinished, SourceReport} from '../../domain/run/events.ts';
import type {RunState} from '../../domain/run/run-state.ts';
import {isComplete} from '../../domain/run/source-report.ts';
import type {FailedRepository, Mentions, SourceState} from '../../domain/run/source-state.ts';
import {
	capitalise,
	formatAge,
	formatAll,
	formatCount,
	formatDuration,
	formatMoment,
	formatNames,
	formatNumber,
	formatRepository,
	formatSize,
	usualNames,
} from '../../domain/text/format.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import {adviceOf, describeFailed, reasonOf} from '../describe-failed.ts';
import {listGaps} from '../describe-gaps.ts';
import {
	type DatedStyle,
	labelWidthFor,
	layOut,
	layOutMarked,
	layOutParts,
	layOutUnder,
	type TextStyle,
} from '../text/layout.ts';
import {measureWidth, padToWidth} from '../text/width.ts';
import {
	describeLosers,
	describeShrinkage,
	describeUnmatched,
	listCounts,
	placeOf,
	savedOf,
} from './describe-event.ts';

type SummaryOptions = Options & {
	/** Leave out the sources without a problem. */
	readonly onlyTrouble: boolean;
};

/** The closing text of a run, a block a source; empty if there is nothing to say. */
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
	if (state.afterBackup?.problem !== undefined) {
		blocks.push(describeAfterBackup(state.afterBackup, options));
	}
	return blocks.map((lines) => `\n${lines.join('\n')}\n`).join('');
};

const describeAfterBackup = (
	{program, problem = '', lastLines = []}: AfterBackupFinished,
	options: SummaryOptions,
): readonly string[] => [
	...layOutMarked('failed', toPrintable(`${program} ${problem}`), options, {
		name: 'afterBackup',
		width: 18,
	}),
	...lastLines.flatMap((line) => layOut(6, toPrintable(line), options)),
	...layOutUnder(
		4,
		'The backup itself went as told above, but the second copy may be missing or old. Correct afterBackup in the settings, or what it runs, and run cistern again.',
		options,
	),
];

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
		...(report.notes.length === 0 ? [] : ['']),
		...report.notes.flatMap((note) => layOut(4, toPrintable(note), options)),
		...(problems.length === 0 ? [] : ['', ...problems]),
		'',
		...layOutParts([], 2, describeFolder(report, options.now), options),
		...(namesAll(source, options) || report.store !== undefined
			? []
			: layOut(2, `log of this run: ${log}`, options)),
	];
};

/** Does the summary name everything that it counts as failed or changed? */
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

/** Failures that happen before Bitbucket is asked, but for those of a store. */
const beforeListing: ReadonlySet<Failure['kind']> = new Set([
	'folder-unusable',
	'folder-locked',
	'folder-locked-by-version',
	'backup-missing',
	'disk-full',
	'computer-limit',
]);

/** A run without a folder reads its store before all else. */
const isOfStore = (problem: Failure | undefined): boolean =>
	problem !== undefined && 'store' in problem && problem.store !== undefined;

/** How much is saved, in one sentence. */
const describeSaved = (report: SourceReport): string => {
	const {inScope, shrinkage, problem, partial, shard} = report;
	const source = toPrintable(report.source);
	const name = shard === undefined ? source : `shard ${shard} of ${source}`;
	const saved = savedOf(report);
	if (inScope === undefined) {
		return isOfStore(problem) || (problem !== undefined && beforeListing.has(problem.kind))
			? `Nothing new of ${name} was saved.`
			: `${name} could not be listed; nothing new was saved.`;
	}
	if (inScope === 0) {
		return `${name} has no repository in scope.`;
	}

	const [is, them] = inScope === 1 ? ['is', 'it is'] : ['are', 'they are'];
	const all = formatCount(inScope, 'repository');
	// A listing that broke off says nothing about the other repositories.
	const isAll = shrinkage === undefined && problem === undefined;
	const listed = isAll ? '' : ` that ${inScope === 1 ? 'was' : 'were'} listed`;
	const asked = partial === undefined ? '' : ` that ${inScope === 1 ? 'was' : 'were'} asked for`;
	const which =
		saved < inScope
			? `${formatNumber(saved)} of ${all}`
			: capitalise(formatAll(inScope, 'repository'));
	const here = report.gaps.filter(({place}) => place === undefined);
	const lacking = [...new Set(here.map(({what}) => what))].join(' and ');
	const as = lacking === '' ? ` as ${them} now` : `, without some ${lacking}`;
	const places = listPlaces(report.gaps).map(toPrintable).join(' and ');
	const elsewhere = places === '' ? '' : `, but not everything is ${places}`;
	return `${which} of ${name}${isAll ? asked : listed} ${is} saved${as}${elsewhere}.`;
};

const describeFolder = (report: SourceReport, now: number): readonly string[] => {
	// If its own folder cannot be used, the list of its runs may not have been read either.
	const isUnread = report.problem?.kind === 'folder-unusable' || isOfStore(report.problem);
	const none = isUnread ? 'unknown' : 'never';
	const last = report.lastComplete === undefined ? none : formatMoment(report.lastComplete, now);
	return [
		toPrintable(placeOf(report)),
		...(report.size === undefined ? [] : [formatSize(report.size)]),
		isComplete(report) ? 'complete' : `last complete backup: ${last}`,
	];
};

const indent = 4;
const gap = 3;

type Line = {readonly text: string; readonly hint: string};

/** Rewrites, deletions and renames upstream, each with the command that shows the old state. */
const describeChanges = (source: SourceState, style: TextStyle): readonly string[] => {
	const lines = collect(source);
	const width = Math.max(0, ...lines.map(({text}) => measureWidth(text)));
	const hintWidth = Math.max(0, ...lines.map(({hint}) => measureWidth(hint)));
	const fits = indent + width + gap + hintWidth < style.columns;
	return lines.flatMap(({text, hint}) =>
		fits
			? [' '.repeat(indent) + padToWidth(text, width + gap) + hint]
			: [...layOut(indent, text, style), ...layOut(indent + 2, hint, style)],
	);
};

const collect = (source: SourceState): readonly Line[] =>
	(
		[
			[source.rewritten, 'ref', 'refs', 'rewritten upstream', 'old state is kept', historyHint],
			[source.moved, 'tag', 'tags', 'moved upstream', 'old state is kept', historyHint],
			[source.deleted, 'ref', 'refs', 'deleted upstream', 'last state is kept', historyHint],
			[source.gone, 'repository', 'repositories', 'gone from Bitbucket', 'backup stays', namesOf],
			[source.renamed, 'repository', 'repositories', 'renamed', 'history goes on', namesOf],
		] as const
	).flatMap(([mentions, one, many, change, effect, hintFor]) => {
		const {count} = mentions;
		const text = `${formatCount(count, one, many)} ${change}; ${count === 1 ? 'its' : 'their'} ${effect}`;
		return count === 0 ? [] : [{text, hint: hintFor(source, mentions)}];
	});

const namesOf = (source: SourceState, {names, repositories}: Mentions): string =>
	formatNames(
		names.map((name) => formatRepository(name, source)),
		repositories,
	);

/** The history of a source that a store alone keeps is read once it was fetched. */
const historyHint = (source: SourceState, mentions: Mentions): string => {
	const [first = ''] = mentions.names;
	if (source.store !== undefined) {
		return namesOf(source, mentions);
	}

	return mentions.repositories === 1
		? `cistern history ${formatRepository(first, source)}`
		: `${namesOf(source, mentions)}: cistern history NAME`;
};

type Options = DatedStyle & {
	/** Number of failed repositories to name, each with its reason. */
	readonly mostNamed: number;
};

/** Every problem of a source: what happened, why, and what to do about it. */
const describeProblems = (
	source: SourceState,
	report: SourceReport,
	options: Options,
): readonly string[] => [
	...describeSourceProblem(report, options),
	...describeFailures(source, report, options),
	...describeDoubts(report, options),
];

const describeSourceProblem = (report: SourceReport, options: Options): readonly string[] => {
	if (report.problem === undefined) {
		return [];
	}

	const name = toPrintable(report.source);
	const width = 4 + measureWidth(name) + 3;
	return [
		...layOutMarked('failed', reasonOf(report.problem), options, {name, width}),
		...layOutUnder(width, adviceOf(report.problem), options),
	];
};

const describeFailures = (
	source: SourceState,
	report: SourceReport,
	options: Options,
): readonly string[] => {
	const failures = source.failed.slice(0, options.mostNamed);
	const {uncounted = 0} = report;
	if (report.failed + report.leftOut + uncounted === 0) {
		return [];
	}

	const unnamed = report.failed - failures.length;
	const names = failures.map(({repository}) => formatRepository(repository, source));
	const width = labelWidthFor(names);
	const lines = failures.flatMap((failure, index) =>
		describeFailedRepository(
			{failure, name: names[index] ?? '', next: failures[index + 1]},
			width,
			options,
		),
	);
	return [
		'  Not saved',
		...lines,
		...(unnamed > 0 ? [`    and ${formatNumber(unnamed)} more: cistern status names them`] : []),
		...(report.leftOut > 0
			? [
					`    ${formatCount(report.leftOut, 'repository')} ${report.leftOut === 1 ? 'was' : 'were'} left out; the next run continues there`,
				]
			: []),
		...(uncounted > 0
			? [
					`    ${formatCount(uncounted, 'repository')} ${uncounted === 1 ? 'was' : 'were'} sent, but the store got no index of ${uncounted === 1 ? 'it' : 'them'}; the next run sends ${uncounted === 1 ? 'it' : 'them'} again`,
				]
			: []),
	];
};

const describeFailedRepository = (
	{
		failure,
		name,
		next,
	}: {
		readonly failure: FailedRepository;
		readonly name: string;
		readonly next: FailedRepository | undefined;
	},
	width: number,
	options: Options,
): readonly string[] => {
	const lastGood =
		failure.lastGood === undefined ? undefined : formatAge(failure.lastGood, options.now);
	const advice = adviceOf(failure.failure);
	// Advice that several share is given once, below the last of them.
	const isRepeated = next !== undefined && adviceOf(next.failure) === advice;
	return [
		...layOutMarked('failed', describeFailed(failure, lastGood), options, {name, width}),
		...(isRepeated ? [] : layOutUnder(width, advice, options)),
	];
};

/** Problems of repositories that were saved. */
const describeDoubts = (report: SourceReport, options: Options): readonly string[] => {
	const {shrinkage, unmatched, lost, gaps} = report;
	return [
		...(shrinkage === undefined
			? []
			: [
					`${describeShrinkage(shrinkage)}. Nothing was marked as gone. If they were deleted on purpose: cistern accept-missing`,
				]),
		...(unmatched === undefined
			? []
			: [
					`${describeUnmatched(unmatched)}, so this is no complete backup. Correct the name in the settings, or take it out`,
				]),
		...(lost.length === 0
			? []
			: [
					`${describeLosers(lost)}. A damaged copy stays beside the new one. Look for another copy of the backup, and check the disk`,
				]),
		...listGaps(gaps).map(({text, advice}) => `${text}, so this is no complete backup. ${advice}`),
	].flatMap((text) => layOutMarked('attention', text, options));
};
