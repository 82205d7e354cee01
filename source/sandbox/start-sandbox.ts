import {mkdtempSync, rmSync} from 'node:fs';
import {createServer, type Server} from 'node:http';
import {createServer as createSecureServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {keepAdvertisements} from './advertisements.ts';
import {type Credentials, createCredentials} from './credentials.ts';
import {createFaults, type Fault, type FaultOptions} from './faults.ts';
import type {SandboxRepository, Service} from './model.ts';
import {createRequestLog, type SandboxRequest} from './request-log.ts';
import type {PageTransform} from './rest-endpoints.ts';
import {type Served, serve} from './serve.ts';
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
		git: {workspaces, credentials, advertisements: keepAdvertisements()},
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
