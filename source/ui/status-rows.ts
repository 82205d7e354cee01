import {slugOf} from '../domain/plan/repository.ts';
import {nameOfFolder} from '../domain/record/name-match.ts';
import type {Loss} from '../domain/run/mending.ts';
import type {RepositoryStatus} from '../domain/status/repository-status.ts';
import {formatCount, formatDay, formatNumber, formatSize} from '../domain/text/format.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import {describeLost} from './backup/describe-outcome.ts';
import {noteGap} from './describe-gaps.ts';
import {
	layOut,
	layOutBeside,
	type MomentStyle,
	showAge,
	showDay,
	type TextStyle,
} from './text/layout.ts';
import {drawSign, type Marks, type Span} from './text/style.ts';
import {measureWidth, padToWidth} from './text/width.ts';

/** A repository in the columns of `cistern status`. */
type StatusRow = {
	readonly name: string;
	readonly mark: Span;
	readonly age: string;
	readonly size: string;
	readonly refs: string;
	readonly notes: string;
	/** Is there a backup with a known age and size? */
	readonly isSaved: boolean;
};

/** The part of a line that names may take. */
const nameShare = 0.4;
/** Columns of indent, gap, mark and the blank after it. */
const besideName = 6;
const figureGap = '   ';
/** A list with more rows needs a hint at its end. */
const longList = 20;

/** A line or two of each repository, the most urgent first, as they come. */
export const describeRepositories = (
	repositories: readonly RepositoryStatus[],
	options: MomentStyle,
): readonly string[] => {
	const count = countNames(repositories);
	const rows = repositories.map((repository) =>
		describeRepository(repository, {
			...options,
			isAmbiguous: (count.get(repository.repository) ?? 0) > 1,
		}),
	);
	return rows.length === 0
		? ['  Nothing is saved yet.']
		: [...layOutRows(rows, options), ...describeAttention(rows, options)];
};

/** The most urgent rows stand first, and in a long list they have scrolled out of sight. */
const describeAttention = (rows: readonly StatusRow[], style: TextStyle): readonly string[] => {
	const count = rows.filter(({mark}) => mark.style !== undefined).length;
	return count === 0 || rows.length <= longList
		? []
		: [
				'',
				...layOut(
					2,
					`${formatNumber(count)} of ${formatNumber(rows.length)} need attention: see the top of the list.`,
					style,
				),
			];
};

/**
 * Columns as wide as their widest entry, so that numbers line up. Figures without room are left
 * out. A longer name gets a line of its own.
 */
const layOutRows = (rows: readonly StatusRow[], options: MomentStyle): readonly string[] => {
	const longest = Math.max(...rows.map(({name}) => measureWidth(name)));
	const names = Math.min(longest, Math.floor(options.columns * nameShare));
	const write = fitFigures(rows, options.columns - names - besideName - 1);
	return rows.flatMap((row) => {
		const figures = row.isSaved ? write(row) : '';
		const isLong = measureWidth(row.name) > names;
		const label = [
			{text: '  '},
			{text: padToWidth(isLong ? '' : row.name, names), style: 'bold' as const},
			{text: '  '},
			row.mark,
			{text: row.isSaved ? ` ${figures}` : ''},
		];
		const labelWidth = names + besideName + (row.isSaved ? measureWidth(figures) + 3 : 0);
		const lines = layOutBeside(label, labelWidth, row.notes, options);
		return [
			...(isLong ? [`  ${options.paint('bold', row.name)}`] : []),
			...lines.map((line) => line.trimEnd()),
		];
	});
};

/** Writes the figures of a row: age, size and refs, without the last ones if `room` is short. */
const fitFigures = (rows: readonly StatusRow[], room: number): ((row: StatusRow) => string) => {
	const saved = rows.filter(({isSaved}) => isSaved);
	const width = (pick: (row: StatusRow) => string): number =>
		Math.max(0, ...saved.map((row) => measureWidth(pick(row))));
	const [ages, sizes, refs] = [
		width(({age}) => age),
		width(({size}) => size),
		width((row) => row.refs),
	];
	const count = [3, 2].find((some) => {
		const shown = [ages, sizes, refs].slice(0, some);
		return shown.reduce((sum, one) => sum + one + figureGap.length, -figureGap.length) <= room;
	});
	return (row) =>
		[padToWidth(row.age, ages), row.size.padStart(sizes), row.refs.padStart(refs)]
			.slice(0, count ?? 1)
			.join(figureGap);
};

