import {withoutUser} from '../../domain/access/git-address.ts';
import {FailureError} from '../../domain/failure/failure.ts';
import type {Repository} from '../../domain/plan/repository.ts';
import type {Credential} from '../../domain/settings/settings.ts';
import type {Account, RepositoryPage, Workspace} from '../../ports/bitbucket.ts';
import type {Answer} from './answer-failure.ts';
import {
	complain,
	countOf,
	fieldOf,
	flagOf,
	isMissing,
	itemsOf,
	optionalTextOf,
	type Place,
	parseJson,
	textOf,
} from './json-shape.ts';

/** What `toRepositoryPage` reads, so that Bitbucket sends nothing else. */
export const repositoryFields = [
	'size',
	'next',
	'values.uuid',
	'values.slug',
	'values.full_name',
	'values.is_private',
	'values.mainbranch.name',
	'values.has_wiki',
	'values.size',
	'values.links.clone',
].join(',');

const uuidForm = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** One page of a workspace's repositories. A single one of a bad shape fails the page. */
export const toRepositoryPage = (answer: Answer, origin: string): RepositoryPage => {
	const page = parseJson(answer);
	return {
		repositories: itemsOf(fieldOf(page, 'values')).map(toRepository),
		total: countOf(fieldOf(page, 'size')),
		next: toNext(fieldOf(page, 'next'), origin),
	};
};

const toRepository = (place: Place): Repository => ({
	uuid: toUuid(fieldOf(place, 'uuid')),
	workspace: toWorkspaceId(fieldOf(place, 'full_name')),
	slug: textOf(fieldOf(place, 'slug')),
	isPrivate: flagOf(fieldOf(place, 'is_private'), true),
	mainBranch: toMainBranch(fieldOf(place, 'mainbranch')),
	hasWiki: flagOf(fieldOf(place, 'has_wiki'), false),
	size: countOf(fieldOf(place, 'size')) ?? 0,
	cloneUrl: toCloneUrl(fieldOf(fieldOf(place, 'links'), 'clone')),
});

const toUuid = (place: Place): string => {
	const uuid = textOf(place)
		.replace(/^\{(.*)\}$/, '$1')
		.toLowerCase();
	return uuidForm.test(uuid) ? uuid : complain(`${place.path} is not a UUID`);
};

/** The part of `workspace/slug` that folders are named by, as SCM Backup does. */
const toWorkspaceId = (place: Place): string => {
	const name = textOf(place);
	const slash = name.indexOf('/');
	return slash > 0 ? name.slice(0, slash) : complain(`${place.path} is not workspace/slug`);
};

const toMainBranch = (place: Place): string | undefined =>
	isMissing(place) ? undefined : optionalTextOf(fieldOf(place, 'name'));

/** The link holds the caller's user name, which belongs into no log and no address. */
const toCloneUrl = (place: Place): string => {
	const link = itemsOf(place).find((item) => fieldOf(item, 'name').value === 'https');
	return link === undefined
		? complain(`${place.path} has no https link`)
		: withoutUser(textOf(fieldOf(link, 'href')));
};

const toNext = (place: Place, origin: string): string | undefined => {
	const next = optionalTextOf(place);
	return next === undefined ? undefined : checkNext(next, origin);
};

/** Followed with the credential, so it has to stay where the credential belongs. */
export const checkNext = (next: string, origin: string): string => {
	const url = URL.parse(next);
	if (url?.origin === origin && url.username === '' && url.password === '') {
		return url.href;
	}

	throw new FailureError({
		kind: 'address-refused',
		address: url === null ? withoutUser(next) : url.origin,
		reason: `the next page is not at ${origin}, and the token would go along`,
	});
};

export const toWorkspace = (answer: Answer): Workspace => {
	const workspace = parseJson(answer);
	const slug = textOf(fieldOf(workspace, 'slug'));
	return {
		slug,
		name: optionalTextOf(fieldOf(workspace, 'name')) ?? slug,
		isPrivate: flagOf(fieldOf(workspace, 'is_private'), true),
	};
};

export type WorkspaceIdPage = {readonly ids: readonly string[]; readonly next: string | undefined};

/** Items of `/user/workspaces` hold the workspace's id and no name. */
export const toWorkspaceIdPage = (answer: Answer, origin: string): WorkspaceIdPage => {
	const page = parseJson(answer);
	return {
		ids: itemsOf(fieldOf(page, 'values')).map((item) =>
			textOf(fieldOf(fieldOf(item, 'workspace'), 'slug')),
		),
		next: toNext(fieldOf(page, 'next'), origin),
	};
};

/**
 * Who signed in, from the answer to `/user`: the account with a 200. A 403 there is an access
 * token, which is nobody's, or a missing `read:user`; the headers tell either way.
 */
export const toAccount = (answer: Answer, credential: Credential['kind']): Account => {
	const scopes = readScopes(answer);
	if (answer.status !== 200) {
		const type = answer.headers['x-credential-type'];
		const isAccessToken =
			typeof type === 'string' ? type.endsWith('access_token') : credential === 'access-token';
		const kind = isAccessToken ? 'access-token' : 'user';
		return {kind, displayName: undefined, userName: undefined, scopes};
	}

	const account = parseJson(answer);
	return {
		kind: 'user',
		displayName: optionalTextOf(fieldOf(account, 'display_name')),
		userName: optionalTextOf(fieldOf(account, 'username')),
		scopes,
	};
};

/** Sent with every answer, 200 and 403 alike: names divided by commas and blanks. */
const readScopes = ({headers}: Answer): readonly string[] | undefined => {
	const value = headers['x-oauth-scopes'];
	return typeof value === 'string'
		? value.split(/[\s,]+/).filter((scope) => scope !== '')
		: undefined;
};
