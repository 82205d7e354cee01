/** Recognised by how the token begins. Its length says nothing: Atlassian calls it variable. */
type TokenKind = 'api-token' | 'access-token' | 'app-password' | 'unknown';

/**
 * Atlassian's prefixes, as its staff gave them in the community in August 2025: `ATAT` for a
 * user's API token, `ATCT` for a repository's, project's or workspace's access token, `ATBB` for
 * an app password.
 */
export const tokenKind = (token: string): TokenKind => {
	if (token.startsWith('ATAT')) {
		return 'api-token';
	}

	if (token.startsWith('ATCT')) {
		return 'access-token';
	}

	return token.startsWith('ATBB') ? 'app-password' : 'unknown';
};

/** Where API tokens are made. */
export const tokenPage = 'id.atlassian.com/manage-profile/security/api-tokens';

/** A space or line break inside comes from copying and would break the request's header. */
export const isCleanToken = (token: string): boolean => /^[\x21-\x7e]+$/.test(token);

/** Does a text hold a token, alone or behind other words? */
export const looksLikeToken = (text: string): boolean => /AT(?:AT|CT|BB)[\w=-]{17}/.test(text);

/** Could it be the first characters of a token? True before anything secret is in it. */
export const beginsLikeToken = (text: string): boolean => /AT(?:AT|CT|BB)[\w=-]{4}/.test(text);
