import type {IncomingHttpHeaders} from 'node:http';
import type {Failure} from '../../domain/failure/failure.ts';
import {toExcerpt, withWords} from '../../domain/text/printable-text.ts';
import {readRetryAfter} from '../bitbucket/failures.ts';
import {elementOf} from './s3-xml.ts';

/** An answer that is not a success. */
export type Refusal = {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	/** The beginning of its body. */
	readonly text: string;
};

/** The request that was refused. */
export type Asked = {
	/** Title of the store. */
	readonly store: string;
	readonly action: 'read' | 'write' | 'list';
	/** Name of the object; empty for a list. */
	readonly name: string;
};

/** S3's word for the reason, if there is one. An answer to HEAD has no body. */
export const codeOf = ({text}: Refusal): string => elementOf(text, 'Code') ?? '';

/** The keys were good for a time, and the time is over. */
export const isExpired = (refusal: Refusal): boolean =>
	['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired'].includes(codeOf(refusal));

const slowDown = new Set(['SlowDown', 'RequestLimitExceeded', 'TooManyRequests', 'Throttling']);

const full = new Set([
	'QuotaExceeded',
	'XMinioStorageFull',
	'XMinioAdminBucketQuotaExceeded',
	'InsufficientStorage',
]);

/** The store wants the same request again. `RequestTimeout`: the body came too slowly. */
const passing = new Set([
	'RequestTimeout',
	'IncompleteBody',
	'BadDigest',
	'InvalidDigest',
	'XAmzContentSHA256Mismatch',
	'OperationAborted',
	'ConditionalRequestConflict',
	'InternalError',
]);

const refusals = new Set([
	'AccessDenied',
	'AccountProblem',
	'AllAccessDisabled',
	'AuthorizationHeaderMalformed',
	'InvalidAccessKeyId',
	'InvalidToken',
	'SignatureDoesNotMatch',
	'UnauthorizedAccess',
]);

/** The failure behind an answer that is not a success. `now`: milliseconds since 1970. */
export const failureOfRefusal = (refusal: Refusal, asked: Asked, now: number): Failure => {
	const {status, headers, text} = refusal;
	const {store, action, name} = asked;
	const code = codeOf(refusal);
	const detail = withWords(
		code === '' ? `status ${status}` : code,
		elementOf(text, 'Message') ?? '',
	);
	if (status >= 300 && status < 400) {
		return {kind: 'store-missing', store, detail: describeRedirect(refusal)};
	}

	if (code === '' && (text.trim() !== '' || isPage(headers))) {
		return {
			kind: 'unexpected-answer',
			store,
			detail: `status ${status} without the words of S3: ${toExcerpt(text.replaceAll(/<[^>]*>/g, ' '))}`,
		};
	}

	if (status === 429 || slowDown.has(code) || (status === 503 && code === '')) {
		return {kind: 'rate-limited', store, retryAfter: readRetryAfter(headers, now)};
	}

	if (status === 507 || full.has(code) || /cap exceeded/i.test(text)) {
		return {kind: 'store-full', store, detail};
	}

	if (status >= 500 || passing.has(code)) {
		return {kind: 'server-error', store, status, message: detail};
	}

	if (code === 'RequestTimeTooSkewed') {
		const skew = `the clock of this computer and that of the store differ by more than 15 minutes (${headers.date ?? 'its time is not known'})`;
		return {kind: 'store-refused', store, action, detail: skew};
	}

	if (status === 401 || status === 403 || refusals.has(code) || isExpired(refusal)) {
		return {kind: 'store-refused', store, action, detail};
	}

	if (status === 404) {
		return code === 'NoSuchBucket' || action !== 'read'
			? {kind: 'store-missing', store, detail}
			: {kind: 'object-missing', store, name};
	}

	return {kind: 'unexpected-answer', store, detail};
};

const isPage = (headers: IncomingHttpHeaders): boolean =>
	/html/i.test(headers['content-type'] ?? '');

/** A redirect would get a signature that is made for another address. */
const describeRedirect = ({headers, text, status}: Refusal): string => {
	const region = headers['x-amz-bucket-region'] ?? elementOf(text, 'Region');
	return typeof region === 'string'
		? `the bucket is in the region ${toExcerpt(region)}; correct region and endpoint in the settings`
		: `it answered with a redirect (${status}), and none is followed; correct region and endpoint in the settings`;
};
