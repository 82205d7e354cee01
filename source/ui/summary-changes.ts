import type {Mentions, SourceState} from '../domain/source-state.ts';
import {toShortRepository} from './short-name.ts';
import {formatCount, formatNames} from './text/count.ts';
import {type Look, layOut} from './text/layout.ts';
import {measureWidth, padToWidth} from './text/width.ts';

type Line = {readonly text: string; readonly hint: string};

/** What upstream took away or renamed, and how to see what is kept of it. */
export const describeChanges = (source: SourceState, look: Look): readonly string[] => {
	const lines = collect(source);
	const width = Math.max(0, ...lines.map(({text}) => measureWidth(text)));
	return lines.flatMap(({text, hint}) =>
		4 + width + 4 + measureWidth(hint) < look.columns
			? [`    ${padToWidth(text, width)}    ${hint}`]
			: [...layOut(4, text, look), ...layOut(6, hint, look)],
	);
};

const collect = (source: SourceState): readonly Line[] => {
	const {rewritten, moved, deleted, gone, renamed} = source;
	return [
		...describe(rewritten, (count) => [
			`${formatCount(count, 'branch was', 'branches were')} rewritten upstream; ${its(count)} old state is kept`,
			historyHint(source, rewritten),
		]),
		...describe(moved, (count) => [
			`${formatCount(count, 'tag was', 'tags were')} moved upstream; ${its(count)} old state is kept`,
			historyHint(source, moved),
		]),
		...describe(deleted, (count) => [
			`${formatCount(count, 'branch or tag was', 'branches or tags were')} deleted upstream; ${its(count)} last state is kept`,
			historyHint(source, deleted),
		]),
		...describe(gone, (count) => [
			`${formatCount(count, 'repository is', 'repositories are')} gone from Bitbucket; ${its(count)} backup stays`,
			namesOf(source, gone),
		]),
		...describe(renamed, (count) => [
			`${formatCount(count, 'repository was', 'repositories were')} renamed; ${its(count)} history goes on`,
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
		names.map((name) => toShortRepository(name, source)),
		repositories,
	);

const historyHint = (source: SourceState, mentions: Mentions): string => {
	const [first = ''] = mentions.names;
	return mentions.repositories === 1
		? `cistern history ${toShortRepository(first, source)}`
		: `${namesOf(source, mentions)}: cistern history NAME`;
};
