import {isLoopback} from '../../domain/access/git-address.ts';
import {FailureError} from '../../domain/failure/failure.ts';
import type {Environment} from '../../domain/settings/variables.ts';

/**
 * The proxy that an https address is reached through, by the rules that curl, and so git, goes by:
 * `HTTPS_PROXY`, then `ALL_PROXY`, lower case before upper, unless `NO_PROXY` names the host.
 * `otherwise` stands in where neither is set. Nothing stands between us and this machine itself.
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

/** curl, CURLOPT_NOPROXY: hosts divided by commas or blanks, each with all below it; `*` is all. */
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
