import {credentialHeaders, holdsScope, nameFor} from './access.ts';
import {
	type Answer,
	jsonAnswer,
	noApi,
	type RestAnswer,
	rateLimitMessage,
	restAnswer,
	scopesMissing,
	signInFirst,
	textAnswer,
} from './answers.ts';
import type {Credentials} from './credentials.ts';
import type {RestRequest as EndpointRequest, RestState} from './endpoint.ts';
import {selectFields} from './fields.ts';
import {endpoints} from './rest-endpoints.ts';

type RestRequest = {
	readonly method: string;
	/** Path and query as they were sent. */
	readonly url: string;
	readonly authorization: string | undefined;
	readonly accept: string | undefined;
};

/** Answers one request to the API. */
export const answerRest = (
	state: RestState,
	credentials: Credentials,
	{method, url, authorization, accept}: RestRequest,
): Answer => {
	const caller = credentials.identifyForApi(authorization);
	if (caller.kind === 'refused' || caller.kind === 'app-password') {
		return jsonAnswer(signInFirst);
	}
	const address = new URL(state.origin + url);
	const isLimited =
		state.metadata.unknowns.limitsWorkspaces || address.pathname.startsWith('/2.0/repositories');
	if (isLimited && !state.admit(caller)) {
		return textAnswer(429, rateLimitMessage);
	}
	const answer = method === 'GET' ? answerFor(state, {caller, address, accept}) : noApi;
	return restAnswer({...answer, headers: {...credentialHeaders(caller), ...answer.headers}});
};

const answerFor = (state: RestState, asked: Omit<EndpointRequest, 'parts'>): RestAnswer => {
	const {caller, address} = asked;
	const path = address.pathname.replace(/^\/2\.0/, '').replace(/\/+$/, '');
	const endpoint = endpoints.find(({pattern}) => pattern.test(path));
	if (endpoint === undefined) {
		return noApi;
	}
	const {pattern, needed, signedIn, hidden, answer} = endpoint;
	if (signedIn && caller.kind === 'anonymous') {
		return signInFirst;
	}
	if (caller.kind === 'token' && !holdsScope(caller.token, needed)) {
		return scopesMissing(nameFor(caller.token, needed), caller.token.scopes);
	}
	const parts = (pattern.exec(path) ?? []).slice(1).map(decode);
	const answered = answer(state, {...asked, parts});
	const fields = address.searchParams.get('fields');
	return answered.status === 200 && !answered.isPlain
		? {
				...answered,
				body: state.transformAnswer(selectFields(answered.body, fields, hidden), path),
			}
		: answered;
};

const decode = (text: string): string => {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
};
