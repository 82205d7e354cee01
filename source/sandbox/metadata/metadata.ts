import {createContexts} from './contexts.ts';
import {createDownloads} from './downloads.ts';
import type {Unknowns} from './model.ts';
import {createPullRequests} from './pull-requests.ts';
import {createSettings} from './settings.ts';

export type Metadata = ReturnType<typeof createMetadata>;

/** Everything around the code: pull requests, settings and downloads. */
export const createMetadata = (api: string, now: () => number) => {
	const unknowns: Unknowns = {
		approvalsMove: false,
		tasksMove: false,
		resolutionsMove: false,
		destinationMoves: false,
		countsTombstones: false,
		feedsTombstones: true,
		countsNoTasks: false,
		patchesDeletedForks: false,
		mostSorted: Number.POSITIVE_INFINITY,
		limitsWorkspaces: true,
	};
	const freePlans = new Set<string>();
	return {
		unknowns,
		pullRequests: createPullRequests({now, unknowns, api}),
		downloads: createDownloads(now),
		settings: createSettings(),
		contexts: createContexts(),
		/** Puts a workspace on the free plan, which has no downloads. */
		putOnFreePlan: (workspace: string): void => {
			freePlans.add(workspace);
		},
		isOnFreePlan: (workspace: string): boolean => freePlans.has(workspace),
	};
};
