import {createReadStream} from 'node:fs';
import type {ClientRequest, IncomingMessage, OutgoingHttpHeaders} from 'node:http';
import type {Readable} from 'node:stream';
import aws4 from 'aws4';
import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import {asFileFailure} from '../files/file-failure.ts';
import type {Agent, Agents} from '../network/agents.ts';
import {openAnswer, readInTime} from '../network/open-answer.ts';
import {readBeginning} from '../network/read-body.ts';
import {type Asked, failureOfRefusal, isExpired, type Refusal} from './s3-failures.ts';
import type {KeyRing} from './s3-keys.ts';

/** Milliseconds without a byte in either direction. A store may join a large upload for minutes. */
const longestSilence = 180_000;

/** Bytes of an answer that is read as text. A page of 1,000 names has some 300,000. */
const longestText = 8 * 1024 * 1024;

/** SHA-256 of nothing. */
const emptyDigest = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** The way to one bucket. */
export type S3Client = {
	/** Title of the store. */
	readonly title: string;
	/** `https://host/bucket`, or `https://bucket.host`. */
	readonly base: string;
	readonly region: string;
	readonly keys: KeyRing;
	readonly agents: Agents;
	readonly userAgent: string;
};

export type S3Request = Pick<Asked, 'action' | 'name'> & {
	readonly method: 'GET' | 'PUT' | 'HEAD' | 'POST' | 'DELETE';
	/** The whole key, for the address; empty for the bucket. */
	readonly key: string;
	readonly query?: Readonly<Record<string, string>>;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: S3Body;
	readonly signal: AbortSignal;
};

export type S3Body = {
	readonly content: Uint8Array | {readonly file: string};
	/** Bytes. */
	readonly size: number;
	/** SHA-256, hex. It is signed, and the store compares it with what arrives. */
	readonly sha256: string;
};

export type S3Answer = {
	readonly status: number;
	readonly headers: IncomingMessage['headers'];
	/** Errors are told in words of the store. */
	readonly body: AsyncIterable<Buffer>;
};

/**
 * One signed request. Gives the answer if its status is one of `accepted`, and throws the failure
 * otherwise. Where keys have expired and others can be had, it is made once more.
 */
export const ask = async (
	client: S3Client,
	request: S3Request,
	accepted: readonly number[] = [200],
): Promise<S3Answer> => {
	for (let hasRenewed = false; ; hasRenewed = true) {
		const answer = await send(client, request);
		if (accepted.includes(answer.status)) {
			return answer;
		}

		const refusal = {...answer, text: await readText(answer)};
		if (hasRenewed || !isExpired(refusal) || !client.keys.forget()) {
			throw refuse(client, request, refusal);
		}
	}
};

export const refuse = (client: S3Client, request: S3Request, refusal: Refusal): FailureError =>
	new FailureError(failureOfRefusal(refusal, {...request, store: client.title}, Date.now()));

/** The rest of an answer as text. */
export const readText = ({body}: S3Answer): Promise<string> => readBeginning(body, longestText);

/** Every S3 sends it. The sign-in page of a network does not, whatever its status says. */
export const requireEtag = (client: S3Client, {headers}: S3Answer): string => {
	if (headers.etag === undefined) {
		throw noStore(client);
	}

	return headers.etag;
};

export const noStore = ({title}: S3Client): FailureError => {
	const detail = 'the answer is not that of an S3 store';
	return new FailureError({kind: 'unexpected-answer', store: title, detail});
};

const send = async (client: S3Client, request: S3Request): Promise<S3Answer> => {
	const {title, agents} = client;
	const {url, headers} = await sign(client, request);
	try {
		const response = await agents.withAgent(url, request.signal, (agent) =>
			openS3Answer(url, agent, headers, request),
		);
		return {
			status: response.statusCode ?? 0,
			headers: response.headers,
			body: ofStore(
				title,
				readInTime(response, {url, signal: request.signal, maxSilence: longestSilence}),
			),
		};
	} catch (error) {
		throw naming(title, error);
	}
};

const sign = async (
	{base, region, keys, userAgent}: S3Client,
	{method, key, query = {}, headers, body, signal}: S3Request,
): Promise<{url: URL; headers: OutgoingHttpHeaders}> => {
	const url = new URL(`${base}/${key.split('/').map(encode).join('/')}`);
	// Signatures are made of `%20`.
	url.search = new URLSearchParams(query).toString().replaceAll('+', '%20');
	const signed = aws4.sign(
		{
			service: 's3',
			region,
			method,
			host: url.host,
			path: url.pathname + url.search,
			headers: {...headers, 'x-amz-content-sha256': body?.sha256 ?? emptyDigest},
		},
		await keys.read(signal),
	);
	return {
		url,
		headers: {
			...signed.headers,
			...(method === 'PUT' || method === 'POST' ? {'content-length': String(body?.size ?? 0)} : {}),
			'user-agent': userAgent,
		},
	};
};

/** As signatures are made of it: some servers compare the address as it came. */
const encode = (text: string): string =>
	encodeURIComponent(text).replaceAll(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);

const openS3Answer = async (
	url: URL,
	agent: Agent,
	headers: OutgoingHttpHeaders,
	{method, body, signal}: S3Request,
): Promise<IncomingMessage> => {
	let content: Readable | undefined;
	const write = (sent: ClientRequest): void => {
		if (body === undefined || body.content instanceof Uint8Array) {
			sent.end(body?.content);
		} else {
			const {file} = body.content;
			content = createReadStream(file);
			content.on('error', (error) => sent.destroy(toFailure(error, file))).pipe(sent);
		}
	};
	try {
		return await openAnswer({
			url,
			agent,
			method,
			headers,
			signal,
			maxSilence: longestSilence,
			write,
		});
	} finally {
		// An answer that came before the end of the body is a refusal: the rest is not wanted.
		content?.destroy();
	}
};

/** The body is a file of this computer, so an error of it is none of the network. */
const toFailure = (error: Error, file: string): Error => {
	const failure = asFileFailure(error, file);
	return failure instanceof Error ? failure : error;
};

async function* ofStore(title: string, body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
	try {
		yield* body;
	} catch (error) {
		throw naming(title, error);
	}
}

/** Failures of the network are told of the store, and not of Bitbucket. */
const naming = (store: string, error: unknown): unknown => {
	if (!(error instanceof FailureError)) {
		return error;
	}

	const {failure} = error;
	const named: Failure =
		failure.kind === 'network' || failure.kind === 'unexpected-answer'
			? {...failure, store}
			: failure;
	return new FailureError(named);
};
