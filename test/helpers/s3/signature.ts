import {createHmac, hash} from 'node:crypto';
import type {IncomingHttpHeaders} from 'node:http';
import {type S3Answer, s3Error} from './answers.ts';

/** A pair of keys, and what it may do. */
export type S3User = {
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	/** Of keys for a time. */
	readonly sessionToken?: string;
	/** Milliseconds since 1970. */
	readonly expires?: number;
	/** `action` by AWS's name: `s3:PutObject`. `key`: empty for the bucket. Everything by default. */
	readonly allows?: (action: string, key: string) => boolean;
};

export type SignedRequest = {
	readonly method: string;
	/** As it was sent. */
	readonly path: string;
	readonly query: URLSearchParams;
	readonly headers: IncomingHttpHeaders;
};

const authorizationForm =
	/^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([\da-f]{64})$/;

/** AWS refuses a request that is dated further away. Milliseconds. */
const mostSkew = 15 * 60_000;

/**
 * The user that signed a request by AWS Signature Version 4, or the answer that refuses it. `now`:
 * milliseconds since 1970.
 */
export const findSigner = (
	request: SignedRequest,
	users: ReadonlyMap<string, S3User>,
	region: string,
	now: number,
): S3User | S3Answer => {
	const {headers} = request;
	const [, id = '', day = '', place = '', names = '', signature = ''] =
		authorizationForm.exec(headers.authorization ?? '') ?? [];
	const user = users.get(id);
	if (signature === '') {
		return s3Error(403, 'AccessDenied', 'Access Denied');
	}

	if (user === undefined) {
		return s3Error(403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist.');
	}

	const date = String(headers['x-amz-date']);
	if (Math.abs(readDate(date) - now) > mostSkew || !date.startsWith(day)) {
		return s3Error(403, 'RequestTimeTooSkewed', 'The difference between the times is too large.');
	}

	if (place !== region) {
		const message = `The authorization header is malformed; the region '${place}' is wrong; expecting '${region}'`;
		return s3Error(400, 'AuthorizationHeaderMalformed', message, {Region: region});
	}

	const signed = names.split(';');
	const scope = `${day}/${region}/s3/aws4_request`;
	const isComplete =
		signed.includes('host') &&
		Object.keys(headers).every((name) => !name.startsWith('x-amz-') || signed.includes(name));
	if (!isComplete || sign(request, signed, date, scope, user.secretAccessKey) !== signature) {
		return s3Error(403, 'SignatureDoesNotMatch', 'The request signature does not match.');
	}

	if (user.sessionToken !== headers['x-amz-security-token']) {
		return s3Error(400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.');
	}

	return user.expires !== undefined && user.expires <= now
		? s3Error(400, 'ExpiredToken', 'The provided token has expired.')
		: user;
};

/** `20261130T020000Z` */
const readDate = (text: string): number =>
	Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

const sign = (
	{method, path, query, headers}: SignedRequest,
	signed: readonly string[],
	date: string,
	scope: string,
	secret: string,
): string => {
	const canonical = [
		method,
		path,
		[...query]
			.map(([name, value]) => `${encode(name)}=${encode(value)}`)
			.toSorted()
			.join('&'),
		...signed.map((name) => `${name}:${String(headers[name]).trim().replaceAll(/ +/g, ' ')}`),
		'',
		signed.join(';'),
		headers['x-amz-content-sha256'],
	].join('\n');
	const text = ['AWS4-HMAC-SHA256', date, scope, hash('sha256', canonical)].join('\n');
	const key = scope
		.split('/')
		.reduce<Buffer>(
			(before, part) => createHmac('sha256', before).update(part).digest(),
			Buffer.from(`AWS4${secret}`),
		);
	return createHmac('sha256', key).update(text).digest('hex');
};

const encode = (text: string): string =>
	encodeURIComponent(text).replaceAll(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
