import type {IncomingHttpHeaders} from 'node:http';
import {describe, expect, it} from 'vitest';
import {failureOfAnswer} from '../../../source/adapters/bitbucket/failures.ts';
import {failureOfNetwork} from '../../../source/adapters/network/network-failure.ts';

const now = Date.parse('2026-11-24T12:00:00Z');

const failureOf = (
	status: number,
	body: unknown,
	headers: IncomingHttpHeaders = {'content-type': 'application/json'},
	door: 'api' | 'git' = 'api',
) =>
	failureOfAnswer(
		{status, headers, text: typeof body === 'string' ? body : JSON.stringify(body)},
		door,
		now,
	);

const errorBody = (message: string, detail?: unknown) => ({
	type: 'error',
	error: {message, detail},
});

const lacking = 'Your credentials lack one or more required privilege scopes.';
const overLimit = 'Rate limit for this resource has been exceeded';

describe('failureOfAnswer', () => {
	it('reads the required scopes of a 403 in every shape', () => {
		for (const detail of [
			{required: ['read:user:bitbucket'], granted: ['read:pullrequest:bitbucket']},
			{granted: [], required: 'read:user:bitbucket'},
			'read:user:bitbucket',
		]) {
			expect(failureOf(403, errorBody(lacking, detail))).toEqual({
				kind: 'permission-missing',
				door: 'api',
				required: ['read:user:bitbucket'],
			});
		}

		expect(failureOf(403, errorBody(lacking, {required: ['repository:write', 'project']}))).toEqual(
			{
				kind: 'permission-missing',
				door: 'api',
				required: ['repository:write', 'project'],
			},
		);
	});

	it('recognizes a missing scope by the required scopes, with any words', () => {
		expect(failureOf(403, errorBody('No.', {required: ['account']}))).toEqual({
			kind: 'permission-missing',
			door: 'api',
			required: ['account'],
		});
	});

	it('never reads a sentence as a scope', () => {
		expect(failureOf(403, errorBody(lacking, 'Please read the manual'))).toEqual({
			kind: 'permission-missing',
			door: 'api',
			required: [],
		});
	});

	it.each([
		'This resource does not support authentication using the provided token',
		'This API is only accessible with the following authentication types: jwt',
	])('calls other refusals forbidden: %s', (message) => {
		expect(failureOf(403, {error: {message}})).toEqual({kind: 'forbidden', door: 'api', message});
		expect(failureOf(403, {error: {message, detail: 'forbidden'}}).kind).toBe('forbidden');
	});

	it('recognizes a rate limit in a 403 and in plain text', () => {
		expect(failureOf(403, errorBody(overLimit))).toMatchObject({kind: 'rate-limited'});
		expect(failureOf(403, overLimit, {'content-type': 'text/plain'})).toMatchObject({
			kind: 'rate-limited',
		});
		expect(failureOf(429, overLimit, {'content-type': 'text/plain'})).toEqual({
			kind: 'rate-limited',
			retryAfter: undefined,
		});
	});

	it.each([
		[{'retry-after': '38'}, 38_000],
		[{'retry-after': '0'}, 0],
		[{'retry-after': 'Tue, 24 Nov 2026 12:00:38 GMT'}, 38_000],
		[{'retry-after': 'Tue, 24 Nov 2026 11:59:00 GMT'}, 0],
		[{'retry-after': 'soon', 'x-ratelimit-reset': '745'}, 745_000],
		[{'retry-after': '-5'}, undefined],
		[{'retry-after': '1e9'}, undefined],
		[{'x-ratelimit-reset': '745'}, 745_000],
		[{'x-ratelimit-reset': '1795500000'}, undefined],
		[{'x-ratelimit-reset': '100000'}, undefined],
		[{}, undefined],
	])('reads the time to wait from %j', (headers, retryAfter) => {
		expect(failureOf(429, '', headers)).toEqual({kind: 'rate-limited', retryAfter});
	});

	it('recognizes a removed endpoint by its 410 and by its later 404', () => {
		expect(failureOf(410, errorBody('CHANGE-2770 - Functionality has been deprecated'))).toEqual({
			kind: 'gone',
			door: 'api',
			message: 'CHANGE-2770 - Functionality has been deprecated',
		});
		const noApi = errorBody('Resource not found', 'There is no API hosted at this URL');
		expect(failureOf(404, noApi).kind).toBe('gone');
		expect(failureOf(404, {error: {message: 'Repository acme/x not found.'}})).toEqual({
			kind: 'not-found',
			door: 'api',
			message: 'Repository acme/x not found.',
		});
	});

	it.each([
		[401, {kind: 'credentials-refused', door: 'api'}],
		[402, {kind: 'payment-required', message: 'said'}],
		[500, {kind: 'server-error', status: 500, message: 'said'}],
		[503, {kind: 'server-error', status: 503, message: 'said'}],
		[555, {kind: 'server-timeout'}],
		[400, {kind: 'unexpected-answer', detail: 'status 400: said'}],
		[304, {kind: 'unexpected-answer', detail: 'status 304: said'}],
	])('knows a status of %i, with JSON or with plain text', (status, expected) => {
		expect(failureOf(status, errorBody('said'))).toEqual(expected);
		expect(failureOf(status, 'said', {'content-type': 'text/plain'})).toEqual(expected);
		expect(failureOf(status, 'said', {})).toEqual(expected);
	});

	it('repeats nothing of a page of HTML', () => {
		const page = '<html><title>502 Bad Gateway</title></html>';
		const expected = {kind: 'server-error', status: 502, message: ''};
		expect(failureOf(502, page, {'content-type': 'text/html'})).toEqual(expected);
		expect(failureOf(502, page, {})).toEqual(expected);
	});

	it.each([null, [], 7, {}, {error: null}, {error: 'no'}, {error: {message: {}}}])(
		'bears with an error body like %j',
		(body) => {
			expect(failureOf(404, body)).toMatchObject({kind: 'not-found'});
			expect(failureOf(403, body)).toMatchObject({kind: 'forbidden'});
		},
	);

	it('reads a bare 403 from git as a missing scope', () => {
		expect(failureOf(403, '', {}, 'git')).toEqual({
			kind: 'permission-missing',
			door: 'git',
			required: [],
		});
		expect(failureOf(403, 'Not from this address', {}, 'git').kind).toBe('forbidden');
	});
});

