import {defaultApiUrl} from '../settings/settings.ts';

/** The parts of a web address that decide which server is contacted. */
export type WebAddress = {
	/** Scheme, host and port, as `URL` gives it: `https://bitbucket.org`. */
	readonly origin: string;
	/** With the port, if it is not the scheme's default. */
	readonly host: string;
};

type AddressDecision =
	| {readonly accepted: true; readonly url: string}
	| {readonly accepted: false; readonly reason: string};

/** Bitbucket Cloud's git, for the API at api.bitbucket.org. */
const bitbucketGit: WebAddress = {origin: 'https://bitbucket.org', host: 'bitbucket.org'};

const maxLength = 2000;

/** Characters of RFC 3986 only, so that git and Node cannot read an address differently. */
const plainAddress = /^https?:\/\/(?!\/)[\w\-.~:/?#[\]@!$&'()*+,;=%]+$/;

/** A percent-encoded control character; git would decode it. */
const hiddenControl = /%(?:[01][0-9a-f]|7f)/i;

/** Does the host name mean this machine? Then no network can read the traffic. */
export const isLoopback = (hostname: string): boolean => loopback.test(hostname);

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Returns the reason why no credential may be sent to an API at this address. Undefined for https,
 * and for plain http on this machine.
 */
export const complainAboutApi = (apiUrl: string): string | undefined => {
	const url = parse(apiUrl);
	if (url === undefined) {
		return 'it is not an address that begins with https://';
	}

	if (url.username !== '' || url.password !== '') {
		return 'it holds a user name or password';
	}

	if (apiUrl.includes('?') || apiUrl.includes('#')) {
		return 'it holds a query or fragment';
	}

	return url.protocol === 'https:' || loopback.test(url.hostname)
		? undefined
		: 'over plain http the token could be read on the way; only https is safe';
};

/** The only server that git may contact for a source with this API, whatever Bitbucket answers. */
export const gitAddressFor = (apiUrl: string): WebAddress => {
	const {origin, host} = new URL(apiUrl);
	return origin === new URL(defaultApiUrl).origin ? bitbucketGit : {origin, host};
};

/**
 * Decides whether git may use a clone link, and returns the link in its canonical form, without a
 * slash at the end. `allowed` comes from `gitAddressFor`.
 */
export const decideGitAddress = (url: string, allowed: WebAddress): AddressDecision => {
	const parsed = parse(url);
	if (parsed === undefined) {
		return refuse('it is not a plain web address');
	}

	if (parsed.origin !== allowed.origin) {
		return refuse(`git may only talk to ${allowed.origin} for this source`);
	}

	if (parsed.protocol === 'http:' && !loopback.test(parsed.hostname)) {
		return refuse('over plain http the token could be read on the way');
	}

	if (parsed.username !== '' || parsed.password !== '') {
		return refuse('it holds a user name or password');
	}

	if (url.includes('?') || url.includes('#')) {
		return refuse('it holds a query or fragment');
	}

	const path = parsed.pathname.replace(/\/+$/, '');
	return path === '' || hiddenControl.test(path)
		? refuse('its path is not one of a repository')
		: {accepted: true, url: `${parsed.origin}${path}`};
};

/** The address without the user name and password before its host. */
export const withoutUser = (url: string): string =>
	url.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/?#\\]*@/i, '$1');

const parse = (url: string): URL | undefined =>
	url.length <= maxLength && plainAddress.test(url) ? (URL.parse(url) ?? undefined) : undefined;

const refuse = (reason: string): AddressDecision => ({accepted: false, reason});
