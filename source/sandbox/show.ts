import type {Caller, SandboxAccount, SandboxRepository, SandboxWorkspace} from './model.ts';

/** Bitbucket puts the caller's user name into the link. An anonymous caller's link has none. */
const cloneLink = (
	origin: string,
	caller: Caller,
	{workspace, slug, cloneUrl}: SandboxRepository,
): string => {
	if (cloneUrl !== undefined) {
		return cloneUrl;
	}
	const link = new URL(`${origin}/${workspace}/${slug}.git`);
	if (caller.kind === 'token' && caller.token.kind === 'api-token') {
		link.username = caller.token.account.userName;
	}
	return link.href;
};

/** A repository in Bitbucket's form. `mainbranch` is null while it is empty. */
export const showRepository = (
	origin: string,
	caller: Caller,
	repository: SandboxRepository,
	isEmpty: boolean,
): unknown => {
	const {workspace, slug, name, uuid, createdOn, size, mainBranch} = repository;
	const self = `${origin}/2.0/repositories/${workspace}/${slug}`;
	return {
		type: 'repository',
		full_name: `${workspace}/${slug}`,
		links: {
			self: {href: self},
			html: {href: `${origin}/${workspace}/${slug}`},
			clone: [
				{name: 'https', href: cloneLink(origin, caller, repository)},
				{name: 'ssh', href: `git@ssh.bitbucket.org:${workspace}/${slug}.git`},
			],
		},
		name,
		slug,
		uuid,
		scm: 'git',
		is_private: repository.isPrivate,
		created_on: createdOn,
		updated_on: createdOn,
		size,
		mainbranch: isEmpty ? null : {name: mainBranch, type: 'branch'},
		has_wiki: repository.hasWiki,
		parent: null,
	};
};

export const showAccount = ({userName, displayName, uuid}: SandboxAccount): unknown => ({
	type: 'user',
	username: userName,
	nickname: userName,
	display_name: displayName,
	uuid,
	account_status: 'active',
});

export const showWorkspace = ({slug, uuid, name, isPrivate}: SandboxWorkspace): unknown => ({
	type: 'workspace',
	uuid,
	slug,
	name,
	is_private: isPrivate,
});

/** An item of `/user/workspaces`, which has no name. */
export const showWorkspaceAccess = ({slug, uuid}: SandboxWorkspace): unknown => ({
	type: 'workspace_access',
	administrator: true,
	workspace: {type: 'workspace_base', uuid, slug},
});