const withCode = (code: string, cause?: Error): Error =>
	Object.assign(new Error('secret words', {cause}), {code});

describe('failureOfNetwork', () => {
	it.each([
		['ENOTFOUND', 'name-lookup'],
		['EAI_AGAIN', 'name-lookup'],
		['ECONNREFUSED', 'connection-refused'],
		['ECONNRESET', 'connection-reset'],
		['EPIPE', 'connection-reset'],
		['ETIMEDOUT', 'timeout'],
		['CERT_HAS_EXPIRED', 'tls'],
		['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
		['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
		['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls'],
		['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
		['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
		['EPROTO', 'tls'],
		['ERR_SSL_UNEXPECTED_EOF_WHILE_READING', 'connection-reset'],
		['ERR_STREAM_PREMATURE_CLOSE', 'cut-short'],
		['ENETUNREACH', 'unreachable'],
		['EHOSTUNREACH', 'unreachable'],
		['EADDRNOTAVAIL', 'unreachable'],
	])('turns %s into %s and names only the host', (code, problem) => {
		expect(failureOfNetwork(withCode(code), 'bitbucket.org', false).failure).toEqual({
			kind: 'network',
			problem,
			detail: `${code}, bitbucket.org`,
		});
	});

	it("finds the code inside the library's own error", () => {
		const error = withCode('ERR_GOT_REQUEST_ERROR', withCode('ECONNREFUSED'));
		expect(failureOfNetwork(error, 'x', false).failure).toMatchObject({
			problem: 'connection-refused',
		});
	});

	it('calls a reset after the answer began an answer cut short', () => {
		expect(failureOfNetwork(withCode('ECONNRESET'), 'x', true).failure).toMatchObject({
			problem: 'cut-short',
		});
	});

	it.each([undefined, null, 'text', {}, new Error('secret words')])(
		'makes a failure of %j too',
		(error) => {
			expect(failureOfNetwork(error, 'x', false).failure).toEqual({
				kind: 'network',
				problem: 'unreachable',
				detail: 'unknown error, x',
			});
		},
	);
});
