import type {Shrinkage, SourceReport} from '../../domain/run/events.ts';
import {formatCount, formatNames, formatNumber} from '../../domain/text/format.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import {reasonOf} from '../describe-failed.ts';

/** How a source ended, in plain lines: the counts, then what concerns it as a whole. */
export const describeReport = (report: SourceReport): readonly string[] => [
	...(report.inScope === undefined ? [] : [describeCounts(report, report.inScope)]),
	...(report.shrinkage === undefined ? [] : [describeShrinkage(report.shrinkage)]),
	...(report.lost.length === 0 ? [] : [describeLosers(report.lost)]),
	...(report.lfs.length === 0 ? [] : [describeLfs(report.lfs)]),
	...(report.problem === undefined ? [] : [`FAILED, ${reasonOf(report.problem)}`]),
];

/** `131 of 132 saved, 84 unchanged, 45 updated, 2 new, 1 failed`. */
const describeCounts = (report: SourceReport, inScope: number): string => {
	const saved = report.unchanged + report.updated + report.new;
	return [`${formatNumber(saved)} of ${formatNumber(inScope)} saved`, ...listCounts(report)].join(
		', ',
	);
};

/** `84 unchanged`, `45 updated`, ...: only what there is. */
export const listCounts = (
	counts: Pick<SourceReport, 'unchanged' | 'updated' | 'new' | 'failed' | 'leftOut'>,
): readonly string[] =>
	(
		[
			[counts.unchanged, 'unchanged'],
			[counts.updated, 'updated'],
			[counts.new, 'new'],
			[counts.failed, 'failed'],
			[counts.leftOut, 'left out'],
		] as const
	).flatMap(([count, word]) => (count === 0 ? [] : [`${formatNumber(count)} ${word}`]));

export const describeShrinkage = (shrinkage: Shrinkage): string => {
	const {expected, found, missing, missingCount, missingPrivate} = shrinkage;
	const names = formatNames(missing.map(toPrintable), missingCount);
	const isToken = missingPrivate === missingCount;
	return (
		`the listing shrank: ${formatNumber(found)} of the ${formatCount(expected, 'repository', 'repositories')} ` +
		`seen before are there, without ${names}` +
		(isToken ? '. All that are missing are private, so the token may see less than before' : '')
	);
};

export const describeLosers = (names: readonly string[]): string =>
	`not all that was kept of ${formatNames(names.map(toPrintable), names.length)} could be rescued from a damaged copy; cistern status --verbose names what is lost`;

export const describeLfs = (names: readonly string[]): string =>
	`the LFS files of ${formatNames(names.map(toPrintable), names.length)} are not saved`;
