import {readFile} from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import tls from 'node:tls';
import {FailureError} from '../../domain/failure/failure.ts';
import {onlyGiven} from '../../domain/given.ts';
import type {Environment} from '../../domain/settings/variables.ts';
import {chooseProxy, TunnelAgent} from './proxy.ts';

/** Keeps connections open between requests. All sources of a run share it. */
export type Agents = {
	/**
	 * Makes a request with the agent for `url`. When no connection can be made, looks once for a proxy
	 * or certificates in git's configuration and the system, and makes the request again.
	 */
	withAgent<Given>(
		url: URL,
		signal: AbortSignal,
		ask: (agent: Agent) => Promise<Given>,
	): Promise<Given>;
};

export type Agent = http.Agent | https.Agent;

type NetworkOptions = {
	readonly environment: Environment;
	/** Reads a setting of the user's own git for an address. Costs a process. */
	readonly askGit: (setting: 'proxy' | 'sslcainfo', url: URL) => Promise<string | undefined>;
};

/** Starts a request. Its agent decides over which connection it goes. */
export const startRequest = (url: URL, options: http.RequestOptions): http.ClientRequest =>
	(url.protocol === 'https:' ? https : http).request(url, options);

/** Found only after a plain connection failed. */
type Knowledge = {readonly proxy?: string; readonly trust?: tls.SecureContext};

/** The knowledge that may make a failed connection succeed. */
type Lack = 'proxy' | 'trust';

/** Milliseconds that a proxy may take to answer. */
const proxyTimeout = 60_000;

const noAdvice: NetworkOptions = {environment: {}, askGit: async () => undefined};

/** The one place where connections are made. An idle one does not keep the process alive. */
export const makeAgents = ({environment, askGit}: NetworkOptions = noAdvice): Agents => {
	const plain = new http.Agent({keepAlive: true});
	const open = new Map<string, Agent>();
	const searches = new Map<Lack, Promise<void>>();
	let known: Knowledge = {};

	const agentFor = (url: URL, signal: AbortSignal): Agent => {
		// Only a loopback address may be asked without TLS (`complainAboutApi`); it needs no proxy.
		if (url.protocol === 'http:') {
			return plain;
		}

		const proxy = chooseProxy(url, environment, known.proxy);
		const key = proxy?.href ?? '';
		const agent = open.get(key) ?? openAgent(proxy, known.trust);
		open.set(key, agent);
		if (agent instanceof TunnelAgent) {
			agent.endWith(signal);
		}

		return agent;
	};

	const learn = async (lack: Lack, url: URL): Promise<void> => {
		if (lack === 'trust') {
			known = {...known, trust: await trustAll(environment, await askGit('sslcainfo', url))};
		} else {
			const proxy = await askGit('proxy', url);
			known = proxy === undefined ? known : {...known, proxy};
		}

		open.clear();
	};

	return {
		withAgent: async (url, signal, ask) => {
			// Repeats only after something new was learnt: twice at most.
			for (;;) {
				const before = known;
				try {
					return await ask(agentFor(url, signal));
				} catch (error) {
					const lack = url.protocol === 'https:' ? lackOf(error) : undefined;
					if (lack === undefined || signal.aborted) {
						throw error;
					}

					const search = searches.get(lack) ?? learn(lack, url);
					searches.set(lack, search);
					await search;
					if (known === before) {
						throw error;
					}
				}
			}
		},
	};
};

const lackOf = (error: unknown): Lack | undefined => {
	if (!(error instanceof FailureError && error.failure.kind === 'network')) {
		return undefined;
	}

	switch (error.failure.problem) {
		case 'tls':
			return 'trust';
		case 'name-lookup':
		case 'connection-refused':
		case 'timeout':
		case 'unreachable':
			return 'proxy';
		default:
			return undefined;
	}
};

const openAgent = (proxy: URL | undefined, trust: tls.SecureContext | undefined): Agent => {
	const options = {keepAlive: true, ...onlyGiven({secureContext: trust})};
	return proxy === undefined
		? new https.Agent(options)
		: new TunnelAgent(proxy, {...options, timeout: proxyTimeout});
};

/**
 * Trusts every authority that this machine trusts: those of Node with `NODE_EXTRA_CA_CERTS`, those
 * of the system, and those that git's and OpenSSL's variables or git's configuration name.
 */
const trustAll = async (
	environment: Environment,
	gitFile: string | undefined,
): Promise<tls.SecureContext> => {
	const files = [gitFile, environment['GIT_SSL_CAINFO'], environment['SSL_CERT_FILE']];
	const named = await Promise.all(files.map(readCertificates));
	// Node before 22.15 cannot list the system's authorities.
	const standard =
		tls.getCACertificates === undefined
			? tls.rootCertificates
			: [...tls.getCACertificates('default'), ...tls.getCACertificates('system')];
	return tls.createSecureContext({ca: [...standard, ...named.flat()]});
};

/** Leaves out a file that is missing or holds no certificate: the connection then fails with an error. */
const readCertificates = async (file: string | undefined): Promise<readonly string[]> => {
	const text = file === undefined ? '' : await readFile(file, 'utf8').catch(() => '');
	return text.includes('-----BEGIN CERTIFICATE-----') ? [text] : [];
};
