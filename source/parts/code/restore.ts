import {FailureError} from '../../domain/failure/failure.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import type {Git, PushOptions} from '../../ports/git.ts';
import type {PartState, Pushed, RestoreForm} from '../part.ts';

/** Does the folder already hold a repository in this very state? */
export const holdsState = async (
	git: Git,
	target: string,
	as: RestoreForm,
	{head, refs}: PartState,
): Promise<boolean> => {
	const folder = as === 'bare' ? target : joinPath(target, '.git');
	try {
		const stamp = await git.readStamp(folder);
		const there = stamp === undefined ? undefined : await git.readRefs(folder, 'refs/');
		return (
			there?.size === refs.size &&
			[...refs].every(([ref, oid]) => there.get(ref)?.oid === oid) &&
			(head === undefined || stamp?.head === `ref: ${head}`)
		);
	} catch (error) {
		if (error instanceof FailureError) {
			return false;
		}

		throw error;
	}
};

/**
 * Pushes a mirror's branches and tags into a remote that is empty, or that holds only some of these
 * very refs: an interrupted push leaves those. Asks the remote afterwards whether all arrived.
 */
export const pushMirror = async (
	git: Git,
	mirror: string,
	url: string,
	state: PartState,
	options: PushOptions,
): Promise<Pushed> => {
	const before = await git.listRemote(url, options);
	refuseForeign(url, before.refs, state.refs);
	if (before.refs.size === state.refs.size) {
		return {result: 'already-there', ...compareHead(state.head, before.head)};
	}

	await git.push(mirror, url, state, options);
	const after = await git.listRemote(url, options);
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
