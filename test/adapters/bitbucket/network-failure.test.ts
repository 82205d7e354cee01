import {describe, expect, it} from 'vitest';
import {failureOfNetwork} from '../../../source/adapters/bitbucket/network-failure.ts';

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
	])('sorts %s under %s and says the host, nothing else', (code, problem) => {
		expect(failureOfNetwork(withCode(code), 'bitbucket.org', false).failure).toEqual({
			kind: 'network',
			problem,
			detail: `${code}, bitbucket.org`,
		});
	});

	it('looks behind what the library wraps around', () => {
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
		'makes a failure even of %j',
		(error) => {
			expect(failureOfNetwork(error, 'x', false).failure).toEqual({
				kind: 'network',
				problem: 'unreachable',
				detail: 'unknown error, x',
			});
		},
	);
});
