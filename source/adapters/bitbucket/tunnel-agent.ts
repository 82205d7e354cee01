import type https from 'node:https';
import {HttpsProxyAgent} from 'hpagent';
import type {NetworkProblem} from '../../domain/failure/failure.ts';

/** What went wrong between us and the proxy; from behind it come the errors of any connection. */
export class ProxyError extends Error {
	readonly problem: NetworkProblem;
	/** Who and why, without the proxy's password. */
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

/** A proxy that is let down by what lies behind it answers like any gateway. */
const problemOf = (status: number): NetworkProblem => {
	if (Number.isNaN(status)) {
		return 'proxy-unreachable';
	}

	return status >= 500 ? 'unreachable' : 'proxy-refused';
};

type Create = https.Agent['createConnection'];

/**
 * Connections through a proxy (CONNECT), kept open like any others. The request for a tunnel ends
 * with the signal that was set last: no hanging proxy keeps the process alive.
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
