import {FailureError} from '../../domain/failure/failure.ts';

const maxRedirects = 5;

const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);

type Redirectable = {
	readonly status: number;
	readonly headers: {readonly location?: string | undefined};
};

/**
 * Asks, and asks again where the server sends us, as long as that is the same scheme, host and
 * port: a credential goes along. Throws `address-refused` for anywhere else.
 */
export const followRedirects = async <Given extends Redirectable>(
	first: URL,
	ask: (url: URL) => Promise<Given>,
): Promise<Given> => {
	let url = first;
	for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
		const answer = await ask(url);
		const {location} = answer.headers;
		if (!isRedirect(answer.status) || location === undefined) {
			return answer;
		}

		url = resolve(location, url, first.origin);
	}

	throw new FailureError({
		kind: 'unexpected-answer',
		detail: `more than ${maxRedirects} redirects in a row`,
	});
};

const resolve = (location: string, from: URL, origin: string): URL => {
	const target = URL.parse(location, from.href);
	if (target?.origin === origin && target.username === '' && target.password === '') {
		return target;
	}

	throw new FailureError({
		kind: 'address-refused',
		address: target === null ? location : `${target.protocol}//${target.host}`,
		reason: `a redirect away from ${origin} is not followed, the token would go along`,
	});
};
