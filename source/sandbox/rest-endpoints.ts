import {
	isForbidden,
	isMember,
	mayRead,
	type NeededScope,
	readRepository,
	readUser,
	readWorkspace,
} from './access.ts';
import {
	invalidPage,
	invalidPagelen,
	noAccess,
	notAMember,
	noWorkspace,
	type RestAnswer,
	tokenNotSupported,
} from './answers.ts';
import type {Caller, SandboxAccount, SandboxRepository, SandboxWorkspace} from './model.ts';
import type {Workspaces} from './workspaces.ts';

/** The envelope of every list. A client may rely on `values` and `next` only. */
type Page = Readonly<Record<string, unknown>> & {readonly values: readonly unknown[]};

/** Lets a test change a page of a listing before it is sent: another `next`, other values. */
export type PageTransform = (page: Page, workspace: string) => unknown;

export type RestState = {
	/** `http://127.0.0.1:PORT` */
	readonly origin: string;
	readonly workspaces: Workspaces;
	readonly transformPage: PageTransform;
};

type Endpoint = {
	readonly pattern: RegExp;
	readonly needed: NeededScope;
	/** Anonymous callers are refused before anything else is checked. */
	readonly signedIn?: true;
	readonly answer: (
		state: RestState,
		request: {
			readonly caller: Caller;
			/** The request's address on the API's own origin. */
			readonly address: URL;
			/** The groups of `pattern`, decoded. */
			readonly parts: readonly string[];
		},
	) => RestAnswer;
};

const found = (body: unknown): RestAnswer => ({status: 200, body});

const answerUser: Endpoint['answer'] = (_state, {caller}) =>
	caller.kind === 'token' && caller.token.kind === 'api-token'
		? found(showAccount(caller.token.account))
		: tokenNotSupported;

const answerUserWorkspaces: Endpoint['answer'] = ({workspaces}, {caller, address}) => {
	const own = workspaces.listWorkspaces().filter(({slug}) => isMember(caller, slug));
	const page = pageOf(address, own, showWorkspaceAccess);
	return 'values' in page ? found(page) : page;
};

/** The workspace, or the answer that refuses it. */
const openWorkspace = (
	{workspaces}: RestState,
	caller: Caller,
	id: string,
): SandboxWorkspace | RestAnswer => {
	const workspace = workspaces.findWorkspace(id);
	if (workspace === undefined) {
		return noWorkspace(id);
	}
	return isForbidden(caller, workspace) ? notAMember : workspace;
};

const answerWorkspace: Endpoint['answer'] = (state, {caller, parts: [id = '']}) => {
	const workspace = openWorkspace(state, caller, id);
	if ('status' in workspace) {
		return workspace;
	}
	return workspace.isPrivate && caller.kind === 'anonymous'
		? noWorkspace(id)
		: found(showWorkspace(workspace));
};

const answerListing: Endpoint['answer'] = (state, {caller, address, parts: [id = '']}) => {
	const workspace = openWorkspace(state, caller, id);
	if ('status' in workspace) {
		return workspace;
	}
	const visible = state.workspaces
		.listRepositories(workspace.slug)
		.filter((repository) => repository.isListed && mayRead(caller, repository));
	const sorted =
		address.searchParams.get('sort') === 'created_on'
			? visible.toSorted((left, right) => (left.createdOn < right.createdOn ? -1 : 1))
			: visible;
	const page = pageOf(address, sorted, (repository) => showRepository(state, caller, repository));
	return 'values' in page ? found(state.transformPage(page, workspace.slug)) : page;
};

const answerRepository: Endpoint['answer'] = (state, {caller, parts: [owner = '', id = '']}) => {
	const {workspaces, origin} = state;
	const workspace = workspaces.findWorkspace(owner);
	const repository = workspaces.findRepository(workspace?.slug ?? '', id);
	if (repository && mayRead(caller, repository)) {
		return found(showRepository(state, caller, repository));
	}
	const renamed = repository ? undefined : workspaces.findRenamed(owner, id);
	if (renamed === undefined || !mayRead(caller, renamed)) {
		return noAccess;
	}
	const location = `${origin}/2.0/repositories/${renamed.workspace}/${renamed.slug}`;
	return {status: 301, body: '', headers: {location}};
};

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
];

const maxPagelen = 100;

/** One page of `items`, or the 400 for a wrong `page` or `pagelen`. */
const pageOf = <Item>(
	address: URL,
	items: readonly Item[],
	showItem: (item: Item) => unknown,
): Page | RestAnswer => {
	const pagelen = Number(address.searchParams.get('pagelen') ?? 10);
	const page = Number(address.searchParams.get('page') ?? 1);
	if (!(pagelen >= 1 && pagelen <= maxPagelen)) {
		return invalidPagelen;
	}
	if (!(page >= 1)) {
		return invalidPage;
	}

	const end = page * pagelen;
	// The rest of the query comes back in `next`, encoded again as Bitbucket does.
	const next = new URL(address);
	next.searchParams.set('page', String(page + 1));
	return {
		values: items.slice(end - pagelen, end).map(showItem),
		pagelen,
		size: items.length,
		page,
		...(end < items.length && {next: next.href}),
	};
};

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
