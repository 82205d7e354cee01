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

const scope = (modern: string, classic: string): NeededScope => ({
	modern: `${modern}:bitbucket`,
	classic,
});

export const readUser = scope('read:user', 'account');
export const readWorkspace = scope('read:workspace', 'account');
export const readRepository = scope('read:repository', 'repository');
export const adminRepository = scope('admin:repository', 'repository:admin');
export const readPullRequest = scope('read:pullrequest', 'pullrequest');
export const readPipeline = scope('read:pipeline', 'pipeline');
export const readWebhook = scope('read:webhook', 'webhook');
export const readSnippet = scope('read:snippet', 'snippet');
export const readProject = scope('read:project', 'project');
export const adminProject = scope('admin:project', 'project:admin');
export const writeRepository = scope('write:repository', 'repository:write');

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
