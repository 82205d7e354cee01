import type {Caller, SandboxRepository, SandboxWorkspace, Token} from './model.ts';

/** Does the caller's credential belong to the workspace? Anonymous callers belong to none. */
export const isMember = (caller: Caller, workspace: string): boolean => {
	if (caller.kind === 'anonymous') {
		return false;
	}
	const {token} = caller;
	return token.kind === 'api-token'
		? (token.account.workspaces?.includes(workspace) ?? true) &&
				(token.workspaces?.includes(workspace) ?? true)
		: token.workspace === workspace;
};

/** The user that limits and remembered places belong to. Each access token is one of its own. */
export const userOf = (caller: Caller): string => {
	if (caller.kind === 'anonymous') {
		return caller.kind;
	}
	const {token} = caller;
	return token.kind === 'api-token' ? token.account.uuid : token.token;
};

/** Members of other workspaces get 403; an anonymous caller sees at least what is public. */
export const isForbidden = (caller: Caller, workspace: SandboxWorkspace): boolean =>
	caller.kind === 'token' && workspace.isPrivate && !isMember(caller, workspace.slug);

export const mayRead = (caller: Caller, repository: SandboxRepository): boolean => {
	if (!repository.isPrivate) {
		return true;
	}
	if (caller.kind === 'anonymous' || !isMember(caller, repository.workspace)) {
		return false;
	}
	const {token} = caller;
	return token.kind === 'api-token' || (token.repositories?.includes(repository.slug) ?? true);
};

/** The scope that an endpoint needs. API tokens have modern names, all others classic ones. */
export type NeededScope = {readonly modern: string; readonly classic: string};

export const readUser: NeededScope = {modern: 'read:user:bitbucket', classic: 'account'};
export const readWorkspace: NeededScope = {modern: 'read:workspace:bitbucket', classic: 'account'};
export const readRepository: NeededScope = {
	modern: 'read:repository:bitbucket',
	classic: 'repository',
};
export const adminRepository: NeededScope = {
	modern: 'admin:repository:bitbucket',
	classic: 'repository:admin',
};
export const readPullRequest: NeededScope = {
	modern: 'read:pullrequest:bitbucket',
	classic: 'pullrequest',
};
export const readPipeline: NeededScope = {modern: 'read:pipeline:bitbucket', classic: 'pipeline'};
export const readWebhook: NeededScope = {modern: 'read:webhook:bitbucket', classic: 'webhook'};
export const readSnippet: NeededScope = {modern: 'read:snippet:bitbucket', classic: 'snippet'};
export const readProject: NeededScope = {modern: 'read:project:bitbucket', classic: 'project'};
export const adminProject: NeededScope = {
	modern: 'admin:project:bitbucket',
	classic: 'project:admin',
};
export const writeRepository: NeededScope = {
	modern: 'write:repository:bitbucket',
	classic: 'repository:write',
};

/** Only classic scopes imply others. A modern `write` does not even imply `read`. */
const implied: Readonly<Record<string, readonly string[]>> = {
	repository: ['repository:write', 'pullrequest', 'pullrequest:write', 'project', 'project:admin'],
	'repository:write': ['pullrequest:write'],
	pullrequest: ['pullrequest:write'],
};

/** The scope's name in the style of the token. */
export const nameFor = (token: Token, needed: NeededScope): string =>
	token.kind === 'api-token' ? needed.modern : needed.classic;

export const holdsScope = (token: Token, needed: NeededScope): boolean => {
	const name = nameFor(token, needed);
	const names = [name, ...(implied[name] ?? [])];
	return names.some((each) => token.scopes.includes(each));
};

const credentialTypes = {
	'api-token': 'api_token',
	repo: 'repo_access_token',
	project: 'project_access_token',
	workspace: 'workspace_access_token',
} as const;

/** Sent with every answer. */
export const credentialHeaders = (caller: Caller): Readonly<Record<string, string>> =>
	caller.kind === 'anonymous'
		? {
				'x-ratelimit-limit': '60, 60;w=3600',
				'x-ratelimit-remaining': '59',
				'x-ratelimit-reset': '3600',
			}
		: {
				'x-credential-type': credentialTypes[caller.token.kind],
				'x-oauth-scopes': caller.token.scopes.join(', '),
			};
