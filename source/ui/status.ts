import {slugOf} from '../domain/plan/repository.ts';
import {listUnread} from '../domain/record/describe-parts.ts';
import {isOpen} from '../domain/record/gap.ts';
import {nameOfFolder} from '../domain/record/name-match.ts';
import type {Loss} from '../domain/run/mending.ts';
import type {RepositoryStatus} from '../domain/status/repository-status.ts';
import {
	isOutdated,
	lacksOnlyParts,
	type SourceStatus,
	type WorkspaceStatus,
} from '../domain/status/source-status.ts';
import {
	formatAge,
	formatCount,
	formatDay,
	formatNames,
	formatNumber,
	formatRoughly,
	formatSize,
} from '../domain/text/format.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import {describeUnmatched} from './backup/describe-event.ts';
import {describeLost} from './backup/describe-outcome.ts';
import {nameGaps, noteGap} from './describe-gaps.ts';
import {formatJsonLine, withPartFields} from './json/json.ts';
import {describeStore, toJsonStore} from './store-status.ts';
import {layOut, layOutBeside, layOutParts, type TextStyle} from './text/layout.ts';
import {drawLabel, drawSign, type Marks, type Sign, type Span} from './text/style.ts';
import {measureWidth, padToWidth} from './text/width.ts';

export type StatusOptions = TextStyle & {
	/** Milliseconds since 1970. */
	readonly now: number;
	/** Milliseconds; undefined if any age will do. */
	readonly maxAge: number | undefined;
	/** Show dates instead of ages. */
	readonly verbose: boolean;
};

/** The part of a line that names may take. */
const nameShare = 0.4;
/** Columns of indent, gap, mark and the blank after it. */
const besideName = 6;
const figureGap = '   ';
/** A list with more rows needs a hint at its end. */
const longList = 20;

/** For a person: a block a source, the most urgent repositories first. */
export const formatStatus = (statuses: readonly SourceStatus[], options: StatusOptions): string =>
	statuses
		.map((status) => [...describeSource(status, options), ''].map((line) => `${line}\n`).join(''))
		.join('');

/** For a program: a line a source. */
export const formatStatusJson = (
	statuses: readonly SourceStatus[],
	{now, maxAge}: Pick<StatusOptions, 'now' | 'maxAge'>,
): string =>
	statuses
		.map((status) => {
			const outdated = maxAge === undefined ? undefined : isOutdated(status, maxAge, now);
			const {workspace, stores, ...facts} = status;
			const repositories = status.repositories.map(withPartFields);
			return formatJsonLine({
				type: 'status',
				...facts,
				...(workspace === undefined ? {} : {workspace: toJsonWorkspace(workspace)}),
				...(stores === undefined ? {} : {stores: stores.map(toJsonStore)}),
				repositories,
				outdated,
			});
		})
		.join('');

const toJsonWorkspace = ({size, problem, ages}: WorkspaceStatus) => ({
	size,
	...(problem === undefined ? {} : {problem}),
	...(ages[0] === undefined ? {} : {settingsAt: ages[0].at}),
});

