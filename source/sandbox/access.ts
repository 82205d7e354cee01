import type {Caller, SandboxRepository, SandboxWorkspace} from './model.ts';

/** Is the workspace one that the caller's credential belongs to? Nobody's for a guest. */
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

/** Members of other workspaces get 403 where a guest sees at least what is public. */
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
