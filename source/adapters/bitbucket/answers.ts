import {withoutUser} from '../../domain/access/git-address.ts';
import {FailureError} from '../../domain/failure/failure.ts';
import type {Repository} from '../../domain/plan/repository.ts';
import type {Credential} from '../../domain/settings/settings.ts';
import type {Account, RepositoryPage, Workspace} from '../../ports/bitbucket.ts';
import {type Answer, isObject} from './failures.ts';

/** The fields that `toRepositoryPage` reads; with this list Bitbucket sends no others. */
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

/** One page of a workspace's repositories. One repository of a bad shape fails the page. */
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

/** The first half of `workspace/slug`. Folders are named by it, as in SCM Backup. */
const toWorkspaceId = (place: Place): string => {
	const name = textOf(place);
	const slash = name.indexOf('/');
	return slash > 0 ? name.slice(0, slash) : complain(`${place.path} is not workspace/slug`);
};

const toMainBranch = (place: Place): string | undefined =>
	isMissing(place) ? undefined : optionalTextOf(fieldOf(place, 'name'));

/** Bitbucket puts the caller's user name into the link; it belongs in no log and no address. */
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

/** The next page is asked for with the credential, so it must be on the same origin. */
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
 * The account behind a credential, from the answer to `/user`. A 403 there means an access token,
 * which belongs to no user, or a missing `read:user`; the headers tell which.
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

/** Bitbucket sends this header with every answer, a 403 too: names divided by commas and blanks. */
const readScopes = ({headers}: Answer): readonly string[] | undefined => {
	const value = headers['x-oauth-scopes'];
	return typeof value === 'string'
		? value.split(/[\s,]+/).filter((scope) => scope !== '')
		: undefined;
};

/** A value of an answer and its path for complaints, such as `values[3].uuid`. */
type Place = {readonly value: unknown; readonly path: string};

/** Throws `unexpected-answer`. */
const complain = (detail: string): never => {
	throw new FailureError({kind: 'unexpected-answer', detail});
};

/** The JSON of a success. A gateway may send a page of HTML with any status. */
const parseJson = ({headers, text}: Answer): Place => {
	const type = headers['content-type'] ?? 'application/json';
	if (!/\bjson\b/i.test(type)) {
		return complain(`the answer is ${type}, not JSON`);
	}

	try {
		return {value: JSON.parse(text), path: ''};
	} catch {
		return complain('the answer is not whole JSON');
	}
};

/** A field of an object; its value is undefined where the object has none of that name. */
const fieldOf = ({value, path}: Place, name: string): Place =>
	isObject(value)
		? {value: value[name], path: path === '' ? name : `${path}.${name}`}
		: complain(`${path === '' ? 'the answer' : path} is not an object`);

const itemsOf = ({value, path}: Place): readonly Place[] =>
	Array.isArray(value)
		? value.map((item: unknown, index) => ({value: item, path: `${path}[${index}]`}))
		: complain(`${path} is not a list`);

const textOf = ({value, path}: Place): string =>
	typeof value === 'string' && value !== '' ? value : complain(`${path} is not a text`);

/** Bitbucket leaves out a field without a value, or sets it to null. */
const isMissing = ({value}: Place): boolean => value === undefined || value === null;

const optionalTextOf = (place: Place): string | undefined =>
	isMissing(place) || place.value === '' ? undefined : textOf(place);

const flagOf = (place: Place, otherwise: boolean): boolean => {
	if (isMissing(place)) {
		return otherwise;
	}

	return typeof place.value === 'boolean'
		? place.value
		: complain(`${place.path} is neither true nor false`);
};

/** A count or a size. Nothing depends on it, so anything else is left out without a complaint. */
const countOf = ({value}: Place): number | undefined =>
	typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
