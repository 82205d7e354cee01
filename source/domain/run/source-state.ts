import type {Failure} from '../failure/failure.ts';
import type {BackupEvent, PlanCounts, SourceReport} from './events.ts';
import type {Outcome} from './outcome.ts';

/** How many names of one kind are remembered; the rest is only counted, so that memory stays flat. */
export const mostNamed = 20;

/** Things of one kind that happened, with the first names. */
export type Mentions = {
	readonly count: number;
	/** Repositories it happened to. */
	readonly repositories: number;
	/** Full names of the first of them. */
	readonly names: readonly string[];
};

export type FailedRepository = {
	readonly repository: string;
	readonly failure: Failure;
	readonly attempts: number;
	/** RFC 3339. */
	readonly lastGood: string | undefined;
};

type Plan = {
	readonly inScope: number;
	readonly counts: PlanCounts;
	/** Bytes, as Bitbucket counts them, of all that is to be cloned. */
	readonly size: number;
};

/** How far one source is. */
export type SourceState = {
	readonly source: string;
	readonly workspace: string;
	readonly folder: string;
	readonly phase: 'looking' | 'saving' | 'finished';
	/** Repositories listed so far and, where Bitbucket told it, how many there are. */
	readonly found: number;
	readonly total: number | undefined;
	readonly lookedAt: number;
	/** Repositories in scope, and what the look found; undefined until it is complete. */
	readonly plan: Plan | undefined;
	/** Milliseconds since 1970: when saving began. */
	readonly savingSince: number | undefined;
	/** Of the plan's bytes, those of repositories that were started. */
	readonly startedSize: number;
	readonly unchanged: number;
	/** With those taken over from another tool's folder. */
	readonly updated: number;
	readonly new: number;
	readonly failed: number;
	readonly leftOut: number;
	/** Bytes that git received for finished repositories. */
	readonly received: number;
	readonly rewritten: Mentions;
	readonly moved: Mentions;
	readonly deleted: Mentions;
	/** Gone upstream since this run. */
	readonly gone: Mentions;
	readonly renamed: Mentions;
	/** The first that failed; `failed` counts all. */
	readonly failures: readonly FailedRepository[];
	readonly report: SourceReport | undefined;
};

/** Events that belong to one source and change its state. */
export type SourceEvent = Extract<
	BackupEvent,
	{
		type:
			| 'listing-progressed'
			| 'repository-looked-at'
			| 'plan-made'
			| 'repository-started'
			| 'repository-finished'
			| 'repository-gone'
			| 'repository-renamed'
			| 'source-finished';
	}
>;

const nothing: Mentions = {count: 0, repositories: 0, names: []};

export const startSource = (
	event: Extract<BackupEvent, {type: 'source-started'}>,
): SourceState => ({
	source: event.source,
	workspace: event.workspace,
	folder: event.folder,
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
	failed: 0,
	leftOut: 0,
	received: 0,
	rewritten: nothing,
	moved: nothing,
	deleted: nothing,
	gone: nothing,
	renamed: nothing,
	failures: [],
	report: undefined,
});

/** The state after an event that came at `now` (milliseconds since 1970). */
export const foldSource = (state: SourceState, event: SourceEvent, now: number): SourceState => {
	switch (event.type) {
		case 'listing-progressed':
			return {...state, found: event.found, total: event.total ?? state.total};
		case 'repository-looked-at':
			return {...state, lookedAt: state.lookedAt + 1};
		case 'plan-made':
			return {
				...state,
				phase: 'saving',
				savingSince: now,
				plan: {inScope: event.inScope, counts: event.counts, size: event.size ?? 0},
			};
		case 'repository-started':
			return {...state, startedSize: state.startedSize + (event.size ?? 0)};
		case 'repository-finished':
			return addOutcome(state, event.repository, event.outcome);
		case 'repository-gone':
			return {...state, gone: add(state.gone, 1, event.repository)};
		case 'repository-renamed':
			return {...state, renamed: add(state.renamed, 1, event.repository)};
		case 'source-finished':
			return {...state, phase: 'finished', report: event.report};
	}
};

const addOutcome = (state: SourceState, repository: string, outcome: Outcome): SourceState => {
	switch (outcome.result) {
		case 'unchanged':
			return {...state, unchanged: state.unchanged + 1};
		case 'left-out':
			return {...state, leftOut: state.leftOut + 1};
		case 'saved':
			return addSaved(state, repository, outcome);
		case 'failed':
			return {
				...state,
				failed: state.failed + 1,
				failures:
					state.failures.length < mostNamed
						? [...state.failures, {repository, ...withoutResult(outcome)}]
						: state.failures,
			};
	}
};

const withoutResult = ({
	failure,
	attempts,
	lastGood,
}: Extract<Outcome, {result: 'failed'}>): Omit<FailedRepository, 'repository'> => ({
	failure,
	attempts,
	lastGood,
});

const addSaved = (
	state: SourceState,
	repository: string,
	outcome: Extract<Outcome, {result: 'saved'}>,
): SourceState => ({
	...state,
	new: state.new + (outcome.how === 'new' ? 1 : 0),
	updated: state.updated + (outcome.how === 'new' ? 0 : 1),
	received: state.received + outcome.received,
	rewritten: add(state.rewritten, outcome.changes.rewritten, repository),
	moved: add(state.moved, outcome.changes.moved, repository),
	deleted: add(state.deleted, outcome.changes.deleted, repository),
});

const add = (mentions: Mentions, count: number, repository: string): Mentions =>
	count === 0
		? mentions
		: {
				count: mentions.count + count,
				repositories: mentions.repositories + 1,
				names: mentions.names.length < mostNamed ? [...mentions.names, repository] : mentions.names,
			};
