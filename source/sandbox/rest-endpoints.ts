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

/** What a test may do to a page of a listing before it is sent: another `next`, other values. */
export type PageTransform = (page: Page, workspace: string) => unknown;

export type RestWorld = {
	readonly addresses: Addresses;
	readonly workspaces: Workspaces;
	readonly transformPage: PageTransform;
};

export type RestRequest = {
	readonly caller: Caller;
	/** The request's address on the API's own origin. */
	readonly address: URL;
	/** The parts that the endpoint's pattern names, decoded. */
	readonly parts: readonly string[];
};

type Endpoint = {
	readonly pattern: RegExp;
	readonly needed?: NeededScope;
	/** Guests are refused before anything else is looked at. */
	readonly signedIn?: true;
	readonly answer: (world: RestWorld, request: RestRequest) => RestAnswer;
};

const answer = (
	status: number,
	body: unknown,
	headers: Readonly<Record<string, string>> = {},
): RestAnswer => ({status, body, headers});

const answerUser: Endpoint['answer'] = ({addresses}, {caller}) =>
	caller.kind === 'token' && caller.token.kind === 'api-token'
		? answer(200, showAccount(addresses, caller.token.account))
		: answer(403, tokenNotSupported);

const answerUserWorkspaces: Endpoint['answer'] = ({addresses, workspaces}, {caller, address}) => {
	const own = workspaces.listWorkspaces().filter(({slug}) => isMember(caller, slug));
	const page = pageOf(address, own, (workspace) => showWorkspaceAccess(addresses, workspace));
	return isPage(page) ? answer(200, page) : page;
};

/** The workspace, or why it is not shown. */
const openWorkspace = (
	{workspaces}: RestWorld,
	caller: Caller,
	id: string,
): SandboxWorkspace | RestAnswer => {
	const workspace = workspaces.findWorkspace(id);
	if (workspace === undefined) {
		return answer(404, noWorkspace(id));
	}
	return isForbidden(caller, workspace) ? answer(403, notAMember) : workspace;
};

const answerWorkspace: Endpoint['answer'] = (world, {caller, parts: [id = '']}) => {
	const workspace = openWorkspace(world, caller, id);
	if ('status' in workspace) {
		return workspace;
	}
	return workspace.isPrivate && caller.kind === 'anonymous'
		? answer(404, noWorkspace(id))
		: answer(200, showWorkspace(world.addresses, workspace));
};

const answerListing: Endpoint['answer'] = (world, {caller, address, parts: [id = '']}) => {
	// One client reported 410 for `role=member` while others use it: the harsher answer is served.
	if (address.searchParams.has('role')) {
		return answer(410, removed('CHANGE-2770'));
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
	return isPage(page) ? answer(200, transformPage(page, workspace.slug)) : page;
};

const answerRepository: Endpoint['answer'] = (
	{addresses, workspaces},
	{caller, parts: [owner = '', id = '']},
) => {
	const workspace = workspaces.findWorkspace(owner);
	const repository = workspaces.findRepository(workspace?.slug ?? '', id);
	if (workspace && repository && mayRead(caller, repository)) {
		const isEmpty = workspaces.isEmpty(repository);
		return answer(200, showRepository(addresses, caller, workspace, repository, isEmpty));
	}
	const renamed = repository ? undefined : workspaces.findRenamed(owner, id);
	return renamed && mayRead(caller, renamed)
		? answer(301, '', {
				location: `${addresses.apiUrl}/repositories/${renamed.workspace}/${renamed.slug}`,
			})
		: answer(404, noAccess);
};

const gone =
	(change: string): Endpoint['answer'] =>
	() =>
		answer(410, removed(change));

/** Paths are below `/2.0`. The first that fits answers. */
export const endpoints: readonly Endpoint[] = [
	{pattern: /^\/user$/, needed: readUser, signedIn: true, answer: answerUser},
	{
		pattern: /^\/user\/workspaces$/,
		needed: readWorkspace,
		signedIn: true,
		answer: answerUserWorkspaces,
	},
	{pattern: /^\/user\/permissions(?:\/.*)?$/, answer: gone('CHANGE-2770')},
	{pattern: /^\/(?:workspaces|repositories|snippets)$/, answer: gone('CHANGE-2770')},
	{pattern: /^\/workspaces\/([^/]+)$/, needed: readWorkspace, answer: answerWorkspace},
	{pattern: /^\/repositories\/([^/]+)$/, needed: readRepository, answer: answerListing},
	{
		pattern: /^\/repositories\/[^/]+\/[^/]+\/(?:issues|milestones|components|versions)(?:\/.*)?$/,
		answer: gone('CHANGE-3401'),
	},
	{pattern: /^\/repositories\/([^/]+)\/([^/]+)$/, needed: readRepository, answer: answerRepository},
];

/** The envelope of every list. A client may rely on `values` and `next` only. */
export type Page = {
	readonly size?: number;
	readonly page?: number;
	readonly pagelen?: number;
	readonly next?: string;
	readonly previous?: string;
	readonly values: readonly unknown[];
};

const longestPage = 100;
const usualPage = 10;

const readNumber = (text: string | null, missing: number): number =>
	text === null ? missing : /^\d+$/.test(text) ? Number(text) : Number.NaN;

/** The query of the request comes back in `next`, re-encoded as Bitbucket does. */
const addressOf = (address: URL, page: number): string => {
	const next = new URL(address);
	next.searchParams.set('page', String(page));
	return next.href;
};

/** One page of `items`, or the 400 that a wrong `page` or `pagelen` gets. `address` is the API's own. */
export const pageOf = <Item>(
	address: URL,
	items: readonly Item[],
	show: (item: Item) => unknown,
): Page | RestAnswer => {
	const pagelen = readNumber(address.searchParams.get('pagelen'), usualPage);
	const page = readNumber(address.searchParams.get('page'), 1);
	if (!(pagelen >= 1 && pagelen <= longestPage)) {
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
		...(end < items.length && {next: addressOf(address, page + 1)}),
		...(page > 1 && {previous: addressOf(address, page - 1)}),
	};
};

export const isPage = (given: Page | RestAnswer): given is Page => 'values' in given;

const keys: Readonly<Record<string, (repository: SandboxRepository) => string | number>> = {
	slug: ({slug}) => slug,
	name: ({name}) => name,
	full_name: ({workspace, slug}) => `${workspace}/${slug}`,
	uuid: ({uuid}) => uuid,
	size: ({size}) => size,
	created_on: ({createdOn}) => createdOn,
	updated_on: ({createdOn}) => createdOn,
};

/** `sort=name` or `sort=-name`, one field only. A field that is not known changes nothing. */
export const sortBy = (
	repositories: readonly SandboxRepository[],
	sort: string | null,
): readonly SandboxRepository[] => {
	const keyOf = keys[(sort ?? '').replace(/^-/, '')];
	if (keyOf === undefined) {
		return repositories;
	}
	const direction = sort?.startsWith('-') ? -1 : 1;
	return repositories.toSorted((left, right) => {
		const [first, second] = [keyOf(left), keyOf(right)];
		return first < second ? -direction : first > second ? direction : 0;
	});
};
