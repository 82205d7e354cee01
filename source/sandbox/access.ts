import {type RestAnswer, scopesMissing} from './answers.ts';
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
export const writeRepository: NeededScope = {
	modern: 'write:repository:bitbucket',
	classic: 'repository:write',
};

/** Only classic scopes imply others. A modern `write` does not even imply `read`. */
const implied: Readonly<Record<string, readonly string[]>> = {
	repository: ['repository:write', 'pullrequest', 'pullrequest:write', 'project', 'project:admin'],
	'repository:write': ['pullrequest:write'],
};

const nameFor = (token: Token, needed: NeededScope): string =>
	token.kind === 'api-token' ? needed.modern : needed.classic;

export const holdsScope = (token: Token, needed: NeededScope): boolean => {
	const name = nameFor(token, needed);
	const names = [name, ...(implied[name] ?? [])];
	return names.some((each) => token.scopes.includes(each));
};

export const scopesMissingAnswer = (token: Token, needed: NeededScope): RestAnswer => ({
	status: 403,
	body: scopesMissing([nameFor(token, needed)], token.scopes),
});

const credentialTypes = {
	'api-token': 'api_token',
	repo: 'repo_access_token',
	project: 'project_access_token',
	workspace: 'workspace_access_token',
} as const;

/** Sent with every answer. Only access tokens and anonymous callers get the rate limit's headers. */
export const credentialHeaders = (
	caller: Caller,
	needed: NeededScope | undefined,
): Record<string, string> => {
	if (caller.kind === 'anonymous') {
		return {
			'x-ratelimit-limit': '60, 60;w=3600',
			'x-ratelimit-remaining': '59',
			'x-ratelimit-reset': '3600',
		};
	}

	const {token} = caller;
	return {
		'x-credential-type': credentialTypes[token.kind],
		'x-oauth-scopes': token.scopes.join(', '),
		...(needed && {'x-accepted-oauth-scopes': needed.classic}),
		...(token.kind !== 'api-token' && {
			'x-ratelimit-limit': '1000',
			'x-ratelimit-resource': 'api-repositories',
			'x-ratelimit-nearlimit': 'false',
		}),
	};
};
