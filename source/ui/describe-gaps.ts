import {type Gap, isOpen, type NamedGap} from '../domain/record/gap.ts';
import {formatNames, formatNumber} from '../domain/text/format.ts';
import {toPrintable} from '../domain/text/printable-text.ts';

const describeDetail = ({detail, place = 'saved'}: Gap): string =>
	detail === undefined ? `are not ${place}` : `are not all ${place}: ${toPrintable(detail)}`;

/** `WHAT are not saved`, for `cistern status`. */
export const noteGap = (gap: Gap): string => `${gap.what} ${describeDetail(gap)}`;

/** `its WHAT are not saved`, for a saved repository. Leaves out what the user accepts. */
export const describeGaps = (gaps: readonly Gap[]): readonly string[] =>
	gaps.filter(isOpen).map((gap) => `its ${noteGap(gap)}`);

/** `the WHAT of acme/art and acme/film`. Names of one part and one kind stand together. */
export const nameGaps = (gaps: readonly NamedGap[]): readonly string[] =>
	groupBy(gaps, ({part, what}) => `${part} ${what}`).map(({what, names}) => nameAll(what, names));

type Group = NamedGap & {readonly names: readonly string[]};

const nameAll = (what: string, names: readonly string[]): string =>
	`the ${what} of ${formatNames(names.map(toPrintable), names.length)}`;

const groupBy = (gaps: readonly NamedGap[], keyOf: (gap: NamedGap) => string): readonly Group[] => {
	const groups = new Map<string, NamedGap & {readonly names: string[]}>();
	for (const gap of gaps) {
		const key = keyOf(gap);
		const group = groups.get(key) ?? {...gap, names: []};
		group.names.push(gap.repository);
		groups.set(key, group);
	}

	return [...groups.values()];
};

/** Sentences that a source's end may take. */
const mostTold = 20;

/** The gaps of a source, each with its advice. Repositories with the same gap are named together. */
export const listGaps = (
	gaps: readonly NamedGap[],
): readonly {readonly text: string; readonly advice: string}[] => {
	const groups = groupBy(gaps, ({part, what, detail, advice}) =>
		JSON.stringify([part, what, advice, detail]),
	);
	const told = groups.slice(0, mostTold).map((group) => ({
		text: `${nameAll(group.what, group.names)} ${describeDetail(group)}`,
		advice: group.advice,
	}));
	const rest = groups.length - told.length;
	return rest === 0
		? told
		: [
				...told,
				{
					text: `${formatNumber(rest)} more repositories are not completely saved`,
					advice: 'cistern status names them.',
				},
			];
};
