import {credentialHeaders, holdsScope, scopesMissingAnswer} from './access.ts';
import {type Answer, jsonAnswer, noApi, type RestAnswer, tokenRefused} from './answers.ts';
import type {Credentials} from './credentials.ts';
import type {Caller} from './model.ts';
import {type Endpoint, endpoints, type RestWorld} from './rest-endpoints.ts';

type RestRequest = {
	readonly method: string;
	/** Path and query as they were sent. */
	readonly url: string;
	readonly authorization: string | undefined;
};

/** Answers one request to the API. */
export const answerRest = (
	world: RestWorld,
	credentials: Credentials,
	{method, url, authorization}: RestRequest,
): Answer => {
	const caller = credentials.identifyForApi(authorization);
	if (caller.kind === 'refused' || caller.kind === 'app-password') {
		return jsonAnswer(signInFirst.status, signInFirst.body, signInFirst.headers);
	}
	const address = new URL(world.addresses.origin + url);
	const found = method === 'GET' ? findEndpoint(address.pathname) : undefined;
	const {status, body, headers} =
		found === undefined ? {status: 404, body: noApi} : answerFound(world, caller, address, found);
	return jsonAnswer(status, body, {
		...credentialHeaders(caller, found?.endpoint.needed),
		...headers,
	});
};

const signInFirst = {
	status: 401,
	body: tokenRefused,
	headers: {'www-authenticate': 'Basic realm="Bitbucket"'},
} as const satisfies RestAnswer;

type Found = {readonly endpoint: Endpoint; readonly parts: readonly string[]};

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

const decode = (text: string): string => {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
};

const answerFound = (
	world: RestWorld,
	caller: Caller,
	address: URL,
	{endpoint, parts}: Found,
): RestAnswer => {
	const {needed, signedIn} = endpoint;
	if (signedIn && caller.kind === 'anonymous') {
		return signInFirst;
	}
	if (needed && caller.kind === 'token' && !holdsScope(caller.token, needed)) {
		return scopesMissingAnswer(caller.token, needed);
	}
	const answer = endpoint.answer(world, {caller, address, parts});
	return answer.status === 200
		? {...answer, body: selectFields(answer.body, address.searchParams.get('fields'))}
		: answer;
};

type Path = readonly string[];

/**
 * Bitbucket's `fields` parameter: `a,b.c` keeps only these, `-a.b` removes one, `*` matches all keys
 * of a level. `+a` adds to the default, and changes nothing here because everything is shown.
 */
const selectFields = (body: unknown, fields: string | null): unknown => {
	const names = (fields ?? '').split(',').filter((name) => name !== '');
	const wanted = names.filter((name) => !/^[-+]/.test(name)).map((name) => name.split('.'));
	const unwanted = names
		.filter((name) => name.startsWith('-'))
		.map((name) => name.slice(1).split('.'));
	return prune(wanted.length === 0 ? body : prune(body, wanted, 'keep'), unwanted, 'remove');
};

const prune = (value: unknown, paths: readonly Path[], action: 'keep' | 'remove'): unknown => {
	if (action === 'keep' ? isEnd(paths) : paths.length === 0) {
		return value;
	}
	if (Array.isArray(value)) {
		return value.map((item) => prune(item, paths, action));
	}
	if (typeof value !== 'object' || value === null) {
		return value;
	}
	const kept = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
		const below = paths
			.filter(([first]) => first === key || first === '*')
			.map((path) => path.slice(1));
		const isGone = action === 'keep' ? below.length === 0 : isEnd(below);
		return isGone ? [] : [[key, prune(inner, below, action)]];
	});
	return Object.fromEntries(kept);
};

const isEnd = (paths: readonly Path[]): boolean => paths.some((path) => path.length === 0);
