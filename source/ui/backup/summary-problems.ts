import type {SourceReport} from '../../domain/run/events.ts';
import type {FailedRepository, SourceState} from '../../domain/run/source-state.ts';
import {formatAge, formatCount, formatNumber, formatRepository} from '../../domain/text/format.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import {adviceOf, describeFailed, reasonOf} from '../describe-failed.ts';
import {layOutBeside, layOutUnder, type TextStyle} from '../text/layout.ts';
import {drawLabel} from '../text/style.ts';
import {measureWidth} from '../text/width.ts';
import {describeLfs, describeLosers, describeShrinkage} from './describe-report.ts';

export type ProblemOptions = TextStyle & {
	/** Milliseconds since 1970. */
	readonly now: number;
	/** So many failed repositories are named, each with its reason. */
	readonly mostNamed: number;
};

type Options = ProblemOptions;

/** What is said of a longer name stands below it. */
const longestName = 32;

/** Everything that keeps a source from being whole: what, why, and what to do about it. */
export const describeProblems = (
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
		...layOutBeside(drawLabel('failed', name, options), width, reasonOf(report.problem), options),
		...layOutUnder(width, adviceOf(report.problem), options),
	];
};

const describeFailures = (
	source: SourceState,
	report: SourceReport,
	options: Options,
): readonly string[] => {
	const failures = source.failed.slice(0, options.mostNamed);
	if (report.failed === 0 && report.leftOut === 0) {
		return [];
	}

	const unnamed = report.failed - failures.length;
	const names = failures.map(({repository}) => formatRepository(repository, source));
	const width = 4 + Math.min(longestName, Math.max(0, ...names.map(measureWidth))) + 3;
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
					`    ${formatCount(report.leftOut, 'repository', 'repositories')} ${report.leftOut === 1 ? 'was' : 'were'} left out; the next run takes up there`,
				]
			: []),
	];
};

const describeFailedRepository = (
	entry: {
		readonly failure: FailedRepository;
		readonly name: string;
		readonly next: FailedRepository | undefined;
	},
	width: number,
	options: Options,
): readonly string[] => {
	const {failure, next} = entry;
	const lastGood =
		failure.lastGood === undefined ? undefined : formatAge(failure.lastGood, options.now);
	const advice = adviceOf(failure.failure);
	// The same advice is given once, below the last one it is for.
	const isRepeated = next !== undefined && adviceOf(next.failure) === advice;
	return [
		...layOutBeside(
			drawLabel('failed', entry.name, options),
			width,
			describeFailed(failure, lastGood),
			options,
		),
		...(isRepeated ? [] : layOutUnder(width, advice, options)),
	];
};

/** What was saved, but may not be all there is. */
const describeDoubts = (report: SourceReport, options: Options): readonly string[] => {
	const mark = drawLabel('attention', '', options);
	const say = (text: string): readonly string[] => layOutBeside(mark, 4, text, options);
	return [
		...(report.shrinkage === undefined
			? []
			: say(
					`${describeShrinkage(report.shrinkage)}. Nothing is taken as gone. If they are meant to be: cistern accept-missing`,
				)),
		...(report.lost.length === 0
			? []
			: say(
					`${describeLosers(report.lost)}. The damaged copy stays beside the new one: look for another copy of the backup, and check the disk`,
				)),
		...(report.lfs.length === 0
			? []
			: say(
					`${describeLfs(report.lfs)}, so this is no complete backup. With "lfs: ignore" in the settings it is one`,
				)),
	];
};
