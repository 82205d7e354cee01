import type {IncomingHttpHeaders} from 'node:http';
import * as v from 'valibot';
import {withoutUser} from '../../domain/access/git-address.ts';
import {FailureError} from '../../domain/failure/failure.ts';
import {isJsonObject, type JsonObject, parseJson} from '../../domain/json.ts';
import {isTooDeep} from '../../domain/metadata/normalise.ts';
import type {UnreadableEntry} from '../../domain/plan/listing.ts';
import type {Repository} from '../../domain/plan/repository.ts';
import type {Credential} from '../../domain/settings/settings.ts';
import type {Account, RepositoryPage, Workspace} from '../../ports/bitbucket.ts';
import type {Answer} from './failures.ts';

/** The fields that `repositoryForm` reads; with this list Bitbucket sends no others. */
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

/** Fields that only describe a repository. */
export const detailFields = [
	'values.name',
	'values.description',
	'values.project.key',
	'values.project.uuid',
	'values.fork_policy',
	'values.parent.uuid',
	'values.parent.full_name',
	'values.website',
	'values.language',
	'values.created_on',
	'values.override_settings',
].join(',');

const uuidForm = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

const objectOf = <Entries extends v.ObjectEntries>(entries: Entries) =>
	v.object(entries, ({received}) => (received === 'undefined' ? 'is missing' : 'is not an object'));

const listOf = <Form extends v.GenericSchema>(form: Form) => v.array(form, 'is not a list');

const text = v.pipe(v.string('is not a text'), v.nonEmpty('is not a text'));

/** Bitbucket leaves out a field without a value, or sets it to null. */
const optionalText = v.pipe(
	v.nullish(v.string('is not a text')),
	v.transform((value) => value || undefined),
);

const flag = (otherwise: boolean) => v.nullish(v.boolean('is neither true nor false'), otherwise);

/** A count or a size. Nothing depends on it, so anything else is left out without a complaint. */
const count = v.fallback(v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))), undefined);

/** A link of another shape is for something else, and left out. */
const cloneLink = v.fallback(v.optional(v.object({name: text, href: text})), undefined);

const uuid = v.pipe(
	text,
	v.transform((braced) => braced.replace(/^\{(.*)\}$/, '$1').toLowerCase()),
	v.regex(uuidForm, 'is not a UUID'),
);
const repositoryName = v.pipe(text, v.regex(/^[^/]+\//, 'is not workspace/slug'));

const repositoryForm = v.pipe(
	objectOf({
		uuid,
		slug: text,
		full_name: repositoryName,
		is_private: flag(true),
		mainbranch: v.nullish(objectOf({name: optionalText})),
		has_wiki: flag(false),
		size: count,
		links: objectOf({
			clone: v.pipe(
				listOf(cloneLink),
				v.transform((links) => links.find((link) => link?.name === 'https')?.href),
				v.string('has no https link'),
			),
		}),
	}),
	v.transform(
		(repository): Repository => ({
			uuid: repository.uuid,
			// The first half of `workspace/slug`. Folders are named by it, as in SCM Backup.
			workspace: repository.full_name.slice(0, repository.full_name.indexOf('/')),
			slug: repository.slug,
			isPrivate: repository.is_private,
			mainBranch: repository.mainbranch?.name,
			hasWiki: repository.has_wiki,
			size: repository.size ?? 0,
			// Bitbucket puts the caller's user name into the link; it belongs in no log and no address.
			cloneUrl: withoutUser(repository.links.clone),
		}),
	),
);

/** As much as an entry tells of itself when it is not a repository in every detail. */
const identityForm = v.object({
	uuid: v.fallback(v.optional(uuid), undefined),
	full_name: v.fallback(v.optional(repositoryName), undefined),
});

const pageForm = objectOf({
	values: listOf(v.unknown()),
	size: count,
	next: optionalText,
});

const workspaceForm = objectOf({
	slug: text,
	name: optionalText,
	is_private: flag(true),
});

/** Items of `/user/workspaces` hold the workspace's id and no name. */
const workspaceIdPageForm = objectOf({
	values: listOf(objectOf({workspace: objectOf({slug: text})})),
	next: optionalText,
});

const accountForm = objectOf({display_name: optionalText, username: optionalText});

/** One page of a workspace's repositories. An entry of a bad shape leaves the others readable. */
export const toRepositoryPage = (
	answer: Answer,
	origin: string,
	withDetails: boolean,
): RepositoryPage => {
	const {values, size, next} = read(pageForm, answer);
	const repositories: Repository[] = [];
	const unreadable: UnreadableEntry[] = [];
	for (const [index, value] of values.entries()) {
		const result = v.safeParse(repositoryForm, value, {abortEarly: true});
		if (result.success) {
			repositories.push({...result.output, ...(withDetails && {details: toDetails(value)})});
		} else {
			const known = v.safeParse(identityForm, value);
			unreadable.push({
				place: index + 1,
				name: known.success ? known.output.full_name : undefined,
				uuid: known.success ? known.output.uuid : undefined,
				detail: describeIssue(result.issues, 'the entry'),
			});
		}
	}

	return {repositories, unreadable, total: size, next: next && checkNext(next, origin)};
};

/** Without the size, which each push changes, and the links, which hold the caller's user name. */
const toDetails = (value: unknown): Repository['details'] => {
	const {
		size: _size,
		links: _links,
		...details
	} = Object(value) as Readonly<Record<string, unknown>>;
	return details;
};

/** A page of any list, or a single object as a page. Its items are not looked at. */
export const readPage = (answer: Answer, isList: boolean): v.InferOutput<typeof pageForm> =>
	isList
		? read(pageForm, answer)
		: {values: [read(v.unknown(), answer)], size: undefined, next: undefined};

/** A single object, whatever its fields. */
export const readObject = (answer: Answer): JsonObject => toObject(read(v.unknown(), answer));

/** An item of a list, or a single object. Throws for anything that cannot be kept. */
export const toObject = (value: unknown): JsonObject => {
	if (!isJsonObject(value)) {
		throw unexpected('an item is not an object');
	}

	if (isTooDeep(value)) {
		throw new FailureError({kind: 'answer-refused', detail: 'an item is nested without an end'});
	}

	return value;
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
		reason: `the next page is not at ${origin}, and would get the token`,
	});
};

