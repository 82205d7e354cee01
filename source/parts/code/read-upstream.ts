import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import type {Advertisement, Repository} from '../../domain/plan/repository.ts';
import type {SavedRepository} from '../../domain/record/record.ts';
import type {SourceRun} from '../../engine/session.ts';

/**
 * Upstream's refs as they are now, in one attempt: one light request, or git itself where the
 * server answers in a way that only git understands.
 */
export const readUpstream = async (
	{bitbucket, git, signal}: SourceRun,
	url: string,
	isPerhapsEmpty: boolean,
): Promise<Advertisement> => {
	try {
		return await bitbucket.readAdvertisement(url, signal);
	} catch (error) {
		if (isPerhapsEmpty && error instanceof FailureError && isAnswerOfEmpty(error.failure)) {
			return {refs: new Map(), head: undefined};
		}

		if (error instanceof FailureError && error.failure.kind === 'unexpected-answer') {
			const advertised = await git.readRemoteRefs(url, signal).catch(() => undefined);
			if (advertised !== undefined && (advertised.refs.size > 0 || isPerhapsEmpty)) {
				return advertised;
			}

			// What the answer looked like says more than git's own failure to read it. And a list
			// without a branch, from a server that answers oddly, is not believed on its word alone.
		}

		throw error;
	}
};

/**
 * Does the API say that nobody ever pushed, and is nothing saved that says otherwise? Of such a
 * repository it is not known whether git advertises nothing, breaks off, or finds nothing.
 */
export const mayBeEmpty = (repository: Repository, saved: SavedRepository | undefined): boolean =>
	repository.mainBranch === undefined &&
	(saved === undefined || saved.record.repo.refs.count === 0);

/** The status 200 is that of Bitbucket's "fork/exec ... git-upload-pack", an error within an answer. */
const isAnswerOfEmpty = (failure: Failure): boolean =>
	failure.kind === 'not-found' || (failure.kind === 'server-error' && failure.status === 200);
