import {hash} from 'node:crypto';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {type S3Answer, s3Error} from './answers.ts';
import {awsFlavour, createBucket, type Headers, type S3Flavour} from './bucket.ts';
import {act, type S3Request} from './operations.ts';
import {findSigner, type S3User} from './signature.ts';

/** A request as the log and the faults see it. */
export type S3Entry = S3Request & {
	/** Undefined if no answer was sent. */
	status: number | undefined;
};

/** Happens instead of a right answer, or to it. */
export type S3Fault = {
	readonly fits?: (entry: S3Entry) => boolean;
	/** The number of requests that it strikes. Default: all. */
	readonly times?: number;
	readonly act:
		| {readonly kind: 'answer'; readonly answer: S3Answer}
		/** The connection breaks before anything of the body is read. */
		| {readonly kind: 'reset'}
		/** The connection breaks within the body. Nothing is written. */
		| {readonly kind: 'cut-body'}
		/** All is done, and no answer comes. */
		| {readonly kind: 'lost-answer'}
		/** All is done, and the answer breaks off in the middle. */
		| {readonly kind: 'cut-answer'}
		/** Something happens first, or between the act and its answer. */
		| {readonly kind: 'meanwhile' | 'answered'; readonly run: () => void | Promise<void>};
};

type Options = {
	readonly flavour?: Partial<S3Flavour>;
	readonly region?: string;
	readonly now?: () => number;
};

/** A small S3 on loopback with one bucket. It checks signatures and check sums as AWS does. */
export const startS3 = async ({flavour, region = 'us-east-1', now = Date.now}: Options = {}) => {
	const bucketName = 'acme-git';
	const bucket = createBucket({...awsFlavour, ...flavour}, now);
	const users = new Map<string, S3User>();
	const log: S3Entry[] = [];
	const faults: {readonly fault: S3Fault; hits: number}[] = [];

	const strike = (entry: S3Entry): S3Fault['act'] | undefined => {
		const found = faults.find(
			({fault, hits}) =>
				hits < (fault.times ?? Number.POSITIVE_INFINITY) && (fault.fits?.(entry) ?? true),
		);
		if (found !== undefined) {
			found.hits += 1;
		}

		return found?.fault.act;
	};

	const answerRightly = (
		incoming: IncomingMessage,
		entry: S3Entry,
		path: string,
		body: Buffer,
	): S3Answer => {
		const {method, query, key} = entry;
		const request = {method, path, query, headers: incoming.headers};
		const user = findSigner(request, users, region, now());
		if ('status' in user) {
			return user;
		}

		if (!path.startsWith(`/${bucketName}`)) {
			return s3Error(404, 'NoSuchBucket', 'The specified bucket does not exist');
		}

		const mayNot = (right: string): boolean => user.allows?.(right, key) === false;
		const refused = rightsOf(entry).find(mayNot);
		if (refused !== undefined) {
			return s3Error(403, 'AccessDenied', `User is not authorized to perform: ${refused}`);
		}

		const answer = refuseBody(entry.headers, body) ?? act(bucket, entry, body);
		return mayNot('s3:GetObjectRetention') ? withoutLock(answer) : answer;
	};

	const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
		const [path = '', search = ''] = (incoming.url ?? '').split('?');
		const [, , ...key] = path.split('/').map(decodeURIComponent);
		const entry: S3Entry = {
			method: incoming.method ?? '',
			key: key.join('/'),
			query: new URLSearchParams(search),
			headers: incoming.headers as Headers,
			status: undefined,
		};
		log.push(entry);
		const fault = strike(entry);
		if (fault?.kind === 'reset') {
			incoming.socket.resetAndDestroy();
			return;
		}

		if (fault?.kind === 'meanwhile') {
			await fault.run();
		}

		const body = await readBody(incoming, fault?.kind === 'cut-body');
		const answer =
			fault?.kind === 'answer' ? fault.answer : answerRightly(incoming, entry, path, body);
		if (fault?.kind === 'answered') {
			await fault.run();
		}

		if (fault?.kind === 'lost-answer') {
			incoming.socket.resetAndDestroy();
			return;
		}

		entry.status = answer.status;
		send(response, entry.method, answer, fault?.kind === 'cut-answer');
	};

	const server = createServer((incoming, response) => {
		serve(incoming, response).catch(() => response.destroy());
	});
	await new Promise<void>((resolve) => {
		server.listen(0, '127.0.0.1', resolve);
	});
	return {
		endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		bucketName,
		region,
		bucket,
		/** All requests so far, in the order of arrival. */
		log,
		addUser: (user: S3User): void => {
			users.set(user.accessKeyId, user);
		},
		findUser: (accessKeyId: string): S3User | undefined => users.get(accessKeyId),
		addFault: (fault: S3Fault): void => {
			faults.push({fault, hits: 0});
		},
		clearFaults: (): void => {
			faults.length = 0;
		},
		close: (): Promise<void> =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
};

export type SandboxS3 = Awaited<ReturnType<typeof startS3>>;

/** AWS leaves the lock out of the answer to a user who may not see it. */
const withoutLock = ({headers = {}, ...answer}: S3Answer): S3Answer => ({
	...answer,
	headers: Object.fromEntries(
		Object.entries(headers).filter(([name]) => !name.startsWith('x-amz-object-lock-')),
	),
});

const readBody = async (incoming: IncomingMessage, isCut: boolean): Promise<Buffer> => {
	const chunks: Buffer[] = [];
	for await (const chunk of incoming as AsyncIterable<Buffer>) {
		chunks.push(chunk);
		if (isCut) {
			incoming.socket.resetAndDestroy();
			throw new Error('the connection was cut');
		}
	}

	return Buffer.concat(chunks);
};

const send = (
	response: ServerResponse,
	method: string,
	{status, headers = {}, body = ''}: S3Answer,
	isCut: boolean,
): void => {
	const length = Buffer.byteLength(body);
	response.writeHead(status, {
		date: new Date().toUTCString(),
		'content-length': String(length),
		...headers,
	});
	if (isCut) {
		response.flushHeaders();
		response.write(Buffer.from(body).subarray(0, length >> 1), () => response.destroy());
	} else {
		response.end(method === 'HEAD' ? undefined : body);
	}
};

/** The rights that a request needs, by AWS's names. */
export const rightsOf = ({method, key, query, headers}: S3Entry): readonly string[] => {
	switch (method) {
		case 'GET':
		case 'HEAD':
			if (key === '') {
				return ['s3:ListBucket'];
			}
			return [query.has('versionId') ? 's3:GetObjectVersion' : 's3:GetObject'];
		case 'DELETE':
			if (query.has('uploadId')) {
				return ['s3:AbortMultipartUpload'];
			}
			return [query.has('versionId') ? 's3:DeleteObjectVersion' : 's3:DeleteObject'];
		default:
			return 'x-amz-object-lock-mode' in headers
				? ['s3:PutObject', 's3:PutObjectRetention']
				: ['s3:PutObject'];
	}
};

const refuseBody = (headers: Headers, body: Buffer): S3Answer | undefined => {
	if (headers['x-amz-content-sha256'] !== hash('sha256', body)) {
		return s3Error(400, 'XAmzContentSHA256Mismatch', 'The provided SHA-256 does not match.');
	}

	const md5 = headers['content-md5'];
	return md5 !== undefined && md5 !== hash('md5', body, 'base64')
		? s3Error(400, 'BadDigest', 'The Content-MD5 you specified did not match.')
		: undefined;
};
