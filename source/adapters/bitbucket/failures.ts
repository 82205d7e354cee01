import type {IncomingHttpHeaders} from 'node:http';
import type {Endpoint, Failure} from '../../domain/failure/failure.ts';
import {failureOfStatus} from '../../domain/failure/status-failure.ts';
import {isJsonObject, parseJson} from '../../domain/json.ts';

/** A server's answer, with the body as text. Of an error's body the beginning is enough. */
export type Answer = {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	readonly text: string;
};

const rateLimitWords = /rate limit/i;
const scopeWords = /\bscopes?\b/i;

/** `read:repository:bitbucket`, or an access token's `repository:write`. */
const scopeForm = /^[a-z][\w-]*(?::[\w-]+){0,2}$/;

/** The 404 of a removed endpoint, some time after its 410 has been taken away as well. */
const noApiWords = /no API hosted/i;

/** The failure behind an answer that is not a success. `now`: milliseconds since 1970. */
export const failureOfAnswer = (answer: Answer, door: Endpoint, now: number): Failure => {
	const {message, detail} = readError(answer);
	if (answer.status === 403) {
		return failureOfForbidden(answer, door, now);
	}

	if (
		answer.status === 404 &&
		noApiWords.test(`${message} ${typeof detail === 'string' ? detail : ''}`)
	) {
		return {kind: 'gone', door, message};
	}

	const failure = failureOfStatus(answer.status, door, message);
	return failure.kind === 'rate-limited'
		? {...failure, retryAfter: readRetryAfter(answer.headers, now)}
		: failure;
};

/** A 403 is a missing scope, a rate limit, or a refusal for another reason. */
const failureOfForbidden = (answer: Answer, door: Endpoint, now: number): Failure => {
	const {message, detail} = readError(answer);
	if (rateLimitWords.test(message)) {
		return {kind: 'rate-limited', retryAfter: readRetryAfter(answer.headers, now)};
	}

	const isScope =
		scopeWords.test(message) ||
		(isJsonObject(detail) && 'required' in detail) ||
		// git's endpoint seldom sends words with a 403; the cause is then a missing scope.
		(door === 'git' && message === '');
	return isScope
		? {kind: 'permission-missing', door, required: readRequired(detail)}
		: {kind: 'forbidden', door, message};
};

/** `error.detail` is a text in Bitbucket's API description, and in fact an object with `required`. */
const readRequired = (detail: unknown): readonly string[] => {
	const {required} = isJsonObject(detail) ? detail : {required: detail};
	const texts = (Array.isArray(required) ? required : [required]).filter(
		(text): text is string => typeof text === 'string',
	);
	return texts
		.flatMap((text) => text.split(','))
		.map((scope) => scope.trim())
		.filter((scope) => scopeForm.test(scope))
		.slice(0, 20);
};

/** The body of an error is JSON in one of several shapes, plain text (as of a 429), or HTML. */
const readError = ({headers, text}: Answer): {message: string; detail: unknown} => {
	const nothing = {message: '', detail: undefined};
	if (/html/i.test(headers['content-type'] ?? '') || /^\s*</.test(text)) {
		return nothing;
	}

	const body = parseJson(text);
	if (!isJsonObject(body)) {
		return {message: text, detail: undefined};
	}

	const {message, detail} = isJsonObject(body['error']) ? body['error'] : nothing;
	return {message: typeof message === 'string' ? message : '', detail};
};

/** Seconds. Bitbucket's window is an hour: a larger number must be a date of another form. */
const longestReset = 24 * 60 * 60;

/**
 * Milliseconds until the server wants the next request, if it said so: `Retry-After` as seconds
 * or as a date, else `X-RateLimit-Reset`, where Bitbucket sends the seconds that are left.
 */
export const readRetryAfter = (headers: IncomingHttpHeaders, now: number): number | undefined =>
	readSecondsOrDate(headers['retry-after'], now) ?? readReset(headers['x-ratelimit-reset']);

const readSecondsOrDate = (value: string | undefined, now: number): number | undefined => {
	const text = value?.trim() ?? '';
	if (/^\d{1,9}$/.test(text)) {
		return Number(text) * 1000;
	}

	// A date in HTTP begins with the name of a day. Date.parse alone reads "-5" as a year.
	const date = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
	return Number.isNaN(date) ? undefined : Math.max(0, date - now);
};

const readReset = (value: string | readonly string[] | undefined): number | undefined => {
	const text = typeof value === 'string' ? value.trim() : '';
	const seconds = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
	return seconds <= longestReset ? seconds * 1000 : undefined;
};
