import {credentialHeaders, holdsScope, nameFor} from './access.ts';
import {
	type Answer,
	jsonAnswer,
	noApi,
	type RestAnswer,
	scopesMissing,
	signInFirst,
} from './answers.ts';
import type {Credentials} from './credentials.ts';
import type {Caller} from './model.ts';
import {endpoints, type RestState} from './rest-endpoints.ts';

type RestRequest = {
	readonly method: string;
	/** Path and query as they were sent. */
	readonly url: string;
	readonly authorization: string | undefined;
};

/** Answers one request to the API. */
export const answerRest = (
	state: RestState,
	credentials: Credentials,
	{method, url, authorization}: RestRequest,
): Answer => {
	const caller = credentials.identifyForApi(authorization);
	if (caller.kind === 'refused' || caller.kind === 'app-password') {
		return jsonAnswer(signInFirst);
	}
	const address = new URL(state.origin + url);
	const answer = method === 'GET' ? answerFor(state, caller, address) : noApi;
	return jsonAnswer({...answer, headers: {...credentialHeaders(caller), ...answer.headers}});
};

const answerFor = (state: RestState, caller: Caller, address: URL): RestAnswer => {
	const path = address.pathname.replace(/^\/2\.0/, '').replace(/\/+$/, '');
	const endpoint = endpoints.find(({pattern}) => pattern.test(path));
	if (endpoint === undefined) {
		return noApi;
	}
	const {pattern, needed, signedIn, answer} = endpoint;
	if (signedIn && caller.kind === 'anonymous') {
		return signInFirst;
	}
	if (caller.kind === 'token' && !holdsScope(caller.token, needed)) {
		return scopesMissing(nameFor(caller.token, needed), caller.token.scopes);
	}
	const parts = (pattern.exec(path) ?? []).slice(1).map(decode);
	const {body, ...rest} = answer(state, {caller, address, parts});
	const fields = address.searchParams.get('fields');
	return {...rest, body: rest.status === 200 && fields !== null ? select(body, fields) : body};
};

const decode = (text: string): string => {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
};

/** Bitbucket's `fields` parameter, as far as Cistern uses it: `a,b.c` keeps only these. */
const select = (body: unknown, fields: string): unknown =>
	keep(
		body,
		fields.split(',').map((name) => name.split('.')),
	);

const keep = (value: unknown, paths: readonly (readonly string[])[]): unknown => {
	if (paths.some((path) => path.length === 0) || typeof value !== 'object' || value === null) {
		return value;
	}
	if (Array.isArray(value)) {
		return value.map((item) => keep(item, paths));
	}
	const kept = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
		const below = paths.filter(([first]) => first === key).map((path) => path.slice(1));
		return below.length === 0 ? [] : [[key, keep(inner, below)]];
	});
	return Object.fromEntries(kept);
};
