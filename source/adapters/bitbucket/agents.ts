import http from 'node:http';
import https from 'node:https';
import type {SecureContext} from 'node:tls';
import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import type {Environment} from '../../domain/settings/variables.ts';
import {trustAll} from './authorities.ts';
import {chooseProxy} from './choose-proxy.ts';
import {TunnelAgent} from './tunnel-agent.ts';

/** What keeps connections open between requests, shared by all sources of a run. */
export type Agents = {
	/**
	 * Asks over the way that leads from this machine to `url`. Where it leads nowhere, looks once
	 * for a proxy or certificates that git's configuration or the system knows, and asks again.
	 */
	withAgent<Given>(
		url: URL,
		signal: AbortSignal,
		ask: (agent: Agent) => Promise<Given>,
	): Promise<Given>;
};

export type Agent = http.Agent | https.Agent;

export type NetworkOptions = {
	readonly environment: Environment;
	/** A setting of the user's own git for an address. Takes a process. */
	readonly askGit: (setting: 'proxy' | 'sslcainfo', url: URL) => Promise<string | undefined>;
};

/** What was found out on the way; a plain connection needs none of it. */
type Knowledge = {readonly proxy?: string; readonly trust?: SecureContext};

/** Milliseconds that a proxy may take to answer. */
const patience = 60_000;

const noAdvice: NetworkOptions = {environment: {}, askGit: async () => undefined};

/** The one place where connections are made. An idle one does not keep the process alive. */
export const makeAgents = ({environment, askGit}: NetworkOptions = noAdvice): Agents => {
	const plain = new http.Agent({keepAlive: true});
	const open = new Map<string, Agent>();
	const searches = new Map<Lack, Promise<void>>();
	let known: Knowledge = {};

	const agentFor = (url: URL, signal: AbortSignal): Agent => {
		// Only this machine is spoken to without TLS (`complainAboutApi`), and no proxy leads there.
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
			// Comes round again only where something new was learnt, twice at most.
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

/** What may be known elsewhere and would have led further. */
type Lack = 'proxy' | 'trust';

const lackOf = (error: unknown): Lack | undefined => {
	const failure: Failure | undefined = error instanceof FailureError ? error.failure : undefined;
	if (failure?.kind !== 'network') {
		return undefined;
	}

	switch (failure.problem) {
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

const openAgent = (proxy: URL | undefined, trust: SecureContext | undefined): Agent => {
	const options = {keepAlive: true, ...(trust === undefined ? {} : {secureContext: trust})};
	return proxy === undefined
		? new https.Agent(options)
		: new TunnelAgent(proxy, {...options, timeout: patience});
};
