import {type Answer, jsonAnswer, type RestAnswer} from './answer.ts';
import type {Credentials} from './credentials.ts';
import {noApi, tokenRefused} from './error-bodies.ts';
import {selectFields} from './fields.ts';
import type {Caller} from './model.ts';
import {endpoints, type RestWorld} from './rest-endpoints.ts';
import {credentialHeaders, holdsScope, scopesMissingAnswer} from './scopes.ts';

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
