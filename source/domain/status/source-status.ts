import {exitCodes} from '../failure/exit-code.ts';
import {describeFailure} from '../failure/failure-table.ts';
import {fullName} from '../plan/repository.ts';
import {type DescribedParts, describeParts, type PartWords} from '../record/describe-parts.ts';
import {type Fields, isOpen} from '../record/gap.ts';
import {
	type ClosedFolder,
	partsIn,
	type SavedRepository,
	type SavedState,
	savedEntries,
	sizeOf,
} from '../record/record.ts';
import {lastComplete, type NotedRepository, type RunLine} from '../run/run-line.ts';
import type {StoreStatus} from '../store/store-status.ts';
import {type CheckLine, type LastChecks, lastChecks} from '../verify/check-line.ts';
import {
	describeRecords,
	describeUnsaved,
	describeVanished,
	type RepositoryStatus,
	repositoryStates,
	withoutRecord,
} from './repository-status.ts';

export type SourceStatus = LastChecks & {
	readonly source: string;
	readonly folder: string;
	/** When all in scope was last saved as it was upstream, RFC 3339. */
	readonly lastComplete: string | undefined;
	readonly lastRun:
		| Pick<RunLine, 'at' | 'exitCode' | 'complete' | 'problem' | 'afterBackup'>
		| undefined;
	/** Why the list of its runs cannot be read; the results of its runs are unknown then. */
	readonly runsProblem?: string | undefined;
	/** Missing from the last listing and not marked as gone; full names. */
	readonly missing: readonly string[];
	/** Names and globs of `includeRepos` that fitted no repository in the last run. */
	readonly unmatched?: readonly string[] | undefined;
	/** Messages about the last run that could not be sent. */
	readonly untold?: readonly {
		readonly target: string;
		readonly reason: string;
		readonly at: string;
	}[];
	/** A complete backup that was made here and of which nothing is left. */
	readonly missingBackup?: {readonly at: string; readonly repositories: number};
	/** How far it is in each of its stores; left out if there is none. */
	readonly stores?: readonly StoreStatus[] | undefined;
	/** Bytes of everything that is saved. */
	readonly size: number;
	/** The saved parts of the workspace itself. */
	readonly workspace?: WorkspaceStatus | undefined;
	/** Most urgent first, then by name. */
	readonly repositories: readonly RepositoryStatus[];
};

export type WorkspaceStatus = Pick<DescribedParts, 'notes' | 'gaps' | 'ages' | 'unread'> & {
	/** Fields of its parts in JSON. */
	readonly json: Fields;
	/** Bytes. */
	readonly size: number;
	/** The damage that verify or a run found. */
	readonly problem?: string | undefined;
};

/** The status of a source, from its records, its runs and its checks (oldest first). */
export const readStatus = (
	{source, folder}: Pick<SourceStatus, 'source' | 'folder'>,
	state: SavedState & {readonly vanished?: readonly NotedRepository[]},
	runs: readonly RunLine[],
	parts: readonly PartWords[],
	checks: readonly CheckLine[] = [],
): SourceStatus => {
	const lastRun = runs.at(-1);
	const unmatched = runs.findLast(({partial}) => !partial)?.unmatched;
	const {vanished = []} = state;
	const workspace = state.workspace && describeWorkspace(parts, state.workspace);
	const unrecorded = state.unrecorded.filter(
		(name) => !vanished.some(({folder: empty}) => empty === name),
	);
	const repositories = [
		...vanished.map((one) => describeVanished(parts, one)),
		...describeRecords(parts, state.repositories, runs),
		...describeUnsaved(parts, state.repositories, state.closed, runs),
		...state.closed.map((closed) => describeClosed(parts, closed)),
		...[...unrecorded, ...state.copies.map(({folder}) => folder)].map((name) =>
			withoutRecord(parts, name, 'unrecorded', state.mercurial.includes(name)),
		),
	];
	return {
		source,
		folder,
		lastComplete: lastComplete(runs),
		lastRun: lastRun && {
			at: lastRun.at,
			exitCode: lastRun.exitCode,
			complete: lastRun.complete,
			problem: lastRun.problem,
			afterBackup: lastRun.afterBackup,
		},
		...lastChecks(checks),
		missing: lastRun?.missing ?? [],
		unmatched,
		size: repositories.reduce((sum, {size}) => sum + size, workspace?.size ?? 0),
		workspace,
		repositories: repositories.sort(byAttention),
	};
};

const describeWorkspace = (
	parts: readonly PartWords[],
	{folder, record}: SavedRepository,
): WorkspaceStatus => {
	const about = {repository: fullName(record), settings: {}};
	const {json, ...described} = describeParts(partsIn(folder, parts), record.parts, about);
	const [problem] = savedEntries(record).flatMap(([, {damage}]) => damage ?? []);
	return {
		size: sizeOf(record),
		problem,
		...described,
		json: json.status,
	};
};

const describeClosed = (
	parts: readonly PartWords[],
	{folder, failure}: ClosedFolder,
): RepositoryStatus => {
	switch (failure.kind) {
		case 'record-newer':
			return withoutRecord(parts, folder, 'newer');
		case 'record-unreadable':
			return withoutRecord(parts, folder, 'unreadable');
		default:
			return {
				...withoutRecord(parts, folder, 'unreadable'),
				problem: describeFailure(failure).what,
			};
	}
};

/**
 * Is the last complete backup of a source older than `maxAge` milliseconds, or is there none? A date
 * that far in the future was written by a wrong clock, so that its age is unknown.
 */
export const isOutdated = (
	{lastComplete: last}: Pick<SourceStatus, 'lastComplete'>,
	maxAge: number,
	now: number,
): boolean => last === undefined || Math.abs(now - Date.parse(last)) > maxAge;

/** Are gaps of its parts all that keeps the last run from being complete? */
export const lacksOnlyParts = ({
	lastRun,
	missing,
	unmatched,
	repositories,
	workspace,
}: SourceStatus): boolean =>
	lastRun?.exitCode === exitCodes.incomplete &&
	lastRun.problem === undefined &&
	lastRun.afterBackup === undefined &&
	unmatched === undefined &&
	missing.length === 0 &&
	repositories.every(({state}) => state === 'saved' || state === 'gone') &&
	(repositories.some(({state, gaps}) => state === 'saved' && gaps.some(isOpen)) ||
		workspace?.gaps.some(isOpen) === true);

const byAttention = (left: RepositoryStatus, right: RepositoryStatus): number =>
	repositoryStates.indexOf(left.state) - repositoryStates.indexOf(right.state) ||
	(left.repository < right.repository ? -1 : 1);
