import {listUnread} from '../domain/record/describe-parts.ts';
import {isOpen} from '../domain/record/gap.ts';
import {
	isOutdated,
	lacksOnlyParts,
	type SourceStatus,
	type WorkspaceStatus,
} from '../domain/status/source-status.ts';
import {
	formatAge,
	formatCount,
	formatNames,
	formatNumber,
	formatRoughly,
	formatSize,
} from '../domain/text/format.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import {describeUnmatched} from './backup/describe-event.ts';
import {nameGaps} from './describe-gaps.ts';
import {formatJsonLine, withPartFields} from './json/json.ts';
import {describeRepositories} from './status-rows.ts';
import {describeStore, toJsonStore} from './store-status.ts';
import {
	endLines,
	layOut,
	layOutMarked,
	layOutTitle,
	type MomentStyle,
	showAge,
} from './text/layout.ts';
import type {Sign} from './text/style.ts';

export type StatusOptions = MomentStyle & {
	/** Milliseconds; undefined if any age will do. */
	readonly maxAge: number | undefined;
};

/** For a person: a block a source, the most urgent repositories first. */
export const formatStatus = (statuses: readonly SourceStatus[], options: StatusOptions): string =>
	statuses.map((status) => endLines([...describeSource(status, options), ''])).join('');

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
				workspace: workspace && toJsonWorkspace(workspace),
				stores: stores?.map(toJsonStore),
				repositories,
				outdated,
			});
		})
		.join('');

const toJsonWorkspace = ({size, problem, ages, json}: WorkspaceStatus) => ({
	size,
	problem,
	settingsAt: ages[0]?.at,
	...json,
});

const describeSource = (status: SourceStatus, options: StatusOptions): readonly string[] => {
	const facts = [
		toPrintable(status.folder),
		formatSize(status.size),
		describeLastComplete(status, options),
	];
	return [
		...layOutTitle(toPrintable(status.source), facts, options),
		...describeChecks(status, options),
		...describeAges(status, options),
		...(status.stores ?? []).flatMap((store) => describeStore(store, options)),
		...describeTrouble(status, options),
		'',
		...describeRepositories(status.repositories, options),
	];
};

const describeLastComplete = (
	{lastComplete, runsProblem}: SourceStatus,
	options: StatusOptions,
): string => {
	if (lastComplete === undefined) {
		return runsProblem === undefined ? 'no complete backup yet' : 'last complete backup unknown';
	}

	return `last complete backup ${showAge(lastComplete, options)}`;
};

/** When the backup was last verified and rehearsed, if it ever was. */
const describeChecks = (
	{lastVerified, lastRehearsed}: SourceStatus,
	options: StatusOptions,
): readonly string[] => {
	const parts = [
		...(lastVerified === undefined ? [] : [`last verified ${showAge(lastVerified.at, options)}`]),
		...(lastRehearsed === undefined
			? []
			: [
					`${formatNumber(lastRehearsed.rehearsed)} of ${formatNumber(lastRehearsed.repositories)} rehearsed ${showAge(lastRehearsed.at, options)}`,
				]),
	];
	return parts.length === 0 ? [] : layOut(2, parts.join('; '), options);
};

/**
 * The notes on the workspace itself, how old the oldest of everything is that is read now and then, and
 * what the token may not read.
 */
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
		return `oldest ${what} ${showAge(at, options)}`;
	});
	const unread = all.flatMap((one) => one.unread);
	const notes = [...(workspace?.notes ?? []).map((note) => `the workspace: ${note}`), ...ages];
	return [
		...(notes.length === 0 ? [] : layOut(2, notes.join('; '), options)),
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
	const say = (sign: Sign, text: string): readonly string[] => layOutMarked(sign, text, options);
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
