import type {Credential} from '../settings/settings.ts';

/** A scope of a token that this version uses. */
export type ScopeUse = {
	/** As Bitbucket calls it where the token is made. */
	readonly scope: string;
	/** The older name, which access tokens use. */
	readonly classic: string;
	readonly needed: boolean;
	/** The user may well leave it out. Then the check says what is not saved, and finds no fault. */
	readonly isChoice?: true;
	/** Short text for the page that lists the scopes to tick. */
	readonly purpose: string;
	/** Consequence of a missing scope, as a sentence. */
	readonly without: string;
	/**
	 * Scopes that include it. A scope of an API token includes no other; the older names, which
	 * access tokens still use, do (Atlassian, "Bitbucket OAuth 2.0 scopes").
	 */
	readonly includedIn: readonly string[];
};

const readRepository: ScopeUse = {
	scope: 'read:repository:bitbucket',
	classic: 'repository',
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

/** The scopes that an API token should hold, the needed ones first. */
export const apiTokenScopes: readonly ScopeUse[] = [
	readRepository,
	{
		scope: 'read:workspace:bitbucket',
		classic: 'account',
		needed: false,
		purpose: 'to check the workspace',
		without: 'Backups work without it, but whether the workspace is yours could not be checked.',
		includedIn: ['account'],
	},
	{
		scope: 'read:user:bitbucket',
		classic: 'account',
		needed: false,
		purpose: 'to check your name',
		without: 'Backups work without it, but your user name could not be checked.',
		includedIn: ['account'],
	},
];

/** Pull requests with their discussion (Atlassian, "Bitbucket OAuth 2.0 scopes"). */
export const readPullRequests: ScopeUse = {
	scope: 'read:pullrequest:bitbucket',
	classic: 'pullrequest',
	needed: false,
	purpose: 'to save pull requests and comments too',
	without:
		'Pull requests are not saved without it. Make a new token that has this scope too, or take "metadata: true" out of the settings.',
	includedIn: ['read:pullrequest:bitbucket', 'pullrequest', 'pullrequest:write'],
};

const choice = (name: string, classic: string, without: string): ScopeUse => ({
	scope: `${name}:bitbucket`,
	classic,
	needed: false,
	isChoice: true,
	purpose: '',
	without,
	includedIn: [`${name}:bitbucket`, classic, `${classic}:write`],
});

/** Settings around the code. Each scope brings some of them. */
export const settingsScopes: readonly ScopeUse[] = [
	choice('read:project', 'project', 'projects and their settings are not saved'),
	choice('read:pipeline', 'pipeline', 'variables and schedules of pipelines are not saved'),
	choice('read:webhook', 'webhook', 'webhooks are not saved'),
	choice('read:snippet', 'snippet', 'snippets are not saved'),
	choice(
		'admin:repository',
		'repository:admin',
		'branch restrictions and deploy keys are not saved',
	),
];

/** The boxes to tick where a token is made: scopes, and what they bring. */
export const scopesToTick: readonly (readonly [scopes: string, purpose: string])[] = [
	...[...apiTokenScopes, readPullRequests].map(({scope, purpose}) => [scope, purpose] as const),
	['read:project, read:pipeline, read:webhook, read:snippet', 'settings'],
	['admin:repository', 'branch restrictions, deploy keys. It can'],
	['', 'change and delete too: leave it out if unsure'],
];

/** The scopes that the check reports for this kind of credential. `ofParts`: those that parts need. */
export const scopesInUse = (
	credential: Credential,
	ofParts: readonly ScopeUse[],
): readonly ScopeUse[] => {
	switch (credential.kind) {
		case 'api-token':
			return [...apiTokenScopes, ...ofParts];
		case 'access-token':
			return [readRepository, ...ofParts].map((use) => ({...use, scope: use.classic}));
		case 'none':
			return [];
	}
};

/** Do these scopes include this one? */
export const holdsScope = (held: readonly string[], use: ScopeUse): boolean =>
	held.includes(use.scope) || use.includedIn.some((scope) => held.includes(scope));
