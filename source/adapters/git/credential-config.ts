import type {Credential} from '../../domain/settings.ts';
import type {GitConfig} from './environment.ts';

/** Git's user name for an access token (Atlassian, "Repository access tokens"). */
const accessTokenUser = 'x-token-auth';

/** What stands before and after the colon of git's Basic sign-in; undefined without a credential. */
export const gitSignIn = (
	credential: Credential,
): {readonly user: string; readonly password: string} | undefined => {
	switch (credential.kind) {
		case 'none':
			return undefined;
		case 'api-token':
			return {user: credential.gitUser, password: credential.token.reveal()};
		case 'access-token':
			return {user: accessTokenUser, password: credential.token.reveal()};
	}
};

/**
 * Signs git in by a header that is bound to one origin (`https://bitbucket.org/`): git sends it
 * nowhere else, not after a redirect either, and needs one request fewer than with a helper.
 */
export const credentialConfig = (credential: Credential, origin: string): GitConfig => {
	const signIn = gitSignIn(credential);
	if (signIn === undefined) {
		return [];
	}

	const basic = Buffer.from(`${signIn.user}:${signIn.password}`).toString('base64');
	return [[`http.${origin}/.extraHeader`, `Authorization: Basic ${basic}`]];
};