const describeSource = (status: SourceStatus, options: StatusOptions): readonly string[] => {
	const title = toPrintable(status.source);
	const head = layOutParts(
		[{text: '  '}, {text: title, style: 'bold'}],
		2 + measureWidth(title) + 3,
		[toPrintable(status.folder), formatSize(status.size), describeLastComplete(status, options)],
		options,
	);
	const count = countNames(status.repositories);
	const rows = status.repositories.map((repository) =>
		describeRepository(repository, {
			...options,
			isAmbiguous: (count.get(repository.repository) ?? 0) > 1,
		}),
	);
	return [
		...head,
		...describeChecks(status, options),
		...describeAges(status, options),
		...(status.stores ?? []).flatMap((store) => describeStore(store, options)),
		...describeTrouble(status, options),
		'',
		...(rows.length === 0 ? ['  Nothing is saved yet.'] : layOutRows(rows, options)),
		...describeAttention(rows, options),
	];
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

const describeLastComplete = (
	{lastComplete, runsProblem}: SourceStatus,
	options: StatusOptions,
): string => {
	if (lastComplete === undefined) {
		return runsProblem === undefined ? 'no complete backup yet' : 'last complete backup unknown';
	}

	const when = options.verbose ? lastComplete : formatAge(lastComplete, options.now);
	return `last complete backup ${when}`;
};

/** When the backup was last verified and rehearsed, if it ever was. */
const describeChecks = (
	{lastVerified, lastRehearsed}: SourceStatus,
	options: StatusOptions,
): readonly string[] => {
	const when = (at: string): string => (options.verbose ? at : formatAge(at, options.now));
	const parts = [
		...(lastVerified === undefined ? [] : [`last verified ${when(lastVerified.at)}`]),
		...(lastRehearsed === undefined
			? []
			: [
					`${formatNumber(lastRehearsed.rehearsed)} of ${formatNumber(lastRehearsed.repositories)} rehearsed ${when(lastRehearsed.at)}`,
				]),
	];
	return parts.length === 0 ? [] : layOut(2, parts.join('; '), options);
};

/** How old the oldest of everything is that is read now and then, and what the token may not read. */
const describeAges = (
	{repositories, workspace}: SourceStatus,
	options: StatusOptions,
): readonly string[] => {
	const living = repositories.filter(({state}) => state !== 'gone');
	const all = [...living, ...(workspace === undefined ? [] : [workspace])];
	const oldest = Map.groupBy(
		all.flatMap(({ages}) => ages),
		({what}) => what,
	);
	const ages = [...oldest].map(([what, some]) => {
		const [at = ''] = some.map((one) => one.at).toSorted();
		return `oldest ${what} ${options.verbose ? at : formatAge(at, options.now)}`;
	});
	const unread = all.flatMap((one) => one.unread);
	return [
		...(ages.length === 0 ? [] : layOut(2, ages.join('; '), options)),
		...(unread.length === 0
			? []
			: layOut(2, toPrintable(`Not read: ${listUnread(unread)}`), options)),
	];
};

/** Why everything is saved but something that parts lack, and what to do. */
const describeLacking = ({repositories, workspace}: SourceStatus): string => {
	const ofWorkspace = {repository: 'the workspace', gaps: workspace?.gaps ?? []};
	const open = [...repositories, ofWorkspace].flatMap(({repository, gaps}) =>
		gaps.filter(isOpen).map((gap) => ({...gap, repository})),
	);
	const advice = [...new Set(open.map((gap) => gap.advice))];
	const what = nameGaps(open).join(' and ');
	return [
		`Everything is saved but ${what}, so no backup counts as complete.`,
		...advice.slice(0, 1),
	].join(' ');
};

const describeTooOld = ({lastComplete}: SourceStatus, maxAge: number): string =>
	lastComplete === undefined
		? `There is no complete backup of the last ${formatRoughly(maxAge)}.`
		: `That is more than ${formatRoughly(maxAge)} ago.`;

const describeTrouble = (status: SourceStatus, options: StatusOptions): readonly string[] => {
	const {lastRun, missing, runsProblem, missingBackup} = status;
	const {maxAge, now} = options;
	const say = (sign: Sign, text: string): readonly string[] =>
		layOutBeside(drawLabel(sign, '', options), 4, text, options);
	return [
		...(maxAge !== undefined && isOutdated(status, maxAge, now)
			? say('failed', describeTooOld(status, maxAge))
			: []),
		...(missingBackup === undefined
			? []
			: say(
					'failed',
					`${formatCount(missingBackup.repositories, 'repository was', 'repositories were')} completely saved here ${formatAge(missingBackup.at, now)}, and nothing of that is here now. Is a disk not mounted?`,
				)),
		...(runsProblem === undefined
			? []
			: say(
					'failed',
					`The list of its runs cannot be read, so the date of its last complete backup is unknown: ${toPrintable(runsProblem)}. See what is there and move it away: the next backup begins a new list.`,
				)),
		...(lastRun?.problem === undefined
			? []
			: say(
					'failed',
					`The last run, ${formatAge(lastRun.at, now)}, failed: ${toPrintable(lastRun.problem)}.`,
				)),
		...(lastRun?.afterBackup === undefined
			? []
			: say(
					'failed',
					`The command after the last backup, ${formatAge(lastRun.at, now)}, ${toPrintable(lastRun.afterBackup)}, so that backup does not count as complete. The next one runs it again.`,
				)),
		...(status.unmatched === undefined
			? []
			: say('failed', `${describeUnmatched(status.unmatched)}, so no backup counts as complete.`)),
		...(status.workspace?.problem === undefined
			? []
			: say(
					'failed',
					`The settings of the workspace are damaged here: ${toPrintable(status.workspace.problem)}. The next backup repairs them.`,
				)),
		...(lacksOnlyParts(status) ? say('attention', describeLacking(status)) : []),
		...(status.untold ?? []).flatMap(({target, reason, at}) =>
			say(
				'attention',
				`The last run could not tell ${target}, ${formatAge(at, now)}: ${toPrintable(reason)}. Try it: cistern tell --test`,
			),
		),
		...(missing.length === 0
			? []
			: say(
					'attention',
					`${formatCount(missing.length, 'repository was', 'repositories were')} missing from the last listing and ${missing.length === 1 ? 'was' : 'were'} not marked as gone: ${formatNames(missing.map(toPrintable), missing.length)}.`,
				)),
	];
};

/**
 * Columns as wide as their widest entry, so that numbers line up. Figures without room are left
 * out. A longer name gets a line of its own.
 */
const layOutRows = (rows: readonly StatusRow[], options: StatusOptions): readonly string[] => {
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

type Options = {readonly now: number; readonly verbose: boolean; readonly marks: Marks};

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
	options: Options & {readonly isAmbiguous: boolean},
): StatusRow => ({
	name: toPrintable(nameOf(status, options.isAmbiguous)),
	mark: markOf(status, options.marks),
	age: describeAge(status.lastGood, options),
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

const describeAge = (at: string | undefined, {now, verbose}: Options): string => {
	if (at === undefined) {
		return '';
	}
	return verbose ? at : formatAge(at, now);
};

/** Milliseconds after which a row tells how old something is that is read now and then. */
const notableAge = 24 * 60 * 60_000;

const describeNotes = (status: RepositoryStatus, options: Options): readonly string[] => [
	...describeState(status, options),
	...(status.keptTips === 0 ? [] : [`${formatCount(status.keptTips, 'old tip')} kept`]),
	...(status.outOfScope === true ? ['out of scope: nothing is known of it since'] : []),
	...status.losses.flatMap((loss) => describeLoss(loss, options)),
	...status.notes,
	...status.ages
		.filter(({at}) => options.now - Date.parse(at) >= notableAge)
		.map(({what, at}) => `${what} ${describeAge(at, options)}`),
	...status.gaps.map(noteGap),
];

/** Old states that were lost with a damaged copy. */
const describeLoss = (loss: Loss, {now, verbose}: Options): readonly string[] => {
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
	{now, verbose}: Options,
): readonly string[] => {
	const reason = problem === undefined ? [] : [toPrintable(problem)];
	const day = (at: string): string => (verbose ? at : formatDay(at, now));
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
				`gone from Bitbucket since ${day(goneSince ?? '')}; kept as of ${day(lastGood ?? '')}`,
			];
	}
};
