import {isIP} from 'node:net';
import type {NetworkProblem} from '../../domain/failure/failure.ts';

/**
 * Words of git and curl (LC_ALL=C) for what happened between us and the server, the telling ones
 * first: a TLS connection that was cut reads much like one that is not trusted.
 */
const networkWords: readonly (readonly [RegExp, NetworkProblem])[] = [
	[/code 4\d\d from proxy|CONNECT tunnel failed, response 4\d\d/i, 'proxy-refused'],
	[/could not resolve proxy|proxy CONNECT aborted/i, 'proxy-unreachable'],
	[/could not resolve host|getaddrinfo\(\)/i, 'name-lookup'],
	[/timed out|timeout|operation too slow/i, 'timeout'],
	[
		/certificate|CERT_E_|untrusted|self.signed|wrong version number|handshake fail|fatal alert|unsupported protocol/i,
		'tls',
	],
	[/network is unreachable|no route to host|code 5\d\d from proxy|response 5\d\d/i, 'unreachable'],
	[/connection refused|failed to connect|couldn't connect/i, 'connection-refused'],
	[/early EOF|hung up|unexpected disconnect|transfer closed|curl 18\b/i, 'cut-short'],
	[
		/connection (was )?reset|recv failure|send failure|empty reply|not closed cleanly|broken pipe|HTTP2 framing|SSL|TLS|schannel|curl (35|52|55|56|92)\b/i,
		'connection-reset',
	],
];

/** Undefined where nothing is said of the network. */
export const networkProblemOf = (stderr: string): NetworkProblem | undefined =>
	blamesProxy(stderr)
		? 'proxy-unreachable'
		: networkWords.find(([words]) => words.test(stderr))?.[1];

/** Whom curl could not reach is the proxy where it has another name than who was asked for. */
const blamesProxy = (stderr: string): boolean => {
	const asked = /unable to access 'https?:\/\/(?:[^/@']*@)?([^/:'[]+)/i.exec(stderr)?.[1];
	const reached = /failed to connect to (\S+) port/i.exec(stderr)?.[1];
	return (
		asked !== undefined &&
		reached !== undefined &&
		isIP(reached) === 0 &&
		asked.toLowerCase() !== reached.toLowerCase()
	);
};
