import type {SandboxAccount, SandboxWorkspace} from './model.ts';
import type {Addresses} from './show-repository.ts';

export const showAccount = ({apiUrl, origin}: Addresses, account: SandboxAccount): unknown => ({
	type: 'user',
	username: account.userName,
	nickname: account.userName,
	display_name: account.displayName,
	uuid: account.uuid,
	account_id: `557058:${account.uuid.slice(1, -1)}`,
	account_status: 'active',
	is_staff: false,
	location: null,
	links: {
		self: {href: `${apiUrl}/users/${encodeURIComponent(account.uuid)}`},
		html: {href: `${origin}/${encodeURIComponent(account.uuid)}/`},
	},
});

export const showWorkspace = (
	{apiUrl, origin}: Addresses,
	workspace: SandboxWorkspace,
): unknown => ({
	type: 'workspace',
	uuid: workspace.uuid,
	slug: workspace.slug,
	name: workspace.name,
	is_private: workspace.isPrivate,
	is_privacy_enforced: false,
	forking_mode: 'allow_forks',
	links: {
		self: {href: `${apiUrl}/workspaces/${workspace.slug}`},
		html: {href: `${origin}/${workspace.slug}/`},
		repositories: {href: `${apiUrl}/repositories/${workspace.slug}`},
	},
});

/** An item of `/user/workspaces`: it has no name. */
export const showWorkspaceAccess = ({apiUrl}: Addresses, workspace: SandboxWorkspace): unknown => ({
	type: 'workspace_access',
	administrator: true,
	workspace: {
		type: 'workspace_base',
		uuid: workspace.uuid,
		slug: workspace.slug,
		links: {self: {href: `${apiUrl}/workspaces/${workspace.slug}`}},
	},
});
