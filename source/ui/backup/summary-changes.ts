import type {Mentions, SourceState} from '../../domain/run/source-state.ts';
import {formatCount, formatNames, formatRepository} from '../../domain/text/format.ts';
import {layOut, type TextStyle} from '../text/layout.ts';
import {measureWidth, padToWidth} from '../text/width.ts';

const indent = 4;
const gap = 3;

type Line = {readonly text: string; readonly hint: string};

/** What upstream took away or renamed, and how to see what is kept of it. */
export const describeChanges = (source: SourceState, style: TextStyle): readonly string[] => {
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

const collect = (source: SourceState): readonly Line[] => {
	const {rewritten, moved, deleted, gone, renamed} = source;
	return [
		...describe(rewritten, (count) => [
			`${formatCount(count, 'branch', 'branches')} rewritten upstream; ${its(count)} old state is kept`,
			historyHint(source, rewritten),
		]),
		...describe(moved, (count) => [
			`${formatCount(count, 'tag')} moved upstream; ${its(count)} old state is kept`,
			historyHint(source, moved),
		]),
		...describe(deleted, (count) => [
			`${formatCount(count, 'ref')} deleted upstream; ${its(count)} last state is kept`,
			historyHint(source, deleted),
		]),
		...describe(gone, (count) => [
			`${formatCount(count, 'repository', 'repositories')} gone from Bitbucket; ${its(count)} backup stays`,
			namesOf(source, gone),
		]),
		...describe(renamed, (count) => [
			`${formatCount(count, 'repository', 'repositories')} renamed; ${its(count)} history goes on`,
			namesOf(source, renamed),
		]),
	];
};

const describe = (
	mentions: Mentions,
	describeCount: (count: number) => readonly [text: string, hint: string],
): readonly Line[] => {
	const [text, hint] = describeCount(mentions.count);
	return mentions.count === 0 ? [] : [{text, hint}];
};

const its = (count: number): string => (count === 1 ? 'its' : 'their');

const namesOf = (source: SourceState, {names, repositories}: Mentions): string =>
	formatNames(
		names.map((name) => formatRepository(name, source)),
		repositories,
	);

const historyHint = (source: SourceState, mentions: Mentions): string => {
	const [first = ''] = mentions.names;
	return mentions.repositories === 1
		? `cistern history ${formatRepository(first, source)}`
		: `${namesOf(source, mentions)}: cistern history NAME`;
};
