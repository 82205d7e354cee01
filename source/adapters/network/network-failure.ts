import {closeSync, openSync} from 'node:fs';
import {devNull} from 'node:os';
import {FailureError, type NetworkProblem} from '../../domain/failure/failure.ts';
import {codeOf, limitOf} from '../files/file-failure.ts';
import {ProxyError} from './proxy.ts';

const problems: Readonly<Record<string, NetworkProblem>> = {
	ENOTFOUND: 'name-lookup',
	EAI_AGAIN: 'name-lookup',
	EAI_FAIL: 'name-lookup',
	ECONNREFUSED: 'connection-refused',
	ECONNRESET: 'connection-reset',
	ECONNABORTED: 'connection-reset',
	EPIPE: 'connection-reset',
	ETIMEDOUT: 'timeout',
	ESOCKETTIMEDOUT: 'timeout',
	EPROTO: 'tls',
	ERR_STREAM_PREMATURE_CLOSE: 'cut-short',
	ERR_HTTP_CONTENT_LENGTH_MISMATCH: 'cut-short',
	Z_BUF_ERROR: 'cut-short',
	// The connection was cut or damaged; the certificate is not the cause.
	ERR_SSL_UNEXPECTED_EOF_WHILE_READING: 'connection-reset',
	ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC: 'connection-reset',
};

/** Codes of Node and OpenSSL for trouble with a certificate or a TLS connection. */
const tlsCode = /TLS|SSL|CERT|SIGNATURE|CRL|ISSUER|KEY_USAGE|INVALID_CA|PATH_LENGTH/;

/** The answer is not HTTP, or not packed the way its header says. */
const garbledCode = /^(?:HPE_|Z_)/;

/**
 * The failure behind an error of the HTTP library, made from its code alone: the error itself holds
 * the request, and so the token. `hasBegun`: had the answer begun to arrive?
 */
export const failureOfNetwork = (error: unknown, host: string, hasBegun: boolean): FailureError => {
	const proxyError = findProxyError(error);
	if (proxyError !== undefined) {
		const {problem, detail} = proxyError;
		return new FailureError({kind: 'network', problem, detail});
	}

	const code = readCode(error) ?? 'unknown error';
	const limit =
		limitOf(code) ?? (problems[code] === 'name-lookup' ? limitOf(tryToOpen()) : undefined);
	if (limit !== undefined) {
		return limit;
	}

	const detail = `${code}, ${host}`;
	const problem = problems[code] ?? (tlsCode.test(code) ? 'tls' : 'unreachable');
	if (problem === 'connection-reset' && hasBegun) {
		return new FailureError({kind: 'network', problem: 'cut-short', detail});
	}

	return new FailureError(
		problems[code] === undefined && garbledCode.test(code)
			? {kind: 'unexpected-answer', detail: `the answer could not be read (${detail})`}
			: {kind: 'network', problem, detail},
	);
};

/** The same of a request. Throws the signal's reason where that ended it. */
export const failureOfRequest = (
	error: unknown,
	{host}: URL,
	signal: AbortSignal,
	hasBegun: boolean,
): FailureError => {
	signal.throwIfAborted();
	return error instanceof FailureError ? error : failureOfNetwork(error, host, hasBegun);
};

/** The failure of a request that takes too long. */
export const timedOut = ({host}: URL): FailureError =>
	new FailureError({kind: 'network', problem: 'timeout', detail: host});

/**
 * The error code of an attempt to open a file. A process without free file handles cannot read the
 * system's resolver settings, and so every name looks unknown to it.
 */
const tryToOpen = (): string => {
	try {
		closeSync(openSync(devNull, 'r'));
		return '';
	} catch (error) {
		return codeOf(error) ?? '';
	}
};

/** The innermost code: an outer one, of a library, says only that something failed. */
const readCode = (error: unknown): string | undefined => {
	if (typeof error !== 'object' || error === null) {
		return undefined;
	}

	const inner = 'cause' in error ? readCode(error.cause) : undefined;
	if (inner !== undefined) {
		return inner;
	}

	return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
};

const findProxyError = (error: unknown): ProxyError | undefined =>
	error instanceof ProxyError
		? error
		: error instanceof Error
			? findProxyError(error.cause)
			: undefined;
