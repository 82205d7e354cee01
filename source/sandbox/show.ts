import type {Caller, SandboxAccount, SandboxRepository, SandboxWorkspace} from './model.ts';

export type Addresses = {
	/** `http://127.0.0.1:PORT` */
	readonly origin: string;
	/** `origin` + `/2.0` */
	readonly apiUrl: string;
};

/** Bitbucket puts the caller's user name into the link. An anonymous caller's link has none. */
const cloneLink = (
	{origin}: Addresses,
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

const links = (
	addresses: Addresses,
	caller: Caller,
	repository: SandboxRepository,
): Record<string, unknown> => {
	const {workspace, slug} = repository;
	const self = `${addresses.apiUrl}/repositories/${workspace}/${slug}`;
	const below = 'pullrequests commits forks watchers branches tags downloads hooks'
		.split(' ')
		.map((name): [string, unknown] => [name, {href: `${self}/${name}`}]);
	return {
		self: {href: self},
		html: {href: `${addresses.origin}/${workspace}/${slug}`},
		...Object.fromEntries(below),
		source: {href: `${self}/src`},
		clone: [
			{name: 'https', href: cloneLink(addresses, caller, repository)},
			{name: 'ssh', href: `git@ssh.bitbucket.org:${workspace}/${slug}.git`},
		],
	};
};

/** A repository in Bitbucket's form. `mainbranch` is null while it is empty. */
export const showRepository = (
	addresses: Addresses,
	caller: Caller,
	workspace: SandboxWorkspace,
	repository: SandboxRepository,
	isEmpty: boolean,
): unknown => ({
	type: 'repository',
	full_name: `${workspace.slug}/${repository.slug}`,
	links: links(addresses, caller, repository),
	name: repository.name,
	slug: repository.slug,
	description: '',
	scm: 'git',
	website: null,
	owner: {display_name: workspace.name, type: 'team', uuid: workspace.uuid},
	workspace: {type: 'workspace', uuid: workspace.uuid, name: workspace.name, slug: workspace.slug},
	is_private: repository.isPrivate,
	project: {type: 'project', key: 'PROJ', uuid: workspace.uuid, name: 'Project'},
	fork_policy: 'no_public_forks',
	created_on: repository.createdOn,
	updated_on: repository.createdOn,
	size: repository.size,
	language: '',
	uuid: repository.uuid,
	mainbranch: isEmpty ? null : {name: repository.mainBranch, type: 'branch'},
	override_settings: {default_merge_strategy: false, branching_model: false},
	parent: null,
	has_issues: false,
	has_wiki: repository.hasWiki,
});

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

/** An item of `/user/workspaces`, which has no name. */
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
