import {FailureError} from '../../domain/failure/failure.ts';
import {findMaybeMadeBy} from '../../domain/history/clock-ahead.ts';
import {formatRefs, type HistoryLogEntry, parseRefs} from '../../domain/history/history.ts';
import {isYetToCome} from '../../domain/history/point-in-time.ts';
import {joinPath, type MirrorName} from '../../domain/plan/layout.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import type {MirrorRecord, RepositoryRecord} from '../../domain/record/record.ts';
import type {Digest} from '../../domain/record/refs-digest.ts';
import type {Restored, RestoredFacts} from '../../domain/restore/restored.ts';
import type {Clock} from '../../ports/clock.ts';
import type {Git} from '../../ports/git.ts';
import type {FoundRepository} from '../saved/find-repositories.ts';

/** What a restore has to know of a repository. `repo` and `wiki`: what is recorded of its mirrors. */
export type RestorableRecord = Pick<RepositoryRecord, 'workspace' | 'slug' | 'usesLfs' | 'wiki'> &
	Partial<Pick<RepositoryRecord, 'repo' | 'goneSince'>>;

export type RestorableRepository = Pick<FoundRepository, 'source' | 'folder'> & {
	readonly record: RestorableRecord;
};

/** A repository or its wiki, as the backup has it. */
export type SavedPart = {readonly repository: RestorableRepository; readonly part: MirrorName};

export type StateTools = {
	readonly git: Git;
	readonly digest: Digest;
	readonly clock: Pick<Clock, 'now'>;
};

/** The branches, the tags and the default branch of one moment. */
export type StateThen = {
	/** Milliseconds since 1970; undefined where the mirror has no history. */
	readonly at: number | undefined;
	/** As `RestoredFacts` has it. */
	readonly maybeAsOf?: string;
	readonly head: string | undefined;
	readonly refs: Refs;
};

export const mirrorOf = ({repository, part}: SavedPart): string =>
	joinPath(repository.source.folder, repository.folder, part);

/**
 * What a mirror held at a moment (milliseconds since 1970; undefined for the newest state). One
 * without a history, or with a damaged one, has the newest state alone: a wiki that another tool saved, and that upstream
 * has no more, never gets one. Throws `mirror-unusable` where a recorded mirror has lost its
 * history, and is not as it was recorded either: a part of it must not pass for the whole.
 */
export const readState = async (
	tools: StateTools,
	saved: SavedPart,
	at: number | undefined,
): Promise<StateOrNone> =>
	(await readFromHistory(tools, saved, at)) ?? readWithoutHistory(tools, saved, at);

type StateOrNone = StateThen | Extract<Restored, {result: 'not-yet-saved'}>;

/** Undefined where there is no history, or a damaged one that a recorded newest state does not need. */
const readFromHistory = async (
	{git, clock}: StateTools,
	saved: SavedPart,
	at: number | undefined,
): Promise<StateOrNone | undefined> => {
	const mirror = mirrorOf(saved);
	try {
		const log = await git.readHistoryLog(mirror);
		const index = log.findIndex((one) => at === undefined || one.at <= at);
		const entry = log[index];
		const later = index === -1 ? log : log.slice(0, index);
		const doubt = findDoubt(later, at, clock.now());
		if (entry !== undefined) {
			return {
				at: entry.at,
				...doubt,
				...parseRefs(await git.readHistoryRefs(mirror, entry.oid)),
			};
		}

		const first = log.at(-1);
		return first && {result: 'not-yet-saved', first: new Date(first.at).toISOString(), ...doubt};
	} catch (error) {
		const isDamaged = error instanceof FailureError && error.failure.kind === 'mirror-unusable';
		if (!isDamaged || at !== undefined || recordOf(saved) === undefined) {
			throw error;
		}

		return undefined;
	}
};

/** Who names a moment that is yet to come means a date that such a clock gave. */
const findDoubt = (
	later: readonly HistoryLogEntry[],
	at: number | undefined,
	now: number,
): Pick<StateThen, 'maybeAsOf'> => {
	const entry =
		at === undefined || isYetToCome(at, now) ? undefined : findMaybeMadeBy(later, at, now);
	return entry === undefined ? {} : {maybeAsOf: new Date(entry.at).toISOString()};
};

const readWithoutHistory = async (
	{git, digest}: StateTools,
	saved: SavedPart,
	at: number | undefined,
): Promise<StateOrNone> => {
	const path = mirrorOf(saved);
	const recorded = recordOf(saved);
	const present = await readPresentState(git, path);
	if (recorded === undefined) {
		return at === undefined ? present : {result: 'not-yet-saved', first: undefined};
	}

	// A default branch that is not there is recorded as none, and HEAD stays what it was.
	const isAsRecorded = [present.head, undefined].some(
		(head) => digest(formatRefs(head, present.refs)) === recorded.refs.digest,
	);
	if (isAsRecorded && (at === undefined || Date.parse(recorded.changedAt) <= at)) {
		return {...present, at: Date.parse(recorded.changedAt)};
	}

	const detail = isAsRecorded
		? 'its history is gone or damaged: only the newest state can be had'
		: 'its history is gone or damaged, and its branches and tags are not as recorded';
	throw new FailureError({kind: 'mirror-unusable', path, detail});
};

const recordOf = ({repository: {record}, part}: SavedPart): MirrorRecord | undefined => {
	if (part === 'repo') {
		return record.repo;
	}

	return record.wiki?.state === 'saved' ? record.wiki.mirror : undefined;
};

const readPresentState = async (git: Git, mirror: string): Promise<StateThen> => {
	const refs = await git.readRefs(mirror);
	const {head = ''} = (await git.readStamp(mirror)) ?? {};
	return {
		at: undefined,
		head: head.startsWith('ref: ') ? head.slice('ref: '.length) : undefined,
		refs: new Map([...refs].map(([ref, {oid}]) => [ref, oid])),
	};
};

export const factsOf = (
	{repository, part}: SavedPart,
	{at, maybeAsOf, head, refs}: StateThen,
): RestoredFacts => ({
	asOf: at === undefined ? undefined : new Date(at).toISOString(),
	...(maybeAsOf === undefined ? {} : {maybeAsOf}),
	refs: refs.size,
	head,
	usesLfs: part === 'repo' && repository.record.usesLfs,
});
