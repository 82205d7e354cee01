import {FailureError} from '../../domain/failure/failure.ts';
import type {Advertisement, Refs} from '../../domain/plan/repository.ts';
import type {Restored} from '../../domain/restore/restored.ts';
import type {Progress} from '../../domain/run/events.ts';
import {asResult} from './as-result.ts';
import {
	factsOf,
	mirrorOf,
	readState,
	type SavedPart,
	type StateThen,
	type StateTools,
} from './read-state.ts';

export type RemoteTools = StateTools & {
	readonly signal: AbortSignal;
	/** May the user's git ask for a password? */
	readonly mayAsk: boolean;
};

export type RemoteRequest = SavedPart & {
	readonly kind: 'remote';
	readonly url: string;
	/** Milliseconds since 1970; undefined for the newest state. */
	readonly at: number | undefined;
};

/**
 * Pushes a repository's branches and tags as they were at a moment into a remote that is empty, or
 * that holds nothing but a part of just this, which an interrupted push left. Whether all of it
 * arrived is asked, not believed.
 */
export const pushToRemote = (
	tools: RemoteTools,
	request: RemoteRequest,
	onProgress: (progress: Progress) => void,
): Promise<Restored> =>
	asResult(tools.signal, async () => {
		const {git, signal, mayAsk} = tools;
		const {url} = request;
		const then = await readState(tools, request, request.at);
		if ('result' in then) {
			return then;
		}

		const before = await git.listRemote(url, {signal, mayAsk});
		refuseForeign(url, before.refs, then.refs);
		if (before.refs.size === then.refs.size) {
			return {result: 'already-there', ...describe(request, then, before)};
		}

		await git.push(mirrorOf(request), url, then, {signal, mayAsk, onProgress});
		const after = await git.listRemote(url, {signal, mayAsk});
		refuseIncomplete(url, after.refs, then.refs);
		return {result: 'restored', ...describe(request, then, after)};
	});

const refuseForeign = (url: string, there: Refs, wanted: Refs): void => {
	const foreign = [...there].find(([ref, oid]) => wanted.get(ref) !== oid)?.[0];
	if (foreign !== undefined) {
		throw new FailureError({kind: 'remote-taken', url, refs: there.size, foreign});
	}
};

const refuseIncomplete = (url: string, there: Refs, wanted: Refs): void => {
	const missing = [...wanted].filter(([ref, oid]) => there.get(ref) !== oid).map(([ref]) => ref);
	if (missing.length > 0) {
		const detail = 'they are not there after the push';
		throw new FailureError({kind: 'push-incomplete', url, missing, detail});
	}
};

/** Hosters make the first branch that is pushed the default one; other servers keep their own. */
const describe = (request: RemoteRequest, then: StateThen, {head}: Advertisement) => ({
	...factsOf(request, then),
	...(head === undefined || then.head === undefined || head === then.head
		? {}
		: {remoteHead: head}),
});
