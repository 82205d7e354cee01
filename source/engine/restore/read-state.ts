import {parseRefs} from '../../domain/history/history.ts';
import {joinPath, repoFolder, wikiFolder} from '../../domain/plan/layout.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import type {Part, Restored, RestoredFacts} from '../../domain/restore/restored.ts';
import type {Git} from '../../ports.ts';
import type {FoundRepository} from '../look/find-repositories.ts';

/** A repository or its wiki, as the backup has it. */
export type SavedPart = {readonly repository: FoundRepository; readonly part: Part};

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
 * What a mirror held at a moment (milliseconds since 1970; undefined for the newest state). A wiki
 * that another tool saved, and that upstream has no more, never gets a history: the newest state
 * is what it holds.
 */
export const readState = async (
	git: Git,
	mirror: string,
	at: number | undefined,
): Promise<StateThen | Extract<Restored, {result: 'not-yet-saved'}>> => {
	const log = await git.readHistoryLog(mirror);
	const entry = log.find((one) => at === undefined || one.at <= at);
	if (entry !== undefined) {
		return {at: entry.at, ...parseRefs(await git.readHistoryRefs(mirror, entry.oid))};
	}

	if (log.length === 0 && at === undefined) {
		return readPresentState(git, mirror);
	}

	const first = log.at(-1);
	return {result: 'not-yet-saved', first: first && new Date(first.at).toISOString()};
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
