import {formatCount, formatNumber} from '../../domain/text/format.ts';
import {toExcerpt, toPrintable} from '../../domain/text/printable-text.ts';
import type {Compared, Rehearsed} from '../../domain/verify/verdict.ts';
import {reasonOf} from '../describe-failed.ts';
import {layOut, layOutBeside, type TextStyle} from '../text/layout.ts';
import {drawLabel} from '../text/style.ts';

type Bad = {readonly name: string; readonly text: string; readonly isFailure: boolean};

/** What is told of results of one kind: how many are good, and each that is not. */
export type Proofs = {good: number; readonly bad: Bad[]};

export const newProofs = (): Proofs => ({good: 0, bad: []});

export const addProof = (proofs: Proofs, name: string, result: Compared | Rehearsed): void => {
	const text = describe(result);
	if (text === undefined) {
		proofs.good += 1;
	} else {
		const isFailure = result.state === 'failed' || result.state === 'different';
		proofs.bad.push({name: toPrintable(name), text, isFailure});
	}
};

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

/** So many are told by name. */
const mostNamed = 20;

export const formatCompared = (proofs: Proofs, style: TextStyle): string =>
	format(proofs, style, {
		sum: `${formatNumber(proofs.good)} of ${formatCount(proofs.good + proofs.bad.length, 'repository', 'repositories')} saved as on Bitbucket now.`,
		advice: 'What changed or is new, the next backup saves: run cistern.',
	});

export const formatRehearsed = (proofs: Proofs, style: TextStyle): string =>
	format(proofs, style, {
		sum: `${formatNumber(proofs.good)} of ${formatCount(proofs.good + proofs.bad.length, 'rehearsed restore')} came out as saved.`,
		advice: 'What cannot be restored is damaged or was changed: run cistern, which mends it.',
	});

const format = (
	{good, bad}: Proofs,
	style: TextStyle,
	{sum, advice}: {readonly sum: string; readonly advice: string},
): string => {
	if (good + bad.length === 0) {
		return '';
	}

	const lines = bad
		.slice(0, mostNamed)
		.flatMap(({name, text, isFailure}) =>
			layOutBeside(
				drawLabel(isFailure ? 'failed' : 'attention', name, style),
				7 + name.length,
				text,
				style,
			),
		);
	const rest = bad.length - mostNamed;
	return `${[
		...layOut(2, sum, style),
		...lines,
		...(rest > 0 ? [`    and ${formatNumber(rest)} more; --json names all`] : []),
		...(bad.length === 0 ? [] : layOut(4, advice, style)),
	].join('\n')}\n\n`;
};
