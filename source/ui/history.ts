import type {
	RecordedChange,
	RecordedRun,
	RepositoryHistory,
	SettingsChange,
} from '../domain/history/repository-history.ts';
import {wordsOfSetting} from '../domain/metadata/settings-state.ts';
import {slugOf} from '../domain/plan/repository.ts';
import {formatCount, formatNumber, formatRef, quote} from '../domain/text/format.ts';
import {toExcerpt, toPrintable} from '../domain/text/printable-text.ts';
import {endLines, layOut, type MomentStyle, showDay, showTime} from './text/layout.ts';
import {cutToWidth, measureWidth, padToWidth} from './text/width.ts';

/** With `verbose`, object ids are in full, too. */
export type HistoryOptions = MomentStyle & {
	/** The backup folder that `--from` names. */
	readonly from: string | undefined;
};

const gap = '   ';

/** Cells from the left; the last one may be as long as it needs. Details go below. */
export type Row = {
	readonly cells: readonly string[];
	readonly details?: readonly string[];
	/** A command to copy, which is never cut. */
	readonly command?: string;
};

/** For a person: its newest change first. */
export const formatHistory = (history: RepositoryHistory, options: HistoryOptions): string => {
	const name = toPrintable(slugOf(history.repository));
	const rows = [
		...history.runs.map((run) => ({at: run.at, rows: describeRun(run, options)})),
		...(history.settings ?? []).map((one) => ({
			at: one.at,
			rows: [describeSettings(one, options)],
		})),
	]
		.toSorted((left, right) => (left.at > right.at ? -1 : left.at < right.at ? 1 : 0))
		.flatMap((entry) => entry.rows);
	const hint = describeRestore(history, options);
	return endLines([
		`  ${options.paint('bold', name)}`,
		'',
		...(rows.length === 0 ? ['  Nothing is recorded yet.'] : alignRows(rows, options)),
		...describeAhead(history, options),
		...(hint === undefined ? [] : ['', `  ${hint}`]),
		'',
	]);
};

/** A date by a clock that ran fast works for --at, and is wrong otherwise. */
const describeAhead = (
	{aheadFrom}: RepositoryHistory,
	options: HistoryOptions,
): readonly string[] => {
	if (aheadFrom === undefined) {
		return [];
	}
	const date = showTime(aheadFrom, options);
	const inFull = options.verbose ? '' : ', which --verbose shows to the second';
	const text = `A clock was ahead: the entry dated ${date} was saved earlier than that, and so may be the entries after it. --at takes these dates${inFull}.`;
	return ['', ...layOut(2, text, options)];
};

/** Cells without room in their row go below it; an excerpt is cut. */
export const alignRows = (rows: readonly Row[], options: HistoryOptions): readonly string[] => {
	const widths: number[] = [];
	for (const {cells} of rows) {
		for (const [column, cell] of cells.slice(0, -1).entries()) {
			widths[column] = Math.max(widths[column] ?? 0, measureWidth(cell));
		}
	}
	const indent = (widths[0] ?? 0) + 7;
	const excerpt = (detail: string): string =>
		options.verbose
			? detail
			: cutToWidth(detail, options.columns - indent - 1, options.marks.ellipsis);
	return rows.flatMap(({cells, details = [], command}) => {
		const padded = cells.map((cell, column) => padToWidth(cell, widths[column] ?? 0));
		const line = (count: number): string => `  ${padded.slice(0, count).join(gap)}`.trimEnd();
		let fitting = cells.length;
		while (fitting > 1 && measureWidth(line(fitting)) >= options.columns) {
			fitting -= 1;
		}

		const rest = cells.slice(fitting).filter((cell) => cell !== '');
		const below = [
			...(rest.length === 0 ? [] : [rest.join(gap)]),
			...details.map((detail) => options.paint('dim', excerpt(detail))),
			...(command === undefined ? [] : [command]),
		];
		return [line(fitting), ...below.map((text) => ' '.repeat(indent) + text)];
	});
};

