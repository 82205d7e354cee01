import {judgeScope} from '../plan/name-filter.ts';
import {fullName} from '../plan/repository.ts';
import {type Age, describeParts, type PartWords, type Unread} from '../record/describe-parts.ts';
import type {Fields, PartGap} from '../record/gap.ts';
import {
	type ClosedFolder,
	mainEntry,
	type RepositoryRecord,
	type SavedRepository,
	savedEntries,
	sizeOf,
} from '../record/record.ts';
import type {Loss} from '../run/mending.ts';
import {judgeRun, lastScope, type NotedRepository, type RunLine} from '../run/run-line.ts';

/** Most urgent first. */
export const repositoryStates = [
	/** It exists upstream, and no run has saved it yet. */
	'never-saved',
	/** The last run could not save it; the earlier copy is there. */
	'failed',
	'damaged',
	/** A newer Cistern wrote its record. */
	'newer',
	/** Its record cannot be read. */
	'unreadable',
	/** The last run ended before its turn. */
	'left-out',
	/** Its folder has no record: another tool or a killed first save left it. */
	'unrecorded',
	'saved',
	/** Upstream no longer has it; its backup stays. */
	'gone',
] as const;

export type RepositoryStatus = {
	/** Full name; the folder's where there is no record. */
	readonly repository: string;
	/** Below the source's folder; undefined where nothing was saved yet. */
	readonly folder: string | undefined;
	readonly state: (typeof repositoryStates)[number];
	/** When it was last known to be saved as it was upstream, RFC 3339. */
	readonly lastGood: string | undefined;
	/** When its content last changed here, RFC 3339. */
	readonly changedAt: string | undefined;
	/** Bytes of all parts. */
	readonly size: number;
	readonly refs: number;
	/** Number of kept tips that upstream no longer has, of all parts. */
	readonly keptTips: number;
	/** Remarks of its parts. */
	readonly notes: readonly string[];
	/** Pieces of it that are not in the backup. */
	readonly gaps: readonly PartGap[];
	readonly ages: readonly Age[];
	readonly unread: readonly Unread[];
	/** Fields that the parts add, for JSON. */
	readonly json: Fields;
	/** RFC 3339. */
	readonly goneSince: string | undefined;
	/** Old states that were lost with damaged copies, oldest first. */
	readonly losses: readonly Loss[];
	/** The settings left it out of the last run, so nothing is known of it since `lastGood`. */
	readonly outOfScope?: true;
	/** An older backup program saved it, and not with git. */
	readonly isMercurial?: true;
	/** It was saved, and nothing of that is left. */
	readonly isVanished?: true;
	/** The fault that the last run, or verify, found. */
	readonly problem: string | undefined;
};

const nothingSaved = {
	folder: undefined,
	lastGood: undefined,
	changedAt: undefined,
	size: 0,
	refs: 0,
	keptTips: 0,
	goneSince: undefined,
	losses: [],
	problem: undefined,
} as const;

type OfParts = Pick<RepositoryStatus, 'notes' | 'gaps' | 'ages' | 'unread' | 'json'>;

const sayOfParts = (
	parts: readonly PartWords[],
	entries: RepositoryRecord['parts'],
	repository: string,
): OfParts => {
	const {json, ...words} = describeParts(parts, entries, {repository, settings: {}});
	return {...words, json: json.status};
};

export const withoutRecord = (
	parts: readonly PartWords[],
	folder: string,
	state: 'newer' | 'unreadable' | 'unrecorded',
	isMercurial = false,
): RepositoryStatus => ({
	...nothingSaved,
	...sayOfParts(parts, {}, folder),
	repository: folder,
	folder,
	state,
	...(isMercurial ? {isMercurial} : {}),
});

export const describeVanished = (
	parts: readonly PartWords[],
	{repository, folder}: NotedRepository,
): RepositoryStatus => ({
	...nothingSaved,
	...sayOfParts(parts, {}, repository),
	repository,
	folder,
	state: 'damaged',
	isVanished: true,
	problem: 'its folder is empty or not there any more',
});

type Trouble = {
	/** When that run had ended, milliseconds since 1970. */
	readonly until: number;
	/** Undefined where it was only left out. */
	readonly reason: string | undefined;
};

