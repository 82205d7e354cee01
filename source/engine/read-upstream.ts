import {FailureError} from '../domain/failure.ts';
import type {Advertisement} from '../domain/repository.ts';
import type {SourceRun} from './source-run.ts';

/**
 * Upstream's refs as they are now, in one attempt: one light request, or git itself where the
 * server answers in a way that only git understands.
 */
export const readUpstream = async (
	{bitbucket, git, signal}: SourceRun,
	url: string,
): Promise<Advertisement> => {
	try {
		return await bitbucket.readAdvertisement(url, signal);
	} catch (error) {
		if (error instanceof FailureError && error.failure.kind === 'unexpected-answer') {
			return git.readRemoteRefs(url, signal).catch(() => {
				// What the answer looked like says more than git's own failure to read it.
				throw error;
			});
		}

		throw error;
	}
};
