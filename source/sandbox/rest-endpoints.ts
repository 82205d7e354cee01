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
	removed,
	tokenNotSupported,
} from './answers.ts';
import type {Caller, SandboxRepository, SandboxWorkspace} from './model.ts';
import {
	type Addresses,
	showAccount,
	showRepository,
	showWorkspace,
	showWorkspaceAccess,
} from './show.ts';
import type {Workspaces} from './workspaces.ts';

/** The envelope of every list. A client may rely on `values` and `next` only. */
type Page = Readonly<Record<string, unknown>> & {readonly values: readonly unknown[]};

/** Lets a test change a page of a listing before it is sent: another `next`, other values. */
export type PageTransform = (page: Page, workspace: string) => unknown;

export type RestWorld = {
	readonly addresses: Addresses;
	readonly workspaces: Workspaces;
	readonly transformPage: PageTransform;
};

export type Endpoint = {
	readonly pattern: RegExp;
	readonly needed?: NeededScope;
	/** Anonymous callers are refused before anything else is checked. */
	readonly signedIn?: true;
	readonly answer: (
		world: RestWorld,
		request: {
			readonly caller: Caller;
			/** The request's address on the API's own origin. */
			readonly address: URL;
			/** The groups of `pattern`, decoded. */
			readonly parts: readonly string[];
		},
	) => RestAnswer;
};

const answerUser: Endpoint['answer'] = ({addresses}, {caller}) =>
	caller.kind === 'token' && caller.token.kind === 'api-token'
		? {status: 200, body: showAccount(addresses, caller.token.account)}
		: {status: 403, body: tokenNotSupported};

const answerUserWorkspaces: Endpoint['answer'] = ({addresses, workspaces}, {caller, address}) => {
	const own = workspaces.listWorkspaces().filter(({slug}) => isMember(caller, slug));
	const page = pageOf(address, own, (workspace) => showWorkspaceAccess(addresses, workspace));
	return 'values' in page ? {status: 200, body: page} : page;
};

/** The workspace, or the answer that refuses it. */
const openWorkspace = (
	{workspaces}: RestWorld,
	caller: Caller,
	id: string,
): SandboxWorkspace | RestAnswer => {
	const workspace = workspaces.findWorkspace(id);
	if (workspace === undefined) {
		return {status: 404, body: noWorkspace(id)};
	}
	return isForbidden(caller, workspace) ? {status: 403, body: notAMember} : workspace;
};

const answerWorkspace: Endpoint['answer'] = (world, {caller, parts: [id = '']}) => {
	const workspace = openWorkspace(world, caller, id);
	if ('status' in workspace) {
		return workspace;
	}
	return workspace.isPrivate && caller.kind === 'anonymous'
		? {status: 404, body: noWorkspace(id)}
		: {status: 200, body: showWorkspace(world.addresses, workspace)};
};

const answerListing: Endpoint['answer'] = (world, {caller, address, parts: [id = '']}) => {
	// One client reported 410 for `role=member` while others use it. The sandbox refuses it.
	if (address.searchParams.has('role')) {
		return gone('CHANGE-2770');
	}
	const workspace = openWorkspace(world, caller, id);
	if ('status' in workspace) {
		return workspace;
	}
	const {addresses, workspaces, transformPage} = world;
	const visible = workspaces
		.listRepositories(workspace.slug)
		.filter((repository) => repository.isListed && mayRead(caller, repository));
	const show = (repository: SandboxRepository): unknown =>
		showRepository(addresses, caller, workspace, repository, workspaces.isEmpty(repository));
	const page = pageOf(address, sortBy(visible, address.searchParams.get('sort')), show);
	return 'values' in page ? {status: 200, body: transformPage(page, workspace.slug)} : page;
};