/** Failures of the last whole run, and of later runs of some repositories. */
const findTrouble = (runs: readonly RunLine[]): ReadonlyMap<string, Trouble> => {
	const lastWhole = runs.findLastIndex(({partial}) => !partial);
	const trouble = new Map<string, Trouble>();
	for (const {at, duration, failed, leftOut} of runs.slice(Math.max(0, lastWhole))) {
		const until = Date.parse(at) + duration;
		for (const repository of leftOut) {
			trouble.set(repository, {until, reason: undefined});
		}
		for (const {repository, reason} of failed) {
			trouble.set(repository, {until, reason});
		}
	}
	return trouble;
};

/** Repositories that were due and were never saved. `closed`: folders with unreadable records. */
export const describeUnsaved = (
	parts: readonly PartWords[],
	saved: readonly SavedRepository[],
	closed: readonly ClosedFolder[],
	runs: readonly RunLine[],
): readonly RepositoryStatus[] => {
	const known = new Set([
		...saved.map(({record}) => fullName(record)),
		...closed.map(({folder}) => folder.replace('#', '/')),
	]);
	return [...findTrouble(runs)]
		.filter(([repository]) => !known.has(repository))
		.map(([repository, {reason}]) => ({
			...nothingSaved,
			...sayOfParts(parts, {}, repository),
			repository,
			problem: reason,
			state: 'never-saved',
		}));
};

export const describeRecords = (
	parts: readonly PartWords[],
	saved: readonly SavedRepository[],
	runs: readonly RunLine[],
): readonly RepositoryStatus[] => {
	const good = findLastGood(saved, runs);
	const trouble = findTrouble(runs);
	const scope = lastScope(runs);
	const isInScope = scope === undefined ? () => true : judgeScope(scope);
	return saved.map(({folder, record}) => {
		const repository = fullName(record);
		const main = mainEntry(record);
		const entries = savedEntries(record);
		const last = trouble.get(repository);
		// A later run of some repositories may have saved it. The same one may have saved a part of it.
		const isOlder = last !== undefined && last.until < Date.parse(main.changedAt);
		const current = isOlder ? undefined : last;
		return {
			repository,
			folder,
			state: stateOf(record, current),
			lastGood: latest(good.get(repository), main.isPartial ? undefined : main.changedAt),
			changedAt: main.changedAt,
			size: sizeOf(record),
			refs: main.refs?.count ?? 0,
			keptTips: entries.reduce((sum, [, {keptTips = 0}]) => sum + keptTips, 0),
			...sayOfParts(parts, record.parts, repository),
			goneSince: record.goneSince,
			losses: record.losses ?? [],
			...(isInScope(record.slug) ? {} : {outOfScope: true}),
			problem: damageOf(record) ?? current?.reason,
		};
	});
};

/** The damage of the repository itself needs no name before it. */
const damageOf = (record: RepositoryRecord): string | undefined =>
	savedEntries(record).flatMap(([name, {damage}], index) =>
		damage === undefined ? [] : [index === 0 ? damage : `its ${name}: ${damage}`],
	)[0];

const stateOf = (
	record: RepositoryRecord,
	trouble: Trouble | undefined,
): RepositoryStatus['state'] => {
	if (damageOf(record) !== undefined) {
		return 'damaged';
	}
	if (record.goneSince !== undefined) {
		return 'gone';
	}
	if (trouble === undefined) {
		return 'saved';
	}
	return trouble.reason === undefined ? 'left-out' : 'failed';
};

/** Finds the newest run that left each repository as it was upstream. One walk for all of them. */
const findLastGood = (
	saved: readonly SavedRepository[],
	runs: readonly RunLine[],
): ReadonlyMap<string, string> => {
	const good = new Map<string, string>();
	let open = saved.map(({record}) => ({name: fullName(record), until: record.goneSince}));
	for (const line of runs.toReversed()) {
		const wasGood = judgeRun(line);
		const isGood = ({name, until}: (typeof open)[number]): boolean =>
			(until === undefined || line.at < until) && wasGood(name);
		for (const {name} of open.filter(isGood)) {
			good.set(name, line.at);
		}
		open = open.filter((one) => !isGood(one));
		if (open.length === 0) {
			break;
		}
	}
	return good;
};

const latest = (left: string | undefined, right: string | undefined): string | undefined =>
	left !== undefined && left > (right ?? '') ? left : right;