export const toWorkspace = (answer: Answer): Workspace => {
	const {slug, name = slug, is_private: isPrivate} = read(workspaceForm, answer);
	return {slug, name, isPrivate};
};

export type WorkspaceIdPage = {readonly ids: readonly string[]; readonly next: string | undefined};

export const toWorkspaceIdPage = (answer: Answer, origin: string): WorkspaceIdPage => {
	const {values, next} = read(workspaceIdPageForm, answer);
	return {ids: values.map(({workspace}) => workspace.slug), next: next && checkNext(next, origin)};
};

/**
 * The account behind a credential, from the answer to `/user`. A 403 there means an access token,
 * which belongs to no user, or a missing `read:user`; the headers tell which.
 */
export const toAccount = (answer: Answer, credential: Credential['kind']): Account => {
	const scopes = readScopes(answer.headers);
	if (answer.status !== 200) {
		const type = answer.headers['x-credential-type'];
		const isAccessToken =
			typeof type === 'string' ? type.endsWith('access_token') : credential === 'access-token';
		const kind = isAccessToken ? 'access-token' : 'user';
		return {kind, displayName: undefined, userName: undefined, scopes};
	}

	const {display_name: displayName, username: userName} = read(accountForm, answer);
	return {kind: 'user', displayName, userName, scopes};
};

/** Bitbucket sends this header with every answer, a 403 too: names divided by commas and blanks. */
export const readScopes = (headers: IncomingHttpHeaders): readonly string[] | undefined => {
	const value = headers['x-oauth-scopes'];
	return typeof value === 'string'
		? value.split(/[\s,]+/).filter((scope) => scope !== '')
		: undefined;
};

/** Reads the JSON of a success. A gateway may send a page of HTML with any status. */
const read = <Form extends v.GenericSchema>(
	form: Form,
	{headers, text}: Answer,
): v.InferOutput<Form> => {
	const type = headers['content-type'] ?? 'application/json';
	if (!/\bjson\b/i.test(type)) {
		throw unexpected(`the answer is ${type}, not JSON`);
	}

	const json = parseJson(text);
	if (json === undefined) {
		throw unexpected('the answer is not whole JSON');
	}

	const result = v.safeParse(form, json, {abortEarly: true});
	if (result.success) {
		return result.output;
	}

	throw unexpected(describeIssue(result.issues, 'the answer'));
};

/** `whole`: its name if the issue is not about a part of it. */
const describeIssue = (
	[{path, message}]: readonly [v.BaseIssue<unknown>, ...unknown[]],
	whole: string,
): string => {
	const keys = (path ?? []).map(({key}) => (typeof key === 'number' ? `[${key}]` : `.${key}`));
	return `${keys.join('').replace(/^\./, '') || whole} ${message}`;
};

const unexpected = (detail: string): FailureError =>
	new FailureError({kind: 'unexpected-answer', detail});
