import type {FailureText, NetworkProblem} from './failure.ts';

type NetworkRow = FailureText & {
	readonly passes: boolean;
	/** Is the host out of reach for every request? */
	readonly isOutage: boolean;
};

export const networkProblems: Readonly<Record<NetworkProblem, NetworkRow>> = {
	'name-lookup': {
		passes: true,
		isOutage: true,
		what: 'Bitbucket was not found by its name',
		advice:
			'This computer is offline, or its name server does not answer. Check the connection, then try again.',
	},
	'connection-refused': {
		passes: true,
		isOutage: true,
		what: 'the connection was refused',
		advice:
			'Nothing answered at that address: a firewall or a proxy blocks it, or apiUrl names the wrong port.',
	},
	'connection-reset': {
		passes: true,
		isOutage: false,
		what: 'the connection was cut',
		advice:
			'This usually passes. Try again; if it happens again, a firewall or proxy on the way is the likely cause.',
	},
	timeout: {
		passes: true,
		isOutage: false,
		what: 'no answer came in time',
		advice:
			'The network is slow, or a firewall drops the packets. Try again later; earlier backups are untouched.',
	},
	tls: {
		passes: false,
		isOutage: false,
		what: 'no trusted connection could be made',
		advice:
			"This computer does not trust the certificate: a proxy that inspects connections has replaced it, or the clock is wrong. Name the file with the company's certificate in NODE_EXTRA_CA_CERTS, or in http.sslCAInfo of git's configuration.",
	},
	'cut-short': {
		passes: true,
		isOutage: false,
		what: 'the answer ended too early',
		advice: 'This usually passes. Try again; earlier backups are untouched.',
	},
	unreachable: {
		passes: true,
		isOutage: true,
		what: 'Bitbucket cannot be reached from here',
		advice:
			'This computer is offline, or its route to the internet is down. Check the connection, then try again.',
	},
	'proxy-refused': {
		passes: false,
		isOutage: false,
		what: 'the proxy refused the connection',
		advice:
			"It wants a sign-in, rejects the one it got, or does not allow Bitbucket. Set HTTPS_PROXY, or http.proxy of git's configuration, to http://user:password@host:port, or ask the administrator of the proxy.",
	},
	'proxy-unreachable': {
		passes: true,
		isOutage: true,
		what: 'the proxy could not be reached',
		advice:
			"HTTPS_PROXY, or http.proxy of git's configuration, names it. If Bitbucket is reachable without a proxy, remove that setting, or name bitbucket.org in NO_PROXY.",
	},
	'proxy-unsupported': {
		passes: false,
		isOutage: false,
		what: 'Cistern cannot use a proxy of this kind',
		advice:
			"HTTPS_PROXY, ALL_PROXY, or http.proxy of git's configuration, names it. Set HTTPS_PROXY, which comes first, to one that begins with http:// or https://; SOCKS is not supported.",
	},
};
