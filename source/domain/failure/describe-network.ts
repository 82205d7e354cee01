import type {FailureText} from './describe-failure.ts';
import type {NetworkProblem} from './failure.ts';

const texts: Readonly<Record<NetworkProblem, FailureText>> = {
	'name-lookup': {
		what: 'Bitbucket was not found by its name',
		advice:
			'This computer is offline, or its name server does not answer. Check the connection, then try again.',
	},
	'connection-refused': {
		what: 'the connection was refused',
		advice:
			'A firewall or a proxy stands in the way, or apiUrl names the wrong port. Nothing answered at that address.',
	},
	'connection-reset': {
		what: 'the connection was cut',
		advice:
			'This usually passes. Try again; if it stays, a firewall or proxy on the way is the likely cause.',
	},
	timeout: {
		what: 'no answer came in time',
		advice:
			'The network is slow or a firewall swallows the packets. Try again later; what was saved before is untouched.',
	},
	tls: {
		what: 'no trusted connection could be made',
		advice:
			"The certificate is not one that this computer trusts: a proxy that looks into connections, or a wrong clock. Name the file with the company's certificate in NODE_EXTRA_CA_CERTS, or in http.sslCAInfo of git's configuration.",
	},
	'cut-short': {
		what: 'the answer ended too early',
		advice: 'This usually passes. Try again; what was saved before is untouched.',
	},
	unreachable: {
		what: 'there is no way to Bitbucket from here',
		advice:
			'This computer is offline, or its route to the internet is down. Check the connection, then try again.',
	},
	'proxy-refused': {
		what: 'the proxy refused to let the connection through',
		advice:
			"It wants a sign-in, another one, or does not allow Bitbucket: HTTPS_PROXY, or http.proxy of git's configuration, takes http://user:password@host:port. Whoever looks after the proxy can tell.",
	},
	'proxy-unsupported': {
		what: 'the proxy is of a kind that Cistern cannot use',
		advice:
			"HTTPS_PROXY, ALL_PROXY, or http.proxy of git's configuration, names it. Give HTTPS_PROXY one that begins with http:// or https:// (HTTPS_PROXY is looked at first); SOCKS is not supported.",
	},
	'proxy-unreachable': {
		what: 'the proxy could not be reached',
		advice:
			"HTTPS_PROXY, or http.proxy of git's configuration, names it. Where Bitbucket is reached without one, take it out, or name bitbucket.org in NO_PROXY.",
	},
};

/** What went wrong on the way, with the technical name for whoever looks after the network. */
export const describeNetwork = (problem: NetworkProblem, detail: string): FailureText => {
	const {what, advice} = texts[problem];
	return {what: detail === '' ? what : `${what} (${detail})`, advice};
};
