import {FailureError} from '../../domain/failure/failure.ts';
import {formatRefs, parseRefs} from '../../domain/history/history.ts';
import {joinPath, repoFolder, wikiFolder} from '../../domain/plan/layout.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import type {MirrorRecord, RepositoryRecord} from '../../domain/record/record.ts';
import type {Digest} from '../../domain/record/refs-digest.ts';
import type {Part, Restored, RestoredFacts} from '../../domain/restore/restored.ts';
import type {Git} from '../../ports/git.ts';
import type {FoundRepository} from '../saved/find-repositories.ts';

/** What a restore has to know of a repository. `repo` and `wiki`: what is recorded of its mirrors. */
export type RestorableRecord = Pick<RepositoryRecord, 'workspace' | 'slug' | 'usesLfs' | 'wiki'> &
	Partial<Pick<RepositoryRecord, 'repo' | 'goneSince'>>;

export type RestorableRepository = Pick<FoundRepository, 'source' | 'folder'> & {
	readonly record: RestorableRecord;
};

/** A repository or its wiki, as the backup has it. */
export type SavedPart = {readonly repository: RestorableRepository; readonly part: Part};

export type StateTools = {readonly git: Git; readonly digest: Digest};

/** The branches, the tags and the default branch of one moment. */
export type StateThen = {
	/** Milliseconds since 1970; undefined where the mirror has no history. */
	readonly at: number | undefined;
	readonly head: string | undefined;
	readonly refs: Refs;
};

export const mirrorOf = ({repository, part}: SavedPart): string =>
	joinPath(repository.source.folder, repository.folder, part === 'wiki' ? wikiFolder : repoFolder);

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
	{git}: StateTools,
	saved: SavedPart,
	at: number | undefined,
): Promise<StateOrNone | undefined> => {
	const mirror = mirrorOf(saved);
	try {
		const log = await git.readHistoryLog(mirror);
		const entry = log.find((one) => at === undefined || one.at <= at);
		if (entry !== undefined) {
			return {at: entry.at, ...parseRefs(await git.readHistoryRefs(mirror, entry.oid))};
		}

		const first = log.at(-1);
		return first && {result: 'not-yet-saved', first: new Date(first.at).toISOString()};
	} catch (error) {
		const isDamaged = error instanceof FailureError && error.failure.kind === 'mirror-unusable';
		if (!isDamaged || at !== undefined || recordOf(saved) === undefined) {
			throw error;
		}

		return undefined;
	}
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
	const {head = ''} = (await git.readPrint(mirror)) ?? {};
	return {
		at: undefined,
		head: head.startsWith('ref: ') ? head.slice('ref: '.length) : undefined,
		refs: new Map([...refs].map(([ref, {oid}]) => [ref, oid])),
	};
};

export const factsOf = (
	{repository, part}: SavedPart,
	{at, head, refs}: StateThen,
): RestoredFacts => ({
	asOf: at === undefined ? undefined : new Date(at).toISOString(),
	refs: refs.size,
	head,
	usesLfs: part === 'repo' && repository.record.usesLfs,
});
