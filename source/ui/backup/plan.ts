import {describeFailure} from '../../domain/failure/failure-table.ts';
import {countPlan, type PlanItem, type SourcePlan} from '../../domain/plan/plan.ts';
import {fullName} from '../../domain/plan/repository.ts';
import type {SourceReport} from '../../domain/run/events.ts';
import {formatSize} from '../../domain/text/format.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import {formatJsonLine} from '../json/json.ts';
import {endLines, layOut, layOutBeside, type TextStyle} from '../text/layout.ts';
import {measureWidth} from '../text/width.ts';

/** The plan of one source. */
type Planned = {
	readonly plan: SourcePlan | undefined;
	readonly report: SourceReport;
	/** Sentences about what a plan cannot count. */
	readonly remarks: readonly string[];
};

/** For a person: each repository with the action and its reason. */
export const formatPlan = (planned: readonly Planned[], style: TextStyle): string =>
	endLines(planned.flatMap((one) => toTextLines(one, style)));

/** For a program: a line each. */
export const formatPlanJson = (planned: readonly Planned[]): string =>
	planned.flatMap(toJsonLines).join('');

/** In order: unchanged repositories scroll away first, and failed ones stand next to the totals. */
const words: Readonly<Record<PlanItem['action'], string>> = {
	none: 'unchanged',
	record: 'note',
	update: 'update',
	clone: 'clone',
	'look-again': 'later',
	fail: 'cannot',
};

const wordWidth = 11;
/** The part of a line that names may take. */
const nameShare = 0.5;

/** The failure, or else the reason that the plan gives. */
const reasonOf = ({failure, reason}: PlanItem): string =>
	failure === undefined ? reason : describeFailure(failure).what;

const toTextLines = ({plan, report, remarks}: Planned, style: TextStyle): readonly string[] => {
	const problem = report.problem === undefined ? [] : describeProblem(report.problem, style);
	if (plan === undefined) {
		return [`${toPrintable(report.source)}: could not be looked at.`, ...problem];
	}

	const counts = countPlan(plan);
	const rows = [
		...plan.gone.map(
			({record}) => ['gone', fullName(record), 'its backup stays as it is'] as const,
		),
		...Object.entries(words).flatMap(([action, word]) =>
			plan.items
				.filter((item) => item.action === action)
				.map((item) => [word, fullName(item.repository), describeReason(item)] as const),
		),
	].map(([word, name, reason]) => [word, toPrintable(name), toPrintable(reason)] as const);
	const longest = Math.max(0, ...rows.map(([, name]) => measureWidth(name)));
	const width = Math.min(longest, Math.floor(style.columns * nameShare));
	return [
		...rows.flatMap(([word, name, reason]) =>
			layOutBeside(
				[{text: `${word.padEnd(wordWidth)}${name}`}],
				wordWidth + width + 2,
				reason,
				style,
			).map((line) => line.trimEnd()),
		),
		...layOut(
			0,
			`${toPrintable(report.source)}: ${counts.new} new, ${counts.changed} changed, ${counts.unchanged} unchanged, ${counts.gone} gone, ${counts.refused + counts.failed} cannot be saved. Nothing was written.`,
			style,
		),
		...remarks.flatMap((text) => layOut(0, text, style)),
		...problem,
	];
};

const describeReason = (item: PlanItem): string => {
	const {action, repository} = item;
	if (action === 'none') {
		return '';
	}
	return action === 'clone' && repository.size > 0
		? `${reasonOf(item)}, ${formatSize(repository.size)}`
		: reasonOf(item);
};

const describeProblem = (
	problem: NonNullable<SourceReport['problem']>,
	style: TextStyle,
): readonly string[] => {
	const {what, advice} = describeFailure(problem);
	return [what, advice].flatMap((text) => layOut(0, toPrintable(text), style));
};

const planFields = (plan: SourcePlan) => ({
	inScope: plan.items.length,
	counts: countPlan(plan),
	gone: plan.gone.map(({record}) => fullName(record)),
});

const toJsonLines = ({plan, report}: Planned): readonly string[] => [
	...(plan?.items ?? []).map((item) =>
		formatJsonLine({
			type: 'planned',
			source: report.source,
			repository: fullName(item.repository),
			uuid: item.repository.uuid,
			folder: item.folder,
			// A dry run waits for each look, so it puts nothing aside.
			action: item.action === 'look-again' ? 'fail' : item.action,
			reason: reasonOf(item),
			failure: item.failure,
		}),
	),
	formatJsonLine({
		type: 'plan',
		source: report.source,
		exitCode: report.exitCode,
		...(plan === undefined ? {} : planFields(plan)),
		problem: report.problem,
		shrinkage: report.shrinkage,
	}),
];
