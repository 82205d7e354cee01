import {describeFailure} from '../../domain/failure/failure-table.ts';
import {slugOf} from '../../domain/plan/repository.ts';
import {
	capitalise,
	formatAll,
	formatCount,
	formatDuration,
	formatNumber,
} from '../../domain/text/format.ts';
import {toExcerpt, toPrintable} from '../../domain/text/printable-text.ts';
import type {Finding} from '../../domain/verify/finding.ts';
import {adviseOn, describeFinding, isDamage} from '../../domain/verify/finding-table.ts';
import {
	type Compared,
	isWhole,
	type Rehearsed,
	type RepositoryVerdict,
	type SourceVerdict,
} from '../../domain/verify/verdict.ts';
import {reasonOf} from '../describe-failed.ts';
import {labelWidthFor, layOut, layOutMarked, layOutUnder, type TextStyle} from '../text/layout.ts';

/** Number of findings to tell of one repository; the rest is counted. */
const mostFindings = 8;

/**
 * A source for a person: findings of each repository with advice, and the sum. `verdicts`: those
 * with a finding.
 */
export const formatReport = (
	source: SourceVerdict,
	verdicts: readonly RepositoryVerdict[],
	style: TextStyle,
): string => {
	const width = labelWidthFor(verdicts.map(nameOf));
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

/** The short name; without a record, the folder's name. */
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
	const sign = isDamage(finding) ? 'failed' : 'attention';
	return layOutMarked(sign, describeFinding(finding), style, {name, width});
};

const describeSum = ({repositories, whole, damaged, duration}: SourceVerdict): string => {
	const all = formatCount(repositories, 'repository');
	const is = repositories === 1 ? 'is' : 'are';
	const result =
		damaged === 0
			? `${capitalise(formatAll(repositories, 'repository'))} ${is} whole.`
			: `${formatNumber(whole)} of ${all} ${is} whole, ${formatNumber(damaged)} not.`;
	return repositories === 0 ? 'Nothing to verify.' : `${result}   ${formatDuration(duration)}`;
};

type Bad = {
	readonly name: string;
	readonly text: string;
	readonly isFailure: boolean;
	/** The next step, if it is not the usual one. */
	readonly advice: string | undefined;
};

/** Results of one kind: the number of good ones, and each bad one. */
export type Proofs = {good: number; readonly bad: Bad[]};

export const newProofs = (): Proofs => ({good: 0, bad: []});

export const addProof = (proofs: Proofs, name: string, result: Compared | Rehearsed): void => {
	const text = describe(result);
	if (text === undefined) {
		proofs.good += 1;
	} else {
		const isFailure = result.state === 'failed' || result.state === 'different';
		proofs.bad.push({name: toPrintable(name), text, isFailure, advice: adviceOf(result)});
	}
};

/** A disk that cannot take the files, or a network that is down, says nothing about the copy. */
const adviceOf = (result: Compared | Rehearsed): string | undefined =>
	result.state === 'failed' && result.failure.kind !== 'mirror-unusable'
		? describeFailure(result.failure).advice
		: undefined;

const describe = (result: Compared | Rehearsed): string | undefined => {
	switch (result.state) {
		case 'as-upstream':
		case 'equal':
			return undefined;
		case 'behind':
			return 'changed on Bitbucket since it was saved';
		case 'not-saved':
			return 'not saved yet';
		case 'different':
			return `was restored, but ${toExcerpt(result.detail)}`;
		case 'failed':
			return reasonOf(result.failure);
	}
};

/** Number of bad results to name. */
const mostNamed = 20;

export const formatCompared = (proofs: Proofs, style: TextStyle): string =>
	format(proofs, style, {
		sum: `${formatNumber(proofs.good)} of ${formatCount(proofs.good + proofs.bad.length, 'repository')} saved as on Bitbucket now.`,
		advice: 'The next backup saves what changed or is new: run cistern.',
	});

export const formatRehearsed = (proofs: Proofs, style: TextStyle): string =>
	format(proofs, style, {
		sum: `${formatNumber(proofs.good)} of ${formatCount(proofs.good + proofs.bad.length, 'rehearsed restore')} came out as saved.`,
		advice:
			'A repository that cannot be restored is damaged or was changed: run cistern to repair it.',
	});

const format = (
	{good, bad}: Proofs,
	style: TextStyle,
	{sum, advice}: {readonly sum: string; readonly advice: string},
): string => {
	if (good + bad.length === 0) {
		return '';
	}

	const lines = bad.slice(0, mostNamed).flatMap(({name, text, isFailure}) =>
		layOutMarked(isFailure ? 'failed' : 'attention', text, style, {
			name,
			width: 7 + name.length,
		}),
	);
	const rest = bad.length - mostNamed;
	const advices = [...new Set(bad.map((one) => one.advice ?? advice))];
	return `${[
		...layOut(2, sum, style),
		...lines,
		...(rest > 0 ? [`    and ${formatNumber(rest)} more; --json names all`] : []),
		...advices.flatMap((text) => layOut(4, text, style)),
	].join('\n')}\n\n`;
};
