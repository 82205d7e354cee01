import type {PlanItem} from '../../domain/plan/plan.ts';
import {fullName} from '../../domain/plan/repository.ts';
import type {MirrorRecord, RepositoryRecord, WikiRecord} from '../../domain/record/record.ts';
import type {Loss} from '../../domain/run/mending.ts';

/** Remembers that upstream has no wiki; an old copy stays what it is. */
export const missingWiki = (known: WikiRecord | undefined, at: string): WikiRecord =>
	known?.state === 'saved' ? {...known, missingAt: at} : {state: 'missing', missingAt: at};

/** What is recorded of a repository; what it was called and what it lost before stays. */
export const makeRecord = (
	{repository, saved}: PlanItem,
	now: {
		readonly repo: MirrorRecord;
		readonly wiki: WikiRecord | undefined;
		readonly usesLfs: boolean;
		readonly at: string;
		readonly losses?: readonly Loss[];
	},
): RepositoryRecord => {
	const {uuid, workspace, slug, isPrivate} = repository;
	const losses = [...(saved?.record.losses ?? []), ...(now.losses ?? [])];
	const former = saved === undefined ? [] : [...saved.record.formerNames, fullName(saved.record)];
	return {
		version: 1,
		uuid,
		workspace,
		slug,
		isPrivate,
		formerNames: [...new Set(former)].filter((name) => name !== fullName(repository)),
		firstSavedAt: saved?.record.firstSavedAt ?? now.at,
		repo: now.repo,
		...(now.wiki === undefined ? {} : {wiki: now.wiki}),
		usesLfs: now.usesLfs,
		...(losses.length === 0 ? {} : {losses}),
	};
};
