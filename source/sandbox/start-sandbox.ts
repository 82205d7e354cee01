import {mkdtempSync, rmSync} from 'node:fs';
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import {createServer as createSecureServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {type Answer, textAnswer} from './answers.ts';
import {type Credentials, createCredentials} from './credentials.ts';
import {
	answerInstead,
	createFaults,
	type Fault,
	type FaultAnswer,
	type FaultOptions,
	type Faults,
} from './faults.ts';
import {answerGit, type GitWorld, parseGitPath} from './git-http.ts';
import type {SandboxRepository, Service} from './model.ts';
import {createRequestLog, type RequestLog, type SandboxRequest} from './request-log.ts';
import {answerRest} from './rest.ts';
import type {PageTransform, RestWorld} from './rest-endpoints.ts';
import {send} from './send.ts';
import {createWorkspaces, type Workspaces} from './workspaces.ts';

export type SandboxOptions = {
	/** Where the repositories lie; a temporary folder, removed at the end, where this is left out. */
	readonly folder?: string;
	/** Speaks TLS with this certificate (PEM), under the name that it proves. */
	readonly tls?: {readonly key: string; readonly cert: string; readonly hostname: string};
	/** Milliseconds before each answer. */
	readonly latency?: number;
};

/** A small Bitbucket on loopback: the REST API and git over HTTP, with faults on demand. */
export type Sandbox = Workspaces &
	Pick<Credentials, 'addAccount' | 'addApiToken' | 'addAccessToken' | 'revokeToken'> & {
		/** `http://127.0.0.1:PORT`; with `tls` it is https and the name, though it listens there too. */
		readonly origin: string;
		/** `origin` + `/2.0` */
		readonly apiUrl: string;
		/** Address for git, without a user name. */
		urlOf(repository: SandboxRepository): string;
		addFault(options: FaultOptions): Fault;
		clearFaults(): void;
		/** Changes every page of a repository listing before it is sent, until the next call. */
		transformPages(transform: PageTransform): void;
		/** All requests so far, in the order in which they came. */
		readonly requests: readonly SandboxRequest[];
		requestsTo(service: Service): readonly SandboxRequest[];
		clearRequests(): void;
		/** Ends every connection and removes what it made. */
		close(): Promise<void>;
	};

const openServer = (tls: SandboxOptions['tls']): Server =>
	tls === undefined
		? createServer({keepAliveTimeout: 60_000})
		: createSecureServer({...tls, keepAliveTimeout: 60_000});

const listen = (server: Server): Promise<number> =>
	new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
	});

const shut = (server: Server): Promise<void> =>
	new Promise((resolve) => {
		server.close(() => resolve());
		server.closeAllConnections();
	});

/** Listens on a random port of 127.0.0.1; nothing is in it yet. */
export const startSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
	const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'cistern-sandbox-'));
	const workspaces = createWorkspaces(folder);
	const credentials = createCredentials();
	const faults = createFaults();
	const log = createRequestLog();
	let transform: PageTransform = (page) => page;

	const server = openServer(options.tls);
	const port = await listen(server);
	const origin =
		options.tls === undefined
			? `http://127.0.0.1:${port}`
			: `https://${options.tls.hostname}:${port}`;
	const addresses = {origin, apiUrl: `${origin}/2.0`};
	const served: Served = {
		rest: {addresses, workspaces, transformPage: (...given) => transform(...given)},
		git: {workspaces, credentials},
		faults,
		log,
		latency: options.latency ?? 0,
	};
	server.on('request', (incoming, response) => {
		serve(served, incoming, response).catch(() => response.destroy());
	});

	return {
		...addresses,
		...workspaces,
		...credentials,
		urlOf: ({workspace, slug}) => `${origin}/${workspace}/${slug}.git`,
		addFault: faults.add,
		clearFaults: faults.clear,
		transformPages: (next) => {
			transform = next;
		},
		requests: log.requests,
		requestsTo: log.to,
		clearRequests: log.clear,
		close: async () => {
			await shut(server);
			if (options.folder === undefined) {
				rmSync(folder, {recursive: true, force: true});
			}
		},
	};
};

export type Served = {
	readonly rest: RestWorld;
	readonly git: GitWorld;
	readonly faults: Faults;
	readonly log: RequestLog;
	/** Milliseconds before each answer. */
	readonly latency: number;
};

const rightAnswer = async (
	{rest, git}: Served,
	entry: SandboxRequest,
	incoming: IncomingMessage,
	signal: AbortSignal,
): Promise<Answer> => {
	if (entry.service === 'api') {
		const {url = '/', method = 'GET', headers} = incoming;
		return answerRest(rest, git.credentials, {method, url, authorization: headers.authorization});
	}
	const address = parseGitPath(entry.path);
	return address === undefined
		? textAnswer(404, 'Not found')
		: answerGit(git, address, entry.query, incoming, signal);
};

/** Ends the connection as the fault wants it; false where the fault leaves it alone. */
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

const pause = async (served: Served, fault: FaultAnswer | undefined, signal: AbortSignal) => {
	const duration = served.latency + (fault?.kind === 'delay' ? fault.duration : 0);
	if (duration > 0) {
		await sleep(duration, undefined, {signal});
	}
	if (fault?.kind === 'meanwhile') {
		await fault.run();
	}
};

/** One request from its first line to the end of its answer. Rejects when the client is gone. */
export const serve = async (
	served: Served,
	incoming: IncomingMessage,
	response: ServerResponse,
): Promise<void> => {
	const gone = new AbortController();
	response.on('close', () => gone.abort());
	const {signal} = gone;
	const entry = served.log.add(incoming);
	const fault = served.faults.strike(entry);
	await pause(served, fault, signal);
	if (breakConnection(incoming, fault)) {
		return;
	}
	const answer =
		(fault && answerInstead(fault)) ?? (await rightAnswer(served, entry, incoming, signal));
	entry.status = answer.status;
	await send(response, answer, fault, signal);
};
