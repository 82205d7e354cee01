import type {WorkspaceLookup} from '../../domain/access/access.ts';
import type {Source} from '../../domain/settings/settings.ts';
import type {Bitbucket} from '../../ports/bitbucket.ts';
import {tryOnce} from './access-check.ts';

/**
 * What everybody can see of a workspace. A private one is hidden from guests like one that does
 * not exist, but its list of public repositories, which may be empty, is not. Two requests at most.
 */
export const lookUpWorkspace = async (
	source: Source,
	connect: (source: Source) => Bitbucket,
	signal: AbortSignal,
): Promise<WorkspaceLookup> => {
	const bitbucket = connect({...source, credential: {kind: 'none'}});
	const answer = await tryOnce(() => bitbucket.readWorkspace(signal));
	if (answer.ok) {
		return answer.value.isPrivate ? {state: 'private'} : {state: 'public', name: answer.value.name};
	}

	switch (answer.failure.kind) {
		case 'credentials-refused':
		case 'forbidden':
		case 'permission-missing':
			return {state: 'private'};
		case 'not-found': {
			const listing = await tryOnce(() => bitbucket.readRepositoryPage(undefined, signal));
			return {state: judgeListing(listing)};
		}
		default:
			return {state: 'unknown'};
	}
};

const judgeListing = (
	listing: Awaited<ReturnType<typeof tryOnce>>,
): 'private' | 'missing' | 'unknown' => {
	if (listing.ok) {
		return 'private';
	}

	switch (listing.failure.kind) {
		case 'not-found':
			return 'missing';
		case 'credentials-refused':
		case 'forbidden':
			return 'private';
		default:
			return 'unknown';
	}
};
