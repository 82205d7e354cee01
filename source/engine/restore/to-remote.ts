import {FailureError} from '../../domain/failure/failure.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import type {Progress} from '../../domain/run/events.ts';
import type {StateThen} from '../../parts/code/read-state.ts';
import type {Git} from '../../ports/git.ts';

export type RemoteTools = {
	readonly git: Git;
	readonly signal: AbortSignal;
	/** May the user's git ask for a password? */
	readonly mayAsk: boolean;
	readonly onProgress: (progress: Progress) => void;
};

export type Pushed = {
	readonly result: 'restored' | 'already-there';
	/** The remote's default branch where it is another one; a push cannot change it. */
	readonly remoteHead?: string;
};

/**
 * Pushes a mirror's branches and tags into a remote that is empty, or that holds only some of these
 * very refs: an interrupted push leaves those. Asks the remote afterwards whether all arrived.
 */
export const pushToRemote = async (
	tools: RemoteTools,
	mirror: string,
	url: string,
	state: StateThen,
): Promise<Pushed> => {
	const {git} = tools;
	const before = await git.listRemote(url, tools);
	refuseForeign(url, before.refs, state.refs);
	if (before.refs.size === state.refs.size) {
		return {result: 'already-there', ...compareHead(state.head, before.head)};
	}

	await git.push(mirror, url, state, tools);
	const after = await git.listRemote(url, tools);
	refuseIncomplete(url, after.refs, state.refs);
	return {result: 'restored', ...compareHead(state.head, after.head)};
};

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

/** Some servers make the first pushed branch the default one, others keep their own. */
const compareHead = (
	wanted: string | undefined,
	there: string | undefined,
): Pick<Pushed, 'remoteHead'> =>
	there === undefined || wanted === undefined || there === wanted ? {} : {remoteHead: there};
