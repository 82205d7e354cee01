import type {IncomingHttpHeaders} from 'node:http';
import type {Endpoint, Failure} from '../../domain/failure/failure.ts';
import {isObject} from './json-shape.ts';
import {readRetryAfter} from './retry-after.ts';

/** What a server said, with the body as text (of an error: its beginning is enough). */
export type Answer = {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	readonly text: string;
};

const rateLimitWords = /rate limit/i;
const scopeWords = /\bscopes?\b/i;

/** `read:repository:bitbucket`, or an access token's `repository:write`. */
const scopeForm = /^[a-z][\w-]*(?::[\w-]+){0,2}$/;

/** Removed endpoints answer like this once their 410 has gone as well. */
const noApiWords = /no API hosted/i;

/** Translates an answer that is not a success. `now`: milliseconds since 1970. */
export const failureOfAnswer = (answer: Answer, door: Endpoint, now: number): Failure => {
	const {status} = answer;
	const {message, detail} = readError(answer);
	switch (status) {
		case 401:
			return {kind: 'credentials-refused', door};
		case 402:
			return {kind: 'payment-required', message};
		case 403:
			return failureOfForbidden(answer, door, now);
		case 404:
			return noApiWords.test(`${message} ${typeof detail === 'string' ? detail : ''}`)
				? {kind: 'gone', door, message}
				: {kind: 'not-found', door, message};
		case 410:
			return {kind: 'gone', door, message};
		case 429:
			return {kind: 'rate-limited', retryAfter: readRetryAfter(answer.headers, now)};
		case 555:
			return {kind: 'server-timeout'};
		default:
			return status >= 500
				? {kind: 'server-error', status, message}
				: {kind: 'unexpected-answer', detail: `status ${status} ${message}`};
	}
};

/** A 403 is a missing scope, a rate limit in disguise, or a refusal for another reason. */
const failureOfForbidden = (answer: Answer, door: Endpoint, now: number): Failure => {
	const {message, detail} = readError(answer);
	if (rateLimitWords.test(message)) {
		return {kind: 'rate-limited', retryAfter: readRetryAfter(answer.headers, now)};
	}

	const isScope =
		scopeWords.test(message) ||
		(isObject(detail) && 'required' in detail) ||
		// git's door seldom says more than 403, and then it is the scope of the token.
		(door === 'git' && message === '');
	return isScope
		? {kind: 'permission-missing', door, required: readRequired(detail)}
		: {kind: 'forbidden', door, message};
};

/** `error.detail` is a text in Bitbucket's own description and an object with `required` in reality. */
const readRequired = (detail: unknown): readonly string[] => {
	const {required} = isObject(detail) ? detail : {required: detail};
	const texts = (Array.isArray(required) ? required : [required]).filter(
		(text): text is string => typeof text === 'string',
	);
	return texts
		.flatMap((text) => text.split(','))
		.map((scope) => scope.trim())
		.filter((scope) => scopeForm.test(scope))
		.slice(0, 20);
};

/** Bodies of errors are JSON in one of several shapes, plain text, or a page of HTML. */
const readError = ({headers, text}: Answer): {message: string; detail: unknown} => {
	const type = headers['content-type'] ?? '';
	if (/html/i.test(type) || /^\s*</.test(text)) {
		return {message: '', detail: undefined};
	}

	const error = readErrorObject(text);
	if (error === undefined) {
		return {message: text, detail: undefined};
	}

	const {message, detail} = error;
	return {message: typeof message === 'string' ? message : '', detail};
};

const readErrorObject = (text: string): Readonly<Record<string, unknown>> | undefined => {
	try {
		const value: unknown = JSON.parse(text);
		if (!isObject(value)) {
			return undefined;
		}

		const {error} = value;
		return isObject(error) ? error : {};
	} catch {
		return undefined;
	}
};