const describeRun = (run: RecordedRun, options: HistoryOptions): readonly Row[] => {
	const when = showTime(run.at, options);
	if (run.isFirst) {
		return [{cells: [when, `first backup, ${formatCount(run.refs, 'ref')}`]}];
	}
	const head: readonly Row[] =
		run.head === undefined ? [] : [{cells: [when, ...describeHead(run.head, options)]}];
	const changes = run.changes.map((change) => ({
		cells: [when, ...describeChange(change, options)],
		details: describeCommits(change, options),
	}));
	return [...head, ...changes];
};

const describeSettings = ({at, names}: SettingsChange, options: HistoryOptions): Row => ({
	cells: [
		showTime(at, options),
		'settings',
		toPrintable(names.map(wordsOfSetting).join(', ')),
		'changed',
	],
});

const describeHead = (
	{from, to}: NonNullable<RecordedRun['head']>,
	{marks}: HistoryOptions,
): readonly string[] => {
	const names = [from, to].map((ref) => (ref === undefined ? 'none' : formatRef(ref)));
	return ['HEAD', 'default branch', names.join(` ${marks.arrow} `)];
};

/** Number of commits to show without `--verbose`, of those that only the backup still has. */
const fewCommits = 3;

/** Columns that a commit's first line may take. */
const subjectWidth = 50;

const describeCommits = (
	{commits, onlyHere}: RecordedChange,
	options: HistoryOptions,
): readonly string[] => {
	const {marks, verbose} = options;
	const shown = verbose ? commits : commits.slice(0, fewCommits);
	const rest = onlyHere - shown.length;
	const lines = shown.map(({oid, at, author, subject}) =>
		[
			verbose ? oid : oid.slice(0, 7),
			showDay(at, options),
			toExcerpt(author),
			cutToWidth(toExcerpt(subject), subjectWidth, marks.ellipsis),
		].join('  '),
	);
	const more = rest === 0 || shown.length === 0 ? [] : [`and ${formatNumber(rest)} more`];
	return [...lines, ...more];
};

const words: Readonly<Record<RecordedChange['kind'], string>> = {
	created: 'new',
	forwarded: 'updated',
	rewritten: 'rewritten',
	moved: 'moved',
	deleted: 'deleted',
};

const describeChange = (
	change: RecordedChange,
	{marks, verbose}: HistoryOptions,
): readonly string[] => {
	const {ref, kind, from, to} = change;
	return [
		formatRef(ref),
		words[kind],
		describeTips([from, to], {marks, verbose}),
		describeKept(change),
	];
};

export const describeTips = (
	oids: readonly (string | undefined)[],
	{marks, verbose}: Pick<HistoryOptions, 'marks' | 'verbose'>,
): string =>
	oids
		.filter((oid) => oid !== undefined)
		.map((oid) => (verbose ? oid : oid.slice(0, 7)))
		.join(` ${marks.arrow} `);

const describeKept = ({kept, onlyHere}: RecordedChange): string => {
	if (!kept) {
		return '';
	}
	return onlyHere === 0 ? 'kept' : `${formatCount(onlyHere, 'commit')} only here now`;
};

/** The command that restores the state just before the latest loss. */
const describeRestore = (
	history: RepositoryHistory,
	{from}: HistoryOptions,
): string | undefined => {
	const loss = history.runs.find(({changes}) => changes.some(({kept}) => kept));
	if (loss === undefined) {
		return undefined;
	}
	const before = new Date(Date.parse(loss.at) - 1000).toISOString().replace(/\.\d+Z$/, 'Z');
	return restoreCommand(history, before, from);
};

/** The command that restores a repository as it was at a moment. `before`: RFC 3339. */
export const restoreCommand = (
	{repository, folder}: Pick<RepositoryHistory, 'repository' | 'folder'>,
	before: string,
	from: string | undefined,
): string => {
	// If another repository has the name now, only the folder names this one.
	const name = folder === repository.replace('/', '#') ? slugOf(repository) : folder;
	const where = from === undefined ? '' : ` --from ${quote(toPrintable(from))}`;
	return `cistern restore ${quote(toPrintable(name))} --at ${before}${where} --to DIR`;
};