const answerRepository: Endpoint['answer'] = (
	{addresses, workspaces},
	{caller, parts: [owner = '', id = '']},
) => {
	const workspace = workspaces.findWorkspace(owner);
	const repository = workspaces.findRepository(workspace?.slug ?? '', id);
	if (workspace && repository && mayRead(caller, repository)) {
		const isEmpty = workspaces.isEmpty(repository);
		return {
			status: 200,
			body: showRepository(addresses, caller, workspace, repository, isEmpty),
		};
	}
	const renamed = repository ? undefined : workspaces.findRenamed(owner, id);
	if (renamed === undefined || !mayRead(caller, renamed)) {
		return {status: 404, body: noAccess};
	}
	const location = `${addresses.apiUrl}/repositories/${renamed.workspace}/${renamed.slug}`;
	return {status: 301, body: '', headers: {location}};
};

const gone = (change: string): RestAnswer => ({status: 410, body: removed(change)});

/** Patterns match the path below `/2.0`. The first that matches answers. */
export const endpoints: readonly Endpoint[] = [
	{pattern: /^\/user$/, needed: readUser, signedIn: true, answer: answerUser},
	{
		pattern: /^\/user\/workspaces$/,
		needed: readWorkspace,
		signedIn: true,
		answer: answerUserWorkspaces,
	},
	{pattern: /^\/user\/permissions(?:\/.*)?$/, answer: () => gone('CHANGE-2770')},
	{pattern: /^\/(?:workspaces|repositories|snippets)$/, answer: () => gone('CHANGE-2770')},
	{pattern: /^\/workspaces\/([^/]+)$/, needed: readWorkspace, answer: answerWorkspace},
	{pattern: /^\/repositories\/([^/]+)$/, needed: readRepository, answer: answerListing},
	{
		pattern: /^\/repositories\/[^/]+\/[^/]+\/(?:issues|milestones|components|versions)(?:\/.*)?$/,
		answer: () => gone('CHANGE-3401'),
	},
	{pattern: /^\/repositories\/([^/]+)\/([^/]+)$/, needed: readRepository, answer: answerRepository},
];

const maxPagelen = 100;
const defaultPagelen = '10';

/** One page of `items`, or the 400 for a wrong `page` or `pagelen`. */
const pageOf = <Item>(
	address: URL,
	items: readonly Item[],
	show: (item: Item) => unknown,
): Page | RestAnswer => {
	const numberOf = (name: string, missing: string): number => {
		const text = address.searchParams.get(name) ?? missing;
		return /^\d+$/.test(text) ? Number(text) : Number.NaN;
	};
	// The rest of the query comes back in `next`, encoded again as Bitbucket does.
	const addressOf = (page: number): string => {
		const other = new URL(address);
		other.searchParams.set('page', String(page));
		return other.href;
	};

	const pagelen = numberOf('pagelen', defaultPagelen);
	const page = numberOf('page', '1');
	if (!(pagelen >= 1 && pagelen <= maxPagelen)) {
		return {status: 400, body: invalidPagelen};
	}
	if (!(page >= 1)) {
		return {status: 400, body: invalidPage};
	}

	const start = (page - 1) * pagelen;
	const end = start + pagelen;
	return {
		values: items.slice(start, end).map(show),
		pagelen,
		size: items.length,
		page,
		...(end < items.length && {next: addressOf(page + 1)}),
		...(page > 1 && {previous: addressOf(page - 1)}),
	};
};

const sortKeys: Readonly<Record<string, (repository: SandboxRepository) => string | number>> = {
	slug: ({slug}) => slug,
	name: ({name}) => name,
	size: ({size}) => size,
	created_on: ({createdOn}) => createdOn,
};

/** `sort=name` or `sort=-name`, one field only. An unknown field changes nothing. */
const sortBy = (
	repositories: readonly SandboxRepository[],
	sort: string | null,
): readonly SandboxRepository[] => {
	const keyOf = sortKeys[(sort ?? '').replace(/^-/, '')];
	if (keyOf === undefined) {
		return repositories;
	}
	const direction = sort?.startsWith('-') ? -1 : 1;
	return repositories.toSorted((left, right) => {
		const [first, second] = [keyOf(left), keyOf(right)];
		return first < second ? -direction : first > second ? direction : 0;
	});
};
