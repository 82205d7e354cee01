import {slugOf} from '../../domain/plan/repository.ts';
import {formatCount, formatDuration, formatNumber} from '../../domain/text/format.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import {adviseOn, describeFinding, type Finding, isDamage} from '../../domain/verify/finding.ts';
import {isWhole, type RepositoryVerdict, type SourceVerdict} from '../../domain/verify/verdict.ts';
import {layOut, layOutBeside, layOutUnder, type TextStyle} from '../text/layout.ts';
import {drawLabel} from '../text/style.ts';
import {measureWidth} from '../text/width.ts';

/** So many findings of one repository are told; the rest is counted. */
const mostFindings = 8;
const longestName = 32;

/**
 * A source for a person: what is wrong or strange, each repository with what to do now, and the
 * sum. `verdicts` are those in which anything was found.
 */
export const formatReport = (
	source: SourceVerdict,
	verdicts: readonly RepositoryVerdict[],
	style: TextStyle,
): string => {
	const names = verdicts.map(nameOf);
	const width = 4 + Math.min(longestName, Math.max(0, ...names.map(measureWidth))) + 3;
	const damaged = verdicts.filter((verdict) => !isWhole(verdict));
	const strange = verdicts.filter(isWhole);
	const blocks = [
		[`  ${style.paint('bold', toPrintable(source.source))}   ${toPrintable(source.folder)}`],
		...damaged.map((verdict) => describeVerdict(verdict, width, style)),
		strange.flatMap((verdict) => describeVerdict(verdict, width, style)),
		source.findings.flatMap((finding) => describeBeside('', 4, finding, style)),
		layOut(2, describeSum(source), style),
	];
	return `${blocks
		.filter(({length}) => length > 0)
		.map((lines) => lines.join('\n'))
		.join('\n\n')}\n\n`;
};

/** `acme/api` by its short name; what has no record by its folder's. */
const nameOf = ({repository}: RepositoryVerdict): string => toPrintable(slugOf(repository));

const describeVerdict = (
	verdict: RepositoryVerdict,
	width: number,
	style: TextStyle,
): readonly string[] => {
	const worstFirst = [
		...verdict.findings.filter(isDamage),
		...verdict.findings.filter((finding) => !isDamage(finding)),
	];
	const rest = worstFirst.length - mostFindings;
	const advice = adviseOn(verdict.findings, verdict);
	return [
		...worstFirst
			.slice(0, mostFindings)
			.flatMap((finding, index) =>
				describeBeside(index === 0 ? nameOf(verdict) : '', width, finding, style),
			),
		...(rest > 0
			? layOutUnder(width, `and ${formatNumber(rest)} more; --json names all`, style)
			: []),
		...(advice === undefined ? [] : layOutUnder(width, advice, style)),
	];
};

const describeBeside = (
	name: string,
	width: number,
	finding: Finding,
	style: TextStyle,
): readonly string[] => {
	const label = drawLabel(isDamage(finding) ? 'failed' : 'attention', name, style);
	return layOutBeside(label, width, describeFinding(finding), style);
};

const describeSum = ({repositories, whole, damaged, duration}: SourceVerdict): string => {
	const all = formatCount(repositories, 'repository', 'repositories');
	const is = whole === 1 || repositories === 1 ? 'is' : 'are';
	const result =
		damaged === 0
			? `${repositories === 1 ? 'The only repository' : `All ${formatNumber(repositories)} repositories`} ${is} whole.`
			: `${formatNumber(whole)} of ${all} ${is} whole, ${formatNumber(damaged)} not.`;
	return repositories === 0 ? 'Nothing to verify.' : `${result}   ${formatDuration(duration)}`;
};
