import {gitAddressFor} from '../../domain/access/git-address.ts';
import type {AccessCheck} from './access-check.ts';
import {tryOnce} from './access-check.ts';

/** Says more about its purpose in a server's log than a name at random. */
const probeName = 'cistern-access-check';

/**
 * Does git take the token with this user name? Without a repository that is known to be there,
 * one is asked for that need not be: who is signed in is told that there is none. `unknown` where
 * git's door could not be reached.
 */
export const probeGit = async (
	{source, connect, signal}: AccessCheck,
	gitUser: string,
	url = `${gitAddressFor(source.apiUrl).origin}/${encodeURIComponent(source.workspace)}/${probeName}.git`,
): Promise<'accepted' | 'refused' | 'unknown'> => {
	const {credential} = source;
	if (credential.kind !== 'api-token') {
		return 'unknown';
	}

	const bitbucket = connect({...source, credential: {...credential, gitUser}});
	const answer = await tryOnce(() =>
		bitbucket.readAdvertisement(bitbucket.checkCloneUrl(url), signal),
	);
	if (answer.ok) {
		return 'accepted';
	}

	switch (answer.failure.kind) {
		case 'credentials-refused':
			return 'refused';
		case 'not-found':
		case 'permission-missing':
			return 'accepted';
		default:
			return 'unknown';
	}
};
