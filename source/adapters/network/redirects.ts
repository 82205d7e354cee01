import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import {decideLink} from '../../domain/lfs/links.ts';

const maxRedirects = 5;

export type Redirect = {readonly redirect: string};

/** The place that an answer redirects to. */
export const redirectOf = (
	status: number,
	{location}: {readonly location?: string | undefined},
): Redirect | undefined =>
	[301, 302, 303, 307, 308].includes(status) && location !== undefined
		? {redirect: location}
		: undefined;

/** Makes a request, and the same again where it is redirected to. `resolve` throws for a forbidden place. */
export const followAll = async <Given extends object>(
	first: URL,
	ask: (url: URL) => Promise<Given | Redirect>,
	resolve: (location: string, from: URL) => URL,
): Promise<Given> => {
	let url = first;
	for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
		const got = await ask(url);
		if (!('redirect' in got)) {
			return got;
		}

		url = resolve(got.redirect, url);
	}

	const detail = `more than ${maxRedirects} redirects in a row`;
	throw new FailureError({kind: 'unexpected-answer', detail});
};

type Redirectable = {
	readonly status: number;
	readonly headers: {readonly location?: string | undefined};
};

/**
 * Makes a request, and follows redirects on the same scheme, host and port, since the credential is
 * sent with each. Throws `address-refused` for a redirect elsewhere.
 */
export const followRedirects = <Given extends Redirectable>(
	first: URL,
	ask: (url: URL) => Promise<Given>,
): Promise<Given> =>
	followAll(
		first,
		async (url) => {
			const answer = await ask(url);
			return redirectOf(answer.status, answer.headers) ?? answer;
		},
		(location, from) => resolveOwn(location, from, first.origin),
	);

const resolveOwn = (location: string, from: URL, origin: string): URL => {
	const target = URL.parse(location, from.href);
	if (target?.origin === origin && target.username === '' && target.password === '') {
		return target;
	}

	throw new FailureError({
		kind: 'address-refused',
		address: target === null ? location : `${target.protocol}//${target.host}`,
		reason: `a redirect away from ${origin} is not followed, because it would get the token`,
	});
};

/** For files, which may lie elsewhere. `origin`: git's own, or the API's. */
export const resolveLink = (location: string, from: URL, origin: string): URL => {
	const target = URL.parse(location, from.href)?.href ?? location;
	const decision = decideLink(target, origin);
	if (!decision.accepted) {
		throw new FailureError(refusedAddress(target, decision.reason));
	}

	return new URL(decision.url);
};

/** Of the address no more than its origin: the rest may hold a signature. */
export const refusedAddress = (href: string, reason: string): Failure => {
	const url = URL.parse(href);
	return {
		kind: 'address-refused',
		address: url === null ? '' : `${url.protocol}//${url.host}`,
		reason,
	};
};
