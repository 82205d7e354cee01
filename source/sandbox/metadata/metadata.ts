import {randomUUID} from 'node:crypto';
import {createDownloads} from './downloads.ts';
import type {Unknowns} from './model.ts';
import {createPullRequests} from './pull-requests.ts';
import {createSnippets} from './snippets.ts';

/** A list, or an object. Undefined is answered with 404. */
export type Document = readonly unknown[] | Readonly<Record<string, unknown>> | undefined;

export type Metadata = ReturnType<typeof createMetadata>;

/** Everything around the code: pull requests, settings, downloads and snippets. */
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
		sendsParts: true,
		hearsQueries: true,
		limitsWorkspaces: true,
	};
	const freePlans = new Set<string>();
	return {
		unknowns,
		pullRequests: createPullRequests({now, unknowns, api}),
		downloads: createDownloads(now),
		snippets: createSnippets(now),
		settings: createSettings(),
		contexts: createContexts(),
		/** Puts a workspace on the free plan, which has no downloads. */
		putOnFreePlan: (workspace: string): void => {
			freePlans.add(workspace);
		},
		isOnFreePlan: (workspace: string): boolean => freePlans.has(workspace),
	};
};

/** Places in lists that the server remembers for the user who asked, behind `ctx` in an address. */
const createContexts = () => {
	const all = new Map<string, {readonly user: string; readonly start: number}>();
	return {
		make: (start: number, user: string): string => {
			const name = randomUUID();
			all.set(name, {user, start});
			return name;
		},
		open: (name: string, user: string): number | undefined => {
			const context = all.get(name);
			return context?.user === user ? context.start : undefined;
		},
		/** From now on the server remembers none of them. */
		expire: (): void => all.clear(),
	};
};

/** Settings of repositories and workspaces, kept as they are to be sent. */
const createSettings = () => {
	const all = new Map<string, Document>();
	const keyOf = (owner: {readonly uuid: string}, path: string): string => `${owner.uuid} ${path}`;
	return {
		/** `owner`: a repository or a workspace. `path`: below its address, as `hooks` or `projects/KEY/hooks`. */
		put: (owner: {readonly uuid: string}, path: string, document: Document): void => {
			all.set(keyOf(owner, path), document);
		},
		get: (owner: {readonly uuid: string}, path: string, otherwise: Document): Document => {
			const key = keyOf(owner, path);
			return all.has(key) ? all.get(key) : otherwise;
		},
	};
};
