/** Headers that a link brings along, by their lower-case names. */
export type LinkHeaders = Readonly<Record<string, string>>;

export type LinkDecision =
	| {
			readonly accepted: true;
			readonly url: string;
			/** Is it on git's own origin, the only one that may get the credential? */
			readonly isOwn: boolean;
	  }
	| {readonly accepted: false; readonly reason: string};

/** Signed links are long, and no server needs more. */
const maxLength = 16_384;

const address = /^https?:\/\/(?!\/)[\w\-.~:/?#[\]@!$&'()*+,;=%]+$/;

/**
 * Decides whether a file may be asked for at this address: a link of the batch API, or a redirect of
 * the server behind it. Both come from a server, so they must not lead into the local network. A
 * source whose own git is there may.
 */
export const decideLink = (href: string, gitOrigin: string): LinkDecision => {
	const url = href.length <= maxLength && address.test(href) ? URL.parse(href) : null;
	if (url === null) {
		return refuse('it is not a plain web address');
	}

	if (url.username !== '' || url.password !== '') {
		return refuse('it holds a user name or password');
	}

	const git = new URL(gitOrigin);
	if (url.protocol !== 'https:' && url.protocol !== git.protocol) {
		return refuse('over plain http the file could be changed on the way');
	}

	return isLocal(url.hostname) && !isLocal(git.hostname)
		? refuse('it leads into the local network')
		: {accepted: true, url: url.href, isOwn: url.origin === git.origin};
};

const refuse = (reason: string): LinkDecision => ({accepted: false, reason});

/** An address in numbers, or a name of this machine. `URL` has brought every spelling into one form. */
const isLocal = (hostname: string): boolean =>
	/^(?:\[.*\]|\d+(?:\.\d+){3}|(?:.*\.)?localhost)\.?$/i.test(hostname);

/** Headers that decide about the connection, or about the part of the file that is sent. */
const ours =
	/^(?:host|content-length|transfer-encoding|connection|keep-alive|te|trailer|upgrade|expect|range|accept-encoding|proxy-.*)$/;

const headerName = /^[!#$%&'*+.^_`|~\w-]+$/;
const headerValue = /^[\t\x20-\x7e\x80-\xff]*$/;

/** The headers of a link, as a server named them, without those that are not its business. */
export const cleanHeaders = (given: Readonly<Record<string, unknown>>): LinkHeaders =>
	Object.fromEntries(
		Object.entries(given)
			.map(([name, value]): [string, unknown] => [name.toLowerCase(), value])
			.filter(
				(entry): entry is [string, string] =>
					headerName.test(entry[0]) &&
					!ours.test(entry[0]) &&
					typeof entry[1] === 'string' &&
					headerValue.test(entry[1]),
			),
	);