const countNames = (repositories: readonly RepositoryStatus[]): ReadonlyMap<string, number> => {
	const count = new Map<string, number>();
	for (const {repository} of repositories) {
		count.set(repository, (count.get(repository) ?? 0) + 1);
	}

	return count;
};

/** If two have had the same name, the one that is gone is named by its folder, as in a restore. */
const nameOf = ({repository, folder, state}: RepositoryStatus, isAmbiguous: boolean): string =>
	isAmbiguous && state === 'gone' && folder !== undefined
		? nameOfFolder(folder).slug
		: slugOf(repository);

const describeRepository = (
	status: RepositoryStatus,
	options: MomentStyle & {readonly isAmbiguous: boolean},
): StatusRow => ({
	name: toPrintable(nameOf(status, options.isAmbiguous)),
	mark: markOf(status, options.marks),
	age: status.lastGood === undefined ? '' : showAge(status.lastGood, options),
	size: formatSize(status.size),
	refs: formatCount(status.refs, 'ref'),
	notes: describeNotes(status, options).join('; '),
	isSaved: status.changedAt !== undefined && status.state !== 'gone',
});

const markOf = ({state}: RepositoryStatus, marks: Marks): Span => {
	switch (state) {
		case 'never-saved':
		case 'failed':
		case 'damaged':
			return drawSign('failed', {marks});
		case 'newer':
		case 'unreadable':
		case 'left-out':
		case 'unrecorded':
			return drawSign('attention', {marks});
		case 'saved':
		case 'gone':
			return {text: ' '};
	}
};

/** Milliseconds after which a row tells how old something is that is read now and then. */
const notableAge = 24 * 60 * 60_000;

const describeNotes = (status: RepositoryStatus, options: MomentStyle): readonly string[] => [
	...describeState(status, options),
	...(status.keptTips === 0 ? [] : [`${formatCount(status.keptTips, 'old tip')} kept`]),
	...(status.outOfScope === true ? ['out of scope: nothing is known of it since'] : []),
	...status.losses.flatMap((loss) => describeLoss(loss, options)),
	...status.notes,
	...status.ages
		.filter(({at}) => options.now - Date.parse(at) >= notableAge)
		.map(({what, at}) => `${what} ${showAge(at, options)}`),
	...status.gaps.map(noteGap),
];

/** Old states that were lost with a damaged copy. */
const describeLoss = (loss: Loss, {now, verbose}: MomentStyle): readonly string[] => {
	const when = verbose ? loss.at : `on ${formatDay(loss.at, now)}`;
	const all = verbose
		? loss.lost.map(({ref, oid, keptAt}) => `${toPrintable(ref)} ${oid} ${keptAt ?? ''}`.trimEnd())
		: [];
	const place =
		loss.setAside === undefined ? '' : ` (the damaged copy is ${toPrintable(loss.setAside)})`;
	return [`${describeLost(loss).join(', ')} ${when}${place}`, ...all];
};

const describeState = (
	{state, problem, goneSince, lastGood, isMercurial, isVanished}: RepositoryStatus,
	options: MomentStyle,
): readonly string[] => {
	const reason = problem === undefined ? [] : [toPrintable(problem)];
	switch (state) {
		case 'never-saved':
			return ['not saved yet', ...reason];
		case 'failed':
			return reason;
		case 'damaged':
			return isVanished === true
				? [
						...reason,
						'look for another copy of it; the next backup saves it again, without its old tips',
					]
				: ['damaged', ...reason, 'the next backup repairs it'];
		case 'newer':
			return ['its record is from a newer Cistern: update this one'];
		case 'unreadable':
			return reason.length > 0
				? reason
				: ['its record (cistern.json) cannot be read: check the disk and the owner of the file'];
		case 'left-out':
			return ['left out by the last run'];
		case 'unrecorded':
			return [
				isMercurial === true
					? 'a Mercurial repository of an older backup: Cistern keeps it and saves only git'
					: 'not saved by Cistern; the next backup takes it over if Bitbucket has it',
			];
		case 'saved':
			return [];
		case 'gone':
			return [
				`gone from Bitbucket since ${showDay(goneSince ?? '', options)}; kept as of ${showDay(lastGood ?? '', options)}`,
			];
	}
};
