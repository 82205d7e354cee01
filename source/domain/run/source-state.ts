import {type ExitCode, exitCodes} from '../failure/exit-code.ts';
import type {Failure} from '../failure/failure.ts';
import {type Fields, isOpen, type NamedGap} from '../record/gap.ts';
import type {Shard} from '../store/shard.ts';
import type {BackupEvent, PlanCounts, Shrinkage, SourceReport} from './events.ts';
import {hasLost} from './mending.ts';
import type {Outcome} from './outcome.ts';
import type {NotedRepository} from './run-line.ts';

/** The number of names remembered of each kind of change, so that memory stays flat. */
export const mostNamed = 20;

/** Changes of one kind, with the names of the first repositories they happened to. */
export type Mentions = {
	count: number;
	/** Number of repositories. */
	repositories: number;
	/** Full names, at most `mostNamed`. */
	readonly names: string[];
};

export type FailedRepository = {
	readonly repository: string;
	readonly failure: Failure;
	readonly attempts: number;
	/** RFC 3339. */
	readonly lastGood: string | undefined;
};

/** A follow-up that the settings ask for. */
export type FollowUpState = {
	phase: 'waiting' | 'running' | 'finished';
	/** Requests so far, and about how many are left. */
	requests: number;
	left: number | undefined;
	/** Milliseconds that the rest takes, about. */
	timeLeft: number | undefined;
	json: Fields;
	notes: readonly string[];
	/** Where it is worse than its gaps make it. */
	exitCode: ExitCode;
};

export const waitingFollowUp = (): FollowUpState => ({
	phase: 'waiting',
	requests: 0,
	left: undefined,
	timeLeft: undefined,
	json: {},
	notes: [],
	exitCode: exitCodes.done,
});

type Plan = {
	readonly inScope: number;
	readonly counts: PlanCounts;
	/** Bytes, as Bitbucket counts them, of all that is to be cloned. */
	readonly size: number;
};

/**
 * How far one source is and how it went: the only count of it. The engine and each view fold the
 * same events into it; report, run line and the JSON result are made from it. It is changed in
 * place, because a run folds tens of thousands of events.
 */
export type SourceState = {
	readonly source: string;
	readonly workspace: string;
	readonly folder: string;
	/** Title of the store that keeps it in place of a folder. */
	readonly store: string | undefined;
	/** The only repositories that are worked on; undefined for all. */
	readonly shard: Shard | undefined;
	phase: 'looking' | 'saving' | 'finished';
	/** Repositories listed so far and, if Bitbucket told it, how many there are. */
	found: number;
	total: number | undefined;
	lookedAt: number;
	/** Repositories in scope, and the counts of the look; undefined until it is complete. */
	plan: Plan | undefined;
	/** Milliseconds since 1970: when saving began. */
	savingSince: number | undefined;
	/** Of the plan's bytes, those of repositories that were started. */
	startedSize: number;
	unchanged: number;
	/** Includes those taken over from another tool's folder. */
	updated: number;
	new: number;
	/** Bytes that git received for finished repositories. */
	received: number;
	/** Bytes by which the mirrors grew on the disk. */
	grown: number;
	readonly failed: FailedRepository[];
	/** Full names of repositories that were not finished. */
	readonly leftOut: string[];
	/** Bytes that parts received without git, by their names. */
	readonly fetched: Record<string, number>;
	/** Why saved repositories are not complete. */
	gaps: NamedGap[];
	/** Work that follows the saving of the repositories, in its order, by its name. */
	readonly followUps: Map<string, FollowUpState>;
	/** Full names of repositories of which a damaged copy could not be rescued completely. */
	readonly lost: string[];
	/** Refs of which the old state was kept in this run. */
	kept: number;
	readonly rewritten: Mentions;
	readonly moved: Mentions;
	readonly deleted: Mentions;
	/** Found gone from upstream in this run. */
	readonly gone: Mentions;
	readonly renamed: Mentions;
	/** Known to the engine only; views read it from the report. */
	readonly facts: SourceFacts;
	report: SourceReport | undefined;
};

/** Facts about a source that no event carries. */
export type SourceFacts = {
	/** A failure of the source as a whole. */
	problem: Failure | undefined;
	shrinkage: Shrinkage | undefined;
	/** Undefined if the listing failed. */
	inScope: number | undefined;
	/** Bytes of all mirrors on the disk before this run; undefined until they were looked at. */
	sizeBefore: number | undefined;
	/** Bytes left on the disk when this run ended; undefined where the disk does not say. */
	free: number | undefined;
	/** Repositories of which something was sent to a store that does not count there. */
	uncounted: number;
	/** Did every page of the listing arrive? */
	listed: boolean;
	/** Names and globs of `includeRepos` that fit neither a listed nor a saved repository. */
	unmatched: readonly string[];
	/** Full names of saved repositories in scope that are not gone and were not looked at. */
	unseen: readonly string[];
	/** Number of entries of the listing that could not be used. */
	unread: number;
	/** Full names of all that is gone from upstream, found in this run or earlier. */
	gone: readonly string[];
	/** Saved by an earlier run, and not there any more when this one began. */
	vanished: readonly NotedRepository[];
	/** Names of follow-ups that the settings ask for and this run does without. */
	readonly without: string[];
	/** Names of follow-ups that this run told of. */
	readonly offered: string[];
	/** Changes of the inventory for this run's line. */
	noted: {readonly saved: readonly NotedRepository[]; readonly removed: readonly string[]};
};

