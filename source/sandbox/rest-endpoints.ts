import {isMember, mayRead, readRepository, readUser, readWorkspace} from './access.ts';
import {noWorkspace, removed, tokenNotSupported} from './answers.ts';
import {type Endpoint, found, inRepository, inWorkspace, type RestState} from './endpoint.ts';
import {pullRequestEndpoints} from './metadata/endpoints.ts';
import {settingsEndpoints} from './metadata/settings-endpoints.ts';
import {snippetEndpoints} from './metadata/snippet-endpoints.ts';
import type {Caller, SandboxAccount, SandboxRepository, SandboxWorkspace} from './model.ts';
import {answerPage, pageOf} from './page.ts';

const answerUser: Endpoint['answer'] = (_state, {caller}) =>
	caller.kind === 'token' && caller.token.kind === 'api-token'
		? found(showAccount(caller.token.account))
		: tokenNotSupported;

const answerUserWorkspaces: Endpoint['answer'] = ({workspaces}, {caller, address}) => {
	const own = workspaces.listWorkspaces().filter(({slug}) => isMember(caller, slug));
	return answerPage(address, own, showWorkspaceAccess);
};

const answerWorkspace = inWorkspace((_state, workspace, {caller, parts: [id = '']}) =>
	workspace.isPrivate && caller.kind === 'anonymous'
		? noWorkspace(id)
		: found(showWorkspace(workspace)),
);

const answerListing = inWorkspace((state, workspace, {caller, address}) => {
	const visible = state.workspaces
		.listRepositories(workspace.slug)
		.filter((repository) => repository.isListed && mayRead(caller, repository));
	const sorted =
		address.searchParams.get('sort') === 'created_on'
			? visible.toSorted((left, right) => (left.createdOn < right.createdOn ? -1 : 1))
			: visible;
	const page = pageOf(address, sorted, (repository) => showRepository(state, caller, repository));
	return 'values' in page ? found(state.transformPage(page, workspace.slug)) : page;
});

const answerRepository = inRepository((state, repository, {caller}) =>
	found(showRepository(state, caller, repository)),
);

/** Bitbucket removed its lists over all workspaces in April 2026, and issues in August. */
const answerRemoved =
	(change: string): Endpoint['answer'] =>
	() =>
		removed(change);

/** Patterns match the path below `/2.0`. */
export const endpoints: readonly Endpoint[] = [
	{pattern: /^\/user$/, needed: readUser, signedIn: true, answer: answerUser},
	{
		pattern: /^\/user\/workspaces$/,
		needed: readWorkspace,
		signedIn: true,
		answer: answerUserWorkspaces,
	},
	{pattern: /^\/workspaces\/([^/]+)$/, needed: readWorkspace, answer: answerWorkspace},
	{pattern: /^\/repositories\/([^/]+)$/, needed: readRepository, answer: answerListing},
	{pattern: /^\/repositories\/([^/]+)\/([^/]+)$/, needed: readRepository, answer: answerRepository},
	{
		pattern: /^\/(?:repositories|workspaces|snippets|user\/permissions\/\w+)$/,
		needed: readRepository,
		answer: answerRemoved('CHANGE-2770'),
	},
	{
		pattern: /^\/repositories\/[^/]+\/[^/]+\/issues/,
		needed: readRepository,
		answer: answerRemoved('CHANGE-3401'),
	},
	...pullRequestEndpoints,
	...settingsEndpoints,
	...snippetEndpoints,
];

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
const showRepository = (
	{origin, workspaces}: RestState,
	caller: Caller,
	repository: SandboxRepository,
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
		description: repository.description,
		project: {type: 'project', key: repository.projectKey, name: repository.projectKey},
		fork_policy: 'no_public_forks',
		language: '',
		website: '',
		override_settings: {default_merge_strategy: true, branching_model: true},
		size,
		mainbranch: workspaces.isEmpty(repository) ? null : {name: mainBranch, type: 'branch'},
		has_wiki: repository.hasWiki,
		parent: null,
	};
};

const showAccount = ({userName, displayName, uuid}: SandboxAccount): unknown => ({
	type: 'user',
	username: userName,
	nickname: userName,
	display_name: displayName,
	uuid,
	account_status: 'active',
});

const showWorkspace = ({slug, uuid, name, isPrivate}: SandboxWorkspace): unknown => ({
	type: 'workspace',
	uuid,
	slug,
	name,
	is_private: isPrivate,
});

/** An item of `/user/workspaces`, which has no name. */
const showWorkspaceAccess = ({slug, uuid}: SandboxWorkspace): unknown => ({
	type: 'workspace_access',
	administrator: true,
	workspace: {type: 'workspace_base', uuid, slug},
});
