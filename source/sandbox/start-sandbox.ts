import {mkdtempSync, rmSync} from 'node:fs';
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import {createServer as createSecureServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {buffer} from 'node:stream/consumers';
import {pipeline} from 'node:stream/promises';
import {setTimeout as sleep} from 'node:timers/promises';
import {type Answer, textAnswer} from './answers.ts';
import {createCredentials} from './credentials.ts';
import type {AnswerTransform, PageTransform, RestState} from './endpoint.ts';
import {answerInstead, createFaults, type FaultAnswer} from './faults.ts';
import {answerGit, parseGitPath, parseLfsPath} from './git-http.ts';
import {answerLfs, type BatchTransform} from './lfs.ts';
import {answerMedia, createMediaStore} from './media.ts';
import {createMetadata} from './metadata/metadata.ts';
import type {SandboxRepository, Service} from './model.ts';
import {createRateLimit} from './rate-limit.ts';
import {createRequestLog, type SandboxRequest} from './request-log.ts';
import {answerRest} from './rest.ts';
import {createWorkspaces} from './workspaces.ts';

export type SandboxOptions = {
	/** The folder of the repositories. Default: a temporary folder, removed at the end. */
	readonly folder?: string;
	/** Serves TLS with this certificate (PEM), under the host name that it proves. */
	readonly tls?: {readonly key: string; readonly cert: string; readonly hostname: string};
	/** Milliseconds before each answer. */
	readonly latency?: number;
	/** The server's time, in milliseconds since 1970. */
	readonly now?: () => number;
};

export type Sandbox = Awaited<ReturnType<typeof startSandbox>>;

/**
 * A small Bitbucket: the REST API, git and LFS over HTTP, with faults on demand. It listens on two
 * random ports of 127.0.0.1, of which one is the media server's, and has no workspace yet.
 */
export const startSandbox = async (options: SandboxOptions = {}) => {
	const {tls, latency = 0, now = Date.now} = options;
	const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'cistern-sandbox-'));
	const workspaces = createWorkspaces(folder);
	const credentials = createCredentials();
	const faults = createFaults();
	const log = createRequestLog({now, findRepository: workspaces.findRepository});
	const rateLimit = createRateLimit(now);
	const media = createMediaStore();
	let transform: PageTransform = (page) => page;
	let transformAnswer: AnswerTransform = (body) => body;
	let transformBatch: BatchTransform = (answer) => answer;
	let mostObjects = Number.POSITIVE_INFINITY;
	let isOldFashioned = false;

	const open = async (): Promise<{server: Server; origin: string}> => {
		const server =
			tls === undefined
				? createServer({keepAliveTimeout: 60_000})
				: createSecureServer({...tls, keepAliveTimeout: 60_000});
		const port = await listen(server);
		const origin =
			tls === undefined ? `http://127.0.0.1:${port}` : `https://${tls.hostname}:${port}`;
		return {server, origin};
	};
	const [{server, origin}, {server: mediaServer, origin: mediaOrigin}] = await Promise.all([
		open(),
		open(),
	]);
	const metadata = createMetadata(`${origin}/2.0`, now);
	const rest: RestState = {
		origin,
		mediaOrigin,
		workspaces,
		metadata,
		admit: rateLimit.admit,
		transformPage: (...given) => transform(...given),
		transformAnswer: (...given) => transformAnswer(...given),
	};

	const answerRightly = async (
		{service, path, query}: SandboxRequest,
		incoming: IncomingMessage,
		signal: AbortSignal,
	): Promise<Answer> => {
		if (service === 'media') {
			return metadata.downloads.answer(path, incoming) ?? answerMedia(media, path, incoming);
		}
		if (service === 'api') {
			const {url = '/', method = 'GET', headers} = incoming;
			const {authorization, accept} = headers;
			return answerRest(rest, credentials, {method, url, authorization, accept});
		}
		const lfs = parseLfsPath(path);
		if (lfs !== undefined) {
			const repository = workspaces.findRepository(lfs.workspace, lfs.slug);
			const state = {credentials, media, mediaOrigin, mostObjects, transformBatch};
			return answerLfs(state, repository, lfs.operation, incoming);
		}
		const address = parseGitPath(path);
		return address === undefined
			? textAnswer(404, 'Not found')
			: answerGit({workspaces, credentials}, address, query, incoming, signal);
	};

	/** Handles one request to the end of its answer. Rejects when the client is gone. */
	const serve = async (
		incoming: IncomingMessage,
		response: ServerResponse,
		service?: Service,
	): Promise<void> => {
		const gone = new AbortController();
		response.on('close', () => gone.abort());
		const {signal} = gone;
		const entry = log.add(incoming, service);
		const fault = faults.strike(entry);
		const pause = latency + (fault?.kind === 'delay' ? fault.duration : 0);
		if (pause > 0) {
			await sleep(pause, undefined, {signal});
		}
		if (fault?.kind === 'meanwhile') {
			await fault.run();
		}
		if (isOldFashioned) {
			delete incoming.headers['git-protocol'];
		}
		if (breakConnection(incoming, fault)) {
			return;
		}
		const right = (fault && answerInstead(fault)) ?? (await answerRightly(entry, incoming, signal));
		const answer = fault?.kind === 'changed' ? await changeBody(right, fault.change) : right;
		entry.status = answer.status;
		response.setHeader('date', new Date(now()).toUTCString());
		await send(response, answer, fault, signal);
	};

	server.on('request', (incoming, response) => {
		serve(incoming, response).catch(() => response.destroy());
	});
	mediaServer.on('request', (incoming, response) => {
		serve(incoming, response, 'media').catch(() => response.destroy());
	});

	return {
		...workspaces,
		...credentials,
		/** `http://127.0.0.1:PORT`; with `tls` https and the host name. */
		origin,
		apiUrl: `${origin}/2.0`,
		/** The media server, which keeps the LFS files. */
		mediaOrigin,
		/** The address for git, without a user name. */
		urlOf: ({workspace, slug}: SandboxRepository): string => `${origin}/${workspace}/${slug}.git`,
		/** Adds an LFS file to a repository. Gives its id and size. */
		putLfs: media.put,
		/** Takes an LFS file away again, as an owner may to make room. */
		forgetLfs: media.forget,
		/** Replaces the content of an LFS file under its old id. */
		spoilLfs: media.spoil,
		/** Makes the media server refuse all links that were given so far. */
		expireLinks: media.expire,
		/** Changes every answer of the batch API before it is sent, until the next call. */
		transformBatches: (next: BatchTransform): void => {
			transformBatch = next;
		},
		/** The most objects in a batch from now on. */
		limitBatches: (most: number): void => {
			mostObjects = most;
		},
		addFault: faults.add,
		clearFaults: faults.clear,
		/** From now on its git server knows no newer version of git's protocol, or all of them again. */
		speakOldProtocol: (isOld: boolean): void => {
			isOldFashioned = isOld;
		},
		/** Changes every page of a repository listing before it is sent, until the next call. */
		transformPages: (next: PageTransform): void => {
			transform = next;
		},
		/** Changes every JSON answer of the API before it is sent, until the next call. */
		transformAnswers: (next: AnswerTransform): void => {
			transformAnswer = next;
		},
		/** Pull requests, settings and downloads, and how they behave where that is not known. */
		metadata,
		/** The most requests to the API in an hour, for each user. None by default. */
		limitRequests: rateLimit.limit,
		/** All requests so far, in the order of arrival. */
		requests: log.requests,
		requestsTo: log.to,
		clearRequests: log.clear,
		/** Ends every connection and removes the temporary folder. */
		close: async (): Promise<void> => {
			await Promise.all([server, mediaServer].map(stop));
			if (options.folder === undefined) {
				rmSync(folder, {recursive: true, force: true});
			}
		},
	};
};

