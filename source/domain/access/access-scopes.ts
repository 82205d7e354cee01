import type {Credential} from '../settings/settings.ts';

/** A permission of a token that this version uses. */
export type ScopeUse = {
	/** As Bitbucket calls it where the token is made. */
	readonly scope: string;
	readonly needed: boolean;
	/** Half a line for the page where the scopes are ticked. */
	readonly purpose: string;
	/** What cannot be done without it, as a sentence. */
	readonly without: string;
	/**
	 * Scopes that include it. Those of API tokens include nothing else; the older names, which
	 * access tokens still carry, do (Atlassian, "Bitbucket OAuth 2.0 scopes").
	 */
	readonly includedIn: readonly string[];
};

const readRepository: ScopeUse = {
	scope: 'read:repository:bitbucket',
	needed: true,
	purpose: 'needed',
	without: 'Nothing can be listed or saved without it. Make a new token with this scope ticked.',
	includedIn: [
		'read:repository:bitbucket',
		'repository',
		'repository:write',
		'pullrequest',
		'pullrequest:write',
		'project',
	],
};

/** What an API token should hold, the needed ones first. */
export const apiTokenScopes: readonly ScopeUse[] = [
	readRepository,
	{
		scope: 'read:workspace:bitbucket',
		needed: false,
		purpose: 'to check the workspace',
		without: 'Backups work without it, but whether the workspace is yours could not be checked.',
		includedIn: ['account'],
	},
	{
		scope: 'read:user:bitbucket',
		needed: false,
		purpose: 'to check your name',
		without: 'Backups work without it, but your user name could not be checked.',
		includedIn: ['account'],
	},
];

/** The scopes worth a line of their own for this kind of credential. */
export const scopesInUse = (credential: Credential): readonly ScopeUse[] => {
	switch (credential.kind) {
		case 'api-token':
			return apiTokenScopes;
		case 'access-token':
			return [{...readRepository, scope: 'repository'}];
		case 'none':
			return [];
	}
};

/** Does a credential with these scopes hold this one? */
export const holdsScope = (held: readonly string[], use: ScopeUse): boolean =>
	held.includes(use.scope) || use.includedIn.some((scope) => held.includes(scope));
