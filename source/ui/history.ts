import {toPrintable} from '../domain/printable-text.ts';
import type {RecordedChange, RecordedRun, RepositoryHistory} from '../domain/repository-history.ts';
import {formatCount} from './text/count.ts';
import {formatJson} from './text/json-text.ts';
import type {Look} from './text/layout.ts';
import {formatDayAndTime} from './text/moment.ts';
import {measureWidth, padToWidth} from './text/width.ts';

export type HistoryOptions = Pick<Look, 'marks' | 'style'> & {
	/** Milliseconds since 1970. */
	readonly now: number;
	/** Full dates and object ids. */
	readonly verbose: boolean;
};

/** What was seen of each repository, for a person: a block a repository, the newest first. */
export const formatHistory = (
	histories: readonly RepositoryHistory[],
	options: HistoryOptions,
): string =>
	histories.map((history) => `${[...describeHistory(history, options), ''].join('\n')}\n`).join('');

/** The same for a program: a line a repository. */
export const formatHistoryJson = (histories: readonly RepositoryHistory[]): string =>
	histories.map((history) => `${formatJson({v: 1, type: 'history', ...history})}\n`).join('');

/** Cells from the left; the last one may run on as far as it needs. */
type Row = readonly string[];

const describeHistory = (
	history: RepositoryHistory,
	options: HistoryOptions,
): readonly string[] => {
	const name = toPrintable(shortName(history));
	const rows = history.runs.flatMap((run) => describeRun(run, options));
	const hint = describeRestore(history, name);
	return [
		`  ${options.style('bold', name)}`,
		'',
		...(rows.length === 0 ? ['  Nothing is recorded yet.'] : alignRows(rows)),
		...(hint === undefined ? [] : ['', `  ${hint}`]),
	];
};

const shortName = ({repository}: RepositoryHistory): string =>
	repository.slice(repository.indexOf('/') + 1);

const alignRows = (rows: readonly Row[]): readonly string[] => {
	const widths: number[] = [];
	for (const row of rows) {
		for (const [column, cell] of row.slice(0, -1).entries()) {
			widths[column] = Math.max(widths[column] ?? 0, measureWidth(cell));
		}
	}
	return rows.map((row) => {
		const cells = row.map((cell, column) =>
			column === row.length - 1 ? cell : padToWidth(cell, widths[column] ?? 0),
		);
		return `  ${cells.join('   ')}`.trimEnd();
	});
};

const describeRun = (run: RecordedRun, options: HistoryOptions): readonly Row[] => {
	const when = options.verbose ? run.at : formatDayAndTime(run.at, options.now);
	return run.isFirst
		? [[when, `first backup, ${formatCount(run.refs, 'ref')}`]]
		: run.changes.map((change) => [when, ...describeChange(change, options)]);
};

const words: Readonly<Record<RecordedChange['kind'], string>> = {
	created: 'new',
	forwarded: 'updated',
	rewritten: 'rewritten',
	moved: 'moved',
	deleted: 'deleted',
};

const describeChange = (change: RecordedChange, {marks, verbose}: HistoryOptions): Row => {
	const {ref, kind, from, to} = change;
	const tips = [from, to]
		.filter((oid) => oid !== undefined)
		.map((oid) => (verbose ? oid : oid.slice(0, 7)))
		.join(` ${marks.arrow} `);
	return [nameRef(ref), words[kind], tips, describeKept(change)];
};

/** Branches by their name alone, as git does; tags say so. */
const nameRef = (ref: string): string => {
	const name = toPrintable(ref.replace(/^refs\/(?:heads|tags)\//, ''));
	return ref.startsWith('refs/tags/') ? `${name} (tag)` : name;
};

const describeKept = ({kept, onlyHere}: RecordedChange): string => {
	if (!kept) {
		return '';
	}
	return onlyHere === undefined || onlyHere === 0
		? 'kept'
		: `${formatCount(onlyHere, 'commit')} only here now`;
};

/** How to get back what was taken away last: the state just before. */
const describeRestore = ({runs}: RepositoryHistory, name: string): string | undefined => {
	const loss = runs.find(({changes}) => changes.some(({kept}) => kept));
	if (loss === undefined) {
		return undefined;
	}
	const before = new Date(Date.parse(loss.at) - 1000).toISOString().replace(/\.\d+Z$/, 'Z');
	return `cistern restore ${name} --at ${before} --to DIR`;
};
