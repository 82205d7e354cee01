import {credentialHeaders, holdsScope, scopesMissingAnswer} from './access.ts';
import {type Answer, jsonAnswer, noApi, type RestAnswer, tokenRefused} from './answers.ts';
import type {Credentials} from './credentials.ts';
import type {Caller} from './model.ts';
import {endpoints, type RestWorld} from './rest-endpoints.ts';

const decode = (text: string): string => {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
};

type Found = {
	readonly endpoint: (typeof endpoints)[number];
	readonly parts: readonly string[];
};

const findEndpoint = (pathname: string): Found | undefined => {
	const path = pathname.replace(/^\/2\.0/, '').replace(/\/+$/, '');
	for (const endpoint of endpoints) {
		const match = endpoint.pattern.exec(path);
		if (match !== null) {
			return {endpoint, parts: match.slice(1).map(decode)};
		}
	}
	return undefined;
};

const signInFirst: RestAnswer = {
	status: 401,
	body: tokenRefused,
	headers: {'www-authenticate': 'Basic realm="Bitbucket"'},
};

const answerFound = (
	world: RestWorld,
	caller: Caller,
	address: URL,
	{endpoint, parts}: Found,
): RestAnswer => {
	if (endpoint.signedIn && caller.kind === 'anonymous') {
		return signInFirst;
	}
	const {needed} = endpoint;
	if (needed && caller.kind === 'token' && !holdsScope(caller.token, needed)) {
		return scopesMissingAnswer(caller.token, needed);
	}
	const answer = endpoint.answer(world, {caller, address, parts});
	return answer.status === 200
		? {...answer, body: selectFields(answer.body, address.searchParams.get('fields'))}
		: answer;
};

const written = ({status, body, headers}: RestAnswer, more: Record<string, string> = {}): Answer =>
	jsonAnswer(status, body, {...more, ...headers});

/** Answers one API request. `url` is the path and query as they were sent. */
export const answerRest = (
	world: RestWorld,
	credentials: Credentials,
	request: {
		readonly method: string;
		readonly url: string;
		readonly authorization: string | undefined;
	},
): Answer => {
	const caller = credentials.identifyForApi(request.authorization);
	if (caller.kind === 'refused' || caller.kind === 'app-password') {
		return written(signInFirst);
	}
	const address = new URL(world.addresses.origin + request.url);
	const found = request.method === 'GET' ? findEndpoint(address.pathname) : undefined;
	const answer =
		found === undefined ? {status: 404, body: noApi} : answerFound(world, caller, address, found);
	return written(answer, credentialHeaders(caller, found?.endpoint.needed));
};

/**
 * Bitbucket's `fields` parameter: `a,b.c` keeps only these, `-a.b` takes away, `+a` adds to the
 * usual, which changes nothing here as everything is shown. `*` stands for all of one level.
 */
export const selectFields = (body: unknown, fields: string | null): unknown => {
	const paths = (fields ?? '').split(',').filter((path) => path !== '');
	const wanted = paths.filter((path) => !/^[-+]/.test(path)).map(toPath);
	const unwanted = paths
		.filter((path) => path.startsWith('-'))
		.map((path) => toPath(path.slice(1)));
	return without(wanted.length === 0 ? body : only(body, wanted), unwanted);
};

type Path = readonly string[];

const toPath = (text: string): Path => text.split('.');

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const below = (paths: readonly Path[], key: string): readonly Path[] =>
	paths.filter(([first]) => first === key || first === '*').map((path) => path.slice(1));

const only = (value: unknown, paths: readonly Path[]): unknown => {
	if (paths.some((path) => path.length === 0)) {
		return value;
	}
	if (Array.isArray(value)) {
		return value.map((item) => only(item, paths));
	}
	if (!isObject(value)) {
		return value;
	}
	const kept = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
		const rest = below(paths, key);
		return rest.length === 0 ? [] : [[key, only(inner, rest)]];
	});
	return Object.fromEntries(kept);
};

const without = (value: unknown, paths: readonly Path[]): unknown => {
	if (paths.length === 0) {
		return value;
	}
	if (Array.isArray(value)) {
		return value.map((item) => without(item, paths));
	}
	if (!isObject(value)) {
		return value;
	}
	const kept = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
		const rest = below(paths, key);
		return rest.some((path) => path.length === 0) ? [] : [[key, without(inner, rest)]];
	});
	return Object.fromEntries(kept);
};