const nothing = (): Mentions => ({count: 0, repositories: 0, names: []});

export const startSource = ({
	source,
	workspace,
	folder,
	store,
	shard,
}: Pick<SourceState, 'source' | 'workspace' | 'folder'> & {
	readonly store?: string | undefined;
	readonly shard?: Shard | undefined;
}): SourceState => ({
	source,
	workspace,
	folder,
	store,
	shard,
	phase: 'looking',
	found: 0,
	total: undefined,
	lookedAt: 0,
	plan: undefined,
	savingSince: undefined,
	startedSize: 0,
	unchanged: 0,
	updated: 0,
	new: 0,
	received: 0,
	grown: 0,
	failed: [],
	leftOut: [],
	fetched: {},
	gaps: [],
	followUps: new Map(),
	lost: [],
	kept: 0,
	rewritten: nothing(),
	moved: nothing(),
	deleted: nothing(),
	gone: nothing(),
	renamed: nothing(),
	facts: {
		problem: undefined,
		shrinkage: undefined,
		inScope: undefined,
		sizeBefore: undefined,
		free: undefined,
		uncounted: 0,
		listed: false,
		unmatched: [],
		unseen: [],
		unread: 0,
		gone: [],
		vanished: [],
		without: [],
		offered: [],
		noted: {saved: [], removed: []},
	},
	report: undefined,
});

/** Takes in an event about this source that came at `now` (milliseconds since 1970). */
export const foldSource = (state: SourceState, event: BackupEvent, now: number): void => {
	switch (event.type) {
		case 'listing-progressed':
			state.found = event.found;
			state.total = event.total ?? state.total;
			break;
		case 'repository-looked-at':
			state.lookedAt += 1;
			break;
		case 'plan-made':
			state.phase = 'saving';
			state.savingSince = now;
			state.plan = {inScope: event.inScope, counts: event.counts, size: event.size ?? 0};
			break;
		case 'repository-started':
			state.startedSize += event.size ?? 0;
			break;
		case 'repository-put-aside':
			state.startedSize -= event.size ?? 0;
			break;
		case 'repository-finished':
			countOutcome(state, event.repository, event.outcome);
			break;
		case 'repository-gone':
			mention(
				state.gone,
				1,
				event.keptIn === undefined ? event.repository : `${event.repository} (in ${event.keptIn})`,
			);
			break;
		case 'repository-renamed':
			mention(state.renamed, 1, event.repository);
			break;
		case 'follow-up-started':
			state.followUps.set(event.followUp, {...waitingFollowUp(), phase: 'running'});
			break;
		case 'follow-up-progressed':
			Object.assign(state.followUps.get(event.followUp) ?? {}, {
				requests: event.requests,
				left: event.left,
				timeLeft: event.timeLeft,
			});
			break;
		case 'follow-up-finished':
			endFollowUp(state, event);
			break;
		case 'source-finished':
			state.phase = 'finished';
			state.report = event.report;
			break;
		default:
	}
};

/** Gaps that a part of the same name told of earlier runs are replaced by those of now. */
const endFollowUp = (
	state: SourceState,
	{followUp, gaps, json, notes, exitCode}: Extract<BackupEvent, {type: 'follow-up-finished'}>,
): void => {
	const before = state.followUps.get(followUp) ?? waitingFollowUp();
	const ended = {...before, phase: 'finished', json, notes} as const;
	state.followUps.set(followUp, {...ended, exitCode: exitCode ?? exitCodes.done});
	state.gaps = [...state.gaps.filter(({part}) => part !== followUp), ...gaps];
};

export const countOutcome = (state: SourceState, repository: string, outcome: Outcome): void => {
	switch (outcome.result) {
		case 'unchanged':
			state.unchanged += 1;
			break;
		case 'left-out':
			state.leftOut.push(repository);
			break;
		case 'saved':
			countSaved(state, repository, outcome);
			break;
		case 'failed': {
			const {failure, attempts, lastGood} = outcome;
			state.failed.push({repository, failure, attempts, lastGood});
			break;
		}
	}

	if ('gaps' in outcome) {
		state.gaps.push(...outcome.gaps.filter(isOpen).map((gap) => ({...gap, repository})));
	}
};

const countSaved = (
	state: SourceState,
	repository: string,
	outcome: Extract<Outcome, {result: 'saved'}>,
): void => {
	state[outcome.how === 'new' ? 'new' : 'updated'] += 1;
	state.received += outcome.received;
	state.grown += outcome.grown;
	for (const [part, bytes] of Object.entries(outcome.fetched ?? {})) {
		state.fetched[part] = (state.fetched[part] ?? 0) + bytes;
	}

	state.kept += outcome.kept.length;
	mention(state.rewritten, outcome.changes.rewritten, repository);
	mention(state.moved, outcome.changes.moved, repository);
	mention(state.deleted, outcome.changes.deleted, repository);
	if (outcome.mended?.some(hasLost) === true) {
		state.lost.push(repository);
	}
};

const mention = (mentions: Mentions, count: number, repository: string): void => {
	if (count === 0) {
		return;
	}

	mentions.count += count;
	mentions.repositories += 1;
	if (mentions.names.length < mostNamed) {
		mentions.names.push(repository);
	}
};
