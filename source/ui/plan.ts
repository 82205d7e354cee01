import {describeFailure} from '../domain/failure/describe-failure.ts';
import {countPlan, type PlanItem, type SourcePlan} from '../domain/plan/plan.ts';
import {fullName} from '../domain/plan/repository.ts';
import type {SourceReport} from '../domain/run/events.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import {formatJson} from './text/json-text.ts';

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

/** Failures tell what happened; everything else tells why the plan says so. */
const reasonOf = ({failure, reason}: PlanItem): string =>
	failure === undefined ? reason : describeFailure(failure).what;

const toTextLines = ({plan, report}: Planned): readonly string[] => {
	const problem = report.problem === undefined ? [] : describeProblem(report.problem);
	if (plan === undefined) {
		return [`${toPrintable(report.source)}: could not be looked at.`, ...problem];
	}

	const counts = countPlan(plan);
	return [
		...plan.items.map(
			(item) =>
				`${words[item.action].padEnd(9)}  ${toPrintable(fullName(item.repository))}  ${toPrintable(reasonOf(item))}`,
		),
		...plan.gone.map(
			({record}) => `gone       ${toPrintable(fullName(record))}  its backup stays as it is`,
		),
		`${toPrintable(report.source)}: ${counts.new} new, ${counts.changed} changed, ${counts.unchanged} unchanged, ${counts.gone} gone, ${counts.refused + counts.failed} cannot be saved. Nothing was written.`,
		...problem,
	];
};

const describeProblem = (problem: NonNullable<SourceReport['problem']>): readonly string[] => {
	const {what, advice} = describeFailure(problem);
	return [toPrintable(what), toPrintable(advice)];
};

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
		}),
	),
	formatJson({
		v: 1,
		type: 'plan',
		source: report.source,
		exitCode: report.exitCode,
		...(plan === undefined ? {} : {inScope: plan.items.length, counts: countPlan(plan)}),
		...(report.problem === undefined ? {} : {problem: report.problem}),
		...(report.shrinkage === undefined ? {} : {shrinkage: report.shrinkage}),
	}),
];
