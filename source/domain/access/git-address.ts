import {defaultApiUrl} from '../settings/settings.ts';

/** A web address taken apart as far as it matters who is talked to. */
export type WebAddress = {
	/** Scheme, host and port, as `URL` gives it: `https://bitbucket.org`. */
	readonly origin: string;
	/** Host with the port where it is not the scheme's own. */
	readonly host: string;
};

export type AddressDecision =
	| {readonly accepted: true; readonly url: string}
	| {readonly accepted: false; readonly reason: string};

/** Bitbucket Cloud's git, for the API at api.bitbucket.org. */
const bitbucketGit: WebAddress = {origin: 'https://bitbucket.org', host: 'bitbucket.org'};

const maxLength = 2000;

/** What may stand in an address (RFC 3986). Without the rest, no two programs read it differently. */
const plainAddress = /^https?:\/\/(?!\/)[\w\-.~:/?#[\]@!$&'()*+,;=%]+$/;

/** A control character in percent writing, which git would decode. */
const hiddenControl = /%(?:[01][0-9a-f]|7f)/i;

/** A host name that means this machine: nothing stands between it and us. */
export const isLoopback = (hostname: string): boolean => loopback.test(hostname);

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Why no credential may be sent to an API at this address, or undefined where it may: an https
 * address, or plain http on this machine.
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

/** Where git may connect to for a source with this API: nowhere else, whatever Bitbucket answers. */
export const gitAddressFor = (apiUrl: string): WebAddress => {
	const {origin, host} = new URL(apiUrl);
	return origin === new URL(defaultApiUrl).origin ? bitbucketGit : {origin, host};
};

/**
 * Decides whether git may be given a clone link, and with which text: the address in its one
 * canonical form, without a slash at the end. `allowed` is what `gitAddressFor` gives.
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

/** The address without the user name (and whatever else stands before the `@`) of its host. */
export const withoutUser = (url: string): string =>
	url.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/?#\\]*@/i, '$1');

const parse = (url: string): URL | undefined =>
	url.length <= maxLength && plainAddress.test(url) ? (URL.parse(url) ?? undefined) : undefined;

const refuse = (reason: string): AddressDecision => ({accepted: false, reason});