const stop = (server: Server): Promise<void> =>
	new Promise((resolve) => {
		server.close(() => resolve());
		server.closeAllConnections();
	});

const listen = (server: Server): Promise<number> =>
	new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
	});

/** Breaks the connection as the fault asks for; false when it asks for something else. */
const breakConnection = ({socket}: IncomingMessage, fault: FaultAnswer | undefined): boolean => {
	switch (fault?.kind) {
		case 'reset':
			socket.resetAndDestroy();
			return true;
		case 'empty-reply':
			socket.end();
			return true;
		case 'silence':
			return true;
		default:
			return false;
	}
};

const changeBody = async (answer: Answer, change: (body: Buffer) => Buffer): Promise<Answer> => {
	const {body} = answer;
	return {
		...answer,
		body: change(body instanceof Readable ? await buffer(body) : Buffer.from(body)),
	};
};

/** Sends an answer in the way that a fault asks for. Rejects when the client is gone. */
const send = async (
	response: ServerResponse,
	{status, headers, body}: Answer,
	fault: FaultAnswer | undefined,
	signal: AbortSignal,
): Promise<void> => {
	const isStream = body instanceof Readable;
	const length = isStream ? {} : {'content-length': String(Buffer.byteLength(body))};
	response.writeHead(status, {...headers, ...length});
	const chunks: AsyncIterable<Buffer> = isStream ? body : Readable.from([Buffer.from(body)]);
	if (fault?.kind === 'cut-short') {
		response.flushHeaders();
		let left = fault.after;
		for await (const chunk of chunks) {
			if (left > 0) {
				await write(response, chunk.subarray(0, left));
			}
			left -= chunk.length;
			if (left <= 0) {
				break;
			}
		}
		response.destroy();
	} else if (fault?.kind === 'trickle') {
		response.flushHeaders();
		for await (const chunk of chunks) {
			for (let start = 0; start < chunk.length; start += fault.bytes) {
				await sleep(fault.every, undefined, {signal});
				await write(response, chunk.subarray(start, start + fault.bytes));
			}
		}
		response.end();
	} else if (isStream) {
		await pipeline(body, response);
	} else {
		response.end(body);
	}
};

const write = (response: ServerResponse, chunk: Buffer): Promise<void> =>
	new Promise((resolve, reject) => {
		response.write(chunk, (error) => (error ? reject(error) : resolve()));
	});
