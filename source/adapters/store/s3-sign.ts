import {createHmac, hash} from 'node:crypto';
import type {SigningKeys} from './s3-keys.ts';

/** A request as it is signed. */
type Signable = {
	readonly method: string;
	/** With its path and query as `encodePath` and `encodeQuery` give them. */
	readonly url: URL;
	/** Names in lower case. `x-amz-content-sha256` has to be among them. */
	readonly headers: Readonly<Record<string, string>>;
};

type Signing = {
	readonly keys: SigningKeys;
	readonly region: string;
	/** Milliseconds since 1970. */
	readonly at: number;
};

const algorithm = 'AWS4-HMAC-SHA256';

/**
 * Gives the headers with which S3 takes a request: AWS Signature Version 4, bound to the method, the
 * address and all of these headers. By hand: the libraries for it load Node's whole `fetch`, which
 * takes longer than everything else that a sending without news does.
 */
export const signRequest = (
	{method, url, headers}: Signable,
	{keys: {accessKeyId, secretAccessKey, sessionToken}, region, at}: Signing,
): Record<string, string> => {
	const date = new Date(at).toISOString().replaceAll(/[:-]|\.\d{3}/g, '');
	const sent = {
		...headers,
		'x-amz-date': date,
		...(sessionToken === undefined ? {} : {'x-amz-security-token': sessionToken}),
	};
	const signed = Object.entries({...sent, host: url.host}).toSorted(byName);
	const names = signed.map(([name]) => name).join(';');
	const canonical = [
		method,
		url.pathname,
		url.search.slice(1),
		...signed.map(([name, value]) => `${name}:${value}`),
		'',
		names,
		headers['x-amz-content-sha256'],
	].join('\n');
	const scope = [date.slice(0, 8), region, 's3', 'aws4_request'];
	const text = [algorithm, date, scope.join('/'), hash('sha256', canonical)].join('\n');
	const key = scope.reduce<Buffer>(authenticate, Buffer.from(`AWS4${secretAccessKey}`));
	const signature = authenticate(key, text).toString('hex');
	const authorization = `${algorithm} Credential=${accessKeyId}/${scope.join('/')}, SignedHeaders=${names}, Signature=${signature}`;
	return {...sent, authorization};
};

const authenticate = (key: Buffer, text: string): Buffer =>
	createHmac('sha256', key).update(text).digest();

type Pair = readonly [name: string, value: string];

const byName = ([left]: Pair, [right]: Pair): number => (left < right ? -1 : 1);

/** Every character but those that RFC 3986 reserves for nothing: the signature is made of the same text. */
const encode = (text: string): string =>
	encodeURIComponent(text).replaceAll(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);

export const encodePath = (key: string): string => key.split('/').map(encode).join('/');

export const encodeQuery = (query: Readonly<Record<string, string>>): string =>
	Object.entries(query)
		.map(([name, value]): Pair => [encode(name), encode(value)])
		.toSorted(byName)
		.map(([name, value]) => `${name}=${value}`)
		.join('&');
