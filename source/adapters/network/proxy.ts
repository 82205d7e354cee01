import type https from 'node:https';
import {HttpsProxyAgent} from 'hpagent';
import {isLoopback} from '../../domain/access/git-address.ts';
import {FailureError, type NetworkProblem} from '../../domain/failure/failure.ts';
import type {Environment} from '../../domain/settings/variables.ts';

/**
 * The proxy for an https address, by the rules of curl, and so of git: `HTTPS_PROXY`, then
 * `ALL_PROXY`, lower case before upper, unless `NO_PROXY` names the host. `otherwise` is used if
 * neither variable is set. A loopback address is never reached through a proxy.
 */
export const chooseProxy = (
	url: URL,
	environment: Environment,
	otherwise: string | undefined,
): URL | undefined => {
	const named = read(environment, 'https_proxy') ?? read(environment, 'all_proxy') ?? otherwise;
	return named === undefined || named === '' || isExempt(url, read(environment, 'no_proxy') ?? '')
		? undefined
		: parseProxy(named);
};

const read = (environment: Environment, name: string): string | undefined =>
	[environment[name], environment[name.toUpperCase()]].find(
		(value) => value !== undefined && value !== '',
	);

const parseProxy = (text: string): URL => {
	const url = URL.parse(text.includes('://') ? text : `http://${text}`);
	if (url?.protocol === 'http:' || url?.protocol === 'https:') {
		return url;
	}

	const detail = url === null ? 'no address' : url.protocol.slice(0, -1);
	throw new FailureError({kind: 'network', problem: 'proxy-unsupported', detail});
};

/** curl's CURLOPT_NOPROXY: hosts divided by commas or blanks, each with its subdomains; `*` is all. */
const isExempt = (url: URL, list: string): boolean => {
	if (isLoopback(url.hostname)) {
		return true;
	}

	const port = url.port === '' ? '443' : url.port;
	const host = bare(url.hostname);
	return list.split(/[\s,]+/).some((entry) => {
		const [, name = '', onlyPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
		const suffix = bare(name).replace(/^\*?\./, '');
		return (
			name === '*' ||
			(suffix !== '' &&
				(onlyPort === undefined || onlyPort === port) &&
				(host === suffix || host.endsWith(`.${suffix}`)))
		);
	});
};

const bare = (host: string): string => host.toLowerCase().replace(/^\[(.*)\]$/, '$1');

/** A problem between us and the proxy. An error from beyond the proxy is not one of these. */
export class ProxyError extends Error {
	readonly problem: NetworkProblem;
	/** The reason and the proxy's host, without its password. */
	readonly detail: string;

	constructor(cause: Error, proxy: URL) {
		super('proxy', {cause});
		const status = /^Bad response: (\d+)$/.exec(cause.message)?.[1];
		const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
		this.name = 'ProxyError';
		this.problem = problemOf(Number(status));
		this.detail = `${status ?? code}, proxy ${proxy.host}`;
	}
}

/** A proxy answers 5xx, like any gateway, if it could not reach the address. */
const problemOf = (status: number): NetworkProblem => {
	if (Number.isNaN(status)) {
		return 'proxy-unreachable';
	}

	return status >= 500 ? 'unreachable' : 'proxy-refused';
};

type Create = https.Agent['createConnection'];

/**
 * Keeps connections through a proxy (CONNECT) open. A request for a tunnel ends with the signal
 * that was set last, so a proxy that does not answer cannot keep the process alive.
 */
export class TunnelAgent extends HttpsProxyAgent {
	readonly #proxy: URL;
	declare proxyRequestOptions: {signal?: AbortSignal};

	constructor(proxy: URL, options: https.AgentOptions) {
		super({...options, proxy});
		this.#proxy = proxy;
	}

	endWith(signal: AbortSignal): void {
		this.proxyRequestOptions = {signal};
	}

	override createConnection(...[options, callback]: Parameters<Create>): ReturnType<Create> {
		return super.createConnection(options, (error, socket) =>
			callback?.(error === null ? null : new ProxyError(error, this.#proxy), socket),
		);
	}
}
