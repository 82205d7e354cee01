import {describeFailure} from '../domain/failure/describe-failure.ts';
import {countPlan, type PlanItem, type SourcePlan} from '../domain/plan/plan.ts';
import {fullName} from '../domain/plan/repository.ts';
import type {SourceReport} from '../domain/run/events.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import {formatJson} from './text/json-text.ts';
import {formatSize} from './text/size.ts';
import {measureWidth, padToWidth} from './text/width.ts';

/** What a dry run found out about one source. */
type Planned = {readonly plan: SourcePlan | undefined; readonly report: SourceReport};

/** A dry run's answer: each repository with what would be done and why; as JSON, one a line. */
export const formatPlan = (planned: readonly Planned[], asJson: boolean): string =>
	planned
		.flatMap((one) => (asJson ? toJsonLines(one) : toTextLines(one)))
		.map((line) => `${line}\n`)
		.join('');

const words: Readonly<Record<PlanItem['action'], string>> = {
	none: 'unchanged',
	record: 'note',
	update: 'update',
	clone: 'clone',
	fail: 'cannot',
};

/** What needs nothing scrolls away first; what cannot be saved stands next to the totals. */
const order = ['none', 'record', 'update', 'clone', 'fail'] as const;

const longestName = 40;

/** Failures tell what happened; everything else tells why the plan says so. */
const reasonOf = ({failure, reason}: PlanItem): string =>
	failure === undefined ? reason : describeFailure(failure).what;

const toTextLines = ({plan, report}: Planned): readonly string[] => {
	const problem = report.problem === undefined ? [] : describeProblem(report.problem);
	if (plan === undefined) {
		return [`${toPrintable(report.source)}: could not be looked at.`, ...problem];
	}

	const counts = countPlan(plan);
	const rows = [
		...plan.gone.map(
			({record}) => ['gone', fullName(record), 'its backup stays as it is'] as const,
		),
		...order
			.flatMap((action) => plan.items.filter((item) => item.action === action))
			.map(
				(item) => [words[item.action], fullName(item.repository), describeReason(item)] as const,
			),
	].map(([word, name, reason]) => [word, toPrintable(name), toPrintable(reason)] as const);
	const width = Math.min(longestName, Math.max(0, ...rows.map(([, name]) => measureWidth(name))));
	return [
		...rows.map(([word, name, reason]) =>
			`${word.padEnd(9)}  ${padToWidth(name, width)}  ${reason}`.trimEnd(),
		),
		`${toPrintable(report.source)}: ${counts.new} new, ${counts.changed} changed, ${counts.unchanged} unchanged, ${counts.gone} gone, ${counts.refused + counts.failed} cannot be saved. Nothing was written.`,
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

const describeProblem = (problem: NonNullable<SourceReport['problem']>): readonly string[] => {
	const {what, advice} = describeFailure(problem);
	return [toPrintable(what), toPrintable(advice)];
};

const planFields = (plan: SourcePlan): object => ({
	inScope: plan.items.length,
	counts: countPlan(plan),
	gone: plan.gone.map(({record}) => fullName(record)),
});

const toJsonLines = ({plan, report}: Planned): readonly string[] => [
	...(plan?.items ?? []).map((item) =>
		formatJson({
			v: 1,
			type: 'planned',
			source: report.source,
			repository: fullName(item.repository),
			uuid: item.repository.uuid,
			folder: item.folder,
			action: item.action,
			reason: reasonOf(item),
			failure: item.failure,
		}),
	),
	formatJson({
		v: 1,
		type: 'plan',
		source: report.source,
		exitCode: report.exitCode,
		...(plan === undefined ? {} : planFields(plan)),
		...(report.problem === undefined ? {} : {problem: report.problem}),
		...(report.shrinkage === undefined ? {} : {shrinkage: report.shrinkage}),
	}),
];
