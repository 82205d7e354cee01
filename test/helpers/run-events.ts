import type {Failure} from '../../source/domain/failure/failure.ts';
import type {PartGap} from '../../source/domain/record/gap.ts';
import type {BackupEvent, Progress, SourceReport} from '../../source/domain/run/events.ts';
import type {ChangeCounts, Outcome} from '../../source/domain/run/outcome.ts';
import {emptyRun, fold, type RunState} from '../../source/domain/run/run-state.ts';

/** A run's state after these events, which all came at `now`. */
export const foldAll = (
	events: readonly BackupEvent[],
	now: number,
	before: RunState = emptyRun(),
): RunState => {
	const state = structuredClone(before);
	for (const event of events) {
		fold(state, event, now);
	}
	return state;
};

/** A run of one source called acme, event by event. */
export const source = 'acme';
const workspace = 'acme';
const folder = '/srv/backup/acme';

export const runStarted = (sources: readonly string[] = [source]): BackupEvent => ({
	type: 'run-started',
	run: '20261123T020000Z-1',
	at: '2026-11-23T02:00:00.000Z',
	version: '1.0.0',
	folder: '/srv/backup',
	sources,
});

export const sourceStarted: BackupEvent = {type: 'source-started', source, workspace, folder};

export const folderHeld: BackupEvent = {type: 'folder-held', source};

export const listed = (found: number, total: number, done = false): BackupEvent => ({
	type: 'listing-progressed',
	source,
	found,
	total,
	done,
});

export const lookedAt = (slug: string): BackupEvent => ({
	type: 'repository-looked-at',
	source,
	repository: `acme/${slug}`,
});

export const putAside = (slug: string, size?: number): BackupEvent => ({
	type: 'repository-put-aside',
	source,
	repository: `acme/${slug}`,
	failure: {kind: 'network', problem: 'timeout', detail: 'bitbucket.org'},
	...(size === undefined ? {} : {size}),
});

export const planMade = (inScope: number, changed: number, size = 0): BackupEvent => ({
	type: 'plan-made',
	source,
	inScope,
	size,
	counts: {new: 0, changed, unchanged: inScope - changed, gone: 0, refused: 0, failed: 0},
});

export const started = (slug: string, size?: number): BackupEvent => ({
	type: 'repository-started',
	source,
	repository: `acme/${slug}`,
	action: size === undefined ? 'update' : 'clone',
	...(size === undefined ? {} : {size}),
});

export const progressed = (slug: string, progress: Progress): BackupEvent => ({
	type: 'repository-progressed',
	source,
	repository: `acme/${slug}`,
	progress,
});

export const finished = (slug: string, outcome: Outcome): BackupEvent => ({
	type: 'repository-finished',
	source,
	repository: `acme/${slug}`,
	outcome,
});

/** Files that a part could not save. */
export const gap: PartGap = {
	part: 'lfs',
	what: 'LFS files',
	advice: 'See what to do.',
	isAccepted: false,
};

export const unchanged: Outcome = {result: 'unchanged', gaps: [], json: {usesLfs: false}};

const noChanges: ChangeCounts = {created: 0, forwarded: 0, rewritten: 0, moved: 0, deleted: 0};

export type SavedOutcome = Extract<Outcome, {result: 'saved'}>;

export const saved = (
	fields: Partial<Omit<SavedOutcome, 'changes'>> & {changes?: Partial<ChangeCounts>} = {},
): SavedOutcome => ({
	result: 'saved',
	how: 'updated',
	refs: 29,
	kept: [],
	received: 14_200_000,
	grown: 14_000_000,
	duration: 8100,
	gaps: [],
	json: {usesLfs: false},
	...fields,
	changes: {...noChanges, ...(fields.changes ?? {forwarded: 3})},
});

export const rewritten: SavedOutcome = saved({
	changes: {forwarded: 2, rewritten: 1},
	kept: ['refs/heads/main'],
});

const serverError: Failure = {kind: 'server-error', status: 500, message: ''};

export const failed = (failure: Failure = serverError): Outcome => ({
	result: 'failed',
	failure,
	attempts: 4,
	lastGood: '2026-11-21T02:00:00.000Z',
});

export const waitStarted = (until: string, slug?: string): BackupEvent => ({
	type: 'wait-started',
	source,
	host: 'bitbucket.org',
	...(slug === undefined ? {} : {repository: `acme/${slug}`}),
	failure: {kind: 'rate-limited', retryAfter: 38_000},
	until,
});

export const held = (slug: string): BackupEvent => ({
	type: 'repository-held',
	source,
	repository: `acme/${slug}`,
	host: 'bitbucket.org',
});

export const fellBack = (slug: string): BackupEvent => ({
	type: 'repository-fell-back',
	source,
	repository: `acme/${slug}`,
	reason: 'answered nothing',
});

export const released = (slug: string): BackupEvent => ({
	type: 'repository-released',
	source,
	repository: `acme/${slug}`,
});

export const waitEnded = (slug?: string): BackupEvent => ({
	type: 'wait-ended',
	source,
	host: 'bitbucket.org',
	...(slug === undefined ? {} : {repository: `acme/${slug}`}),
});

export const gone = (slug: string): BackupEvent => ({
	type: 'repository-gone',
	source,
	repository: `acme/${slug}`,
});

export const renamed = (slug: string, formerName: string): BackupEvent => ({
	type: 'repository-renamed',
	source,
	repository: `acme/${slug}`,
	formerName,
});

export const report = (fields: Partial<SourceReport> = {}): SourceReport => ({
	source,
	workspace,
	folder,
	inScope: 132,
	unchanged: 84,
	updated: 45,
	new: 2,
	failed: 1,
	leftOut: 0,
	gaps: [],
	notes: [],
	json: {lfs: []},
	lost: [],
	gone: [],
	shrinkage: undefined,
	problem: undefined,
	received: 1_200_000_000,
	rewritten: 0,
	moved: 0,
	deleted: 0,
	kept: 0,
	duration: 192_000,
	lastComplete: '2026-11-22T02:00:00.000Z',
	size: 4_100_000_000,
	exitCode: 3,
	...fields,
});

export const sourceFinished = (fields: Partial<SourceReport> = {}): BackupEvent => ({
	type: 'source-finished',
	report: report(fields),
});

export const runFinished = (exitCode: 0 | 3 | 12 | 130 = 3): BackupEvent => ({
	type: 'run-finished',
	at: '2026-11-23T02:03:12.000Z',
	duration: 192_000,
	exitCode,
});
