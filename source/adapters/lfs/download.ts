import type {IncomingMessage} from 'node:http';
import {FailureError} from '../../domain/failure/failure.ts';
import {onlyGiven} from '../../domain/given.ts';
import type {LinkHeaders} from '../../domain/lfs/links.ts';
import type {LfsObject} from '../../domain/lfs/pointer.ts';
import {failureOfAnswer} from '../bitbucket/failures.ts';
import type {Client} from '../bitbucket/request-api.ts';
import {type FileLimits, requestFile} from '../network/exchange.ts';
import {followAll, type Redirect, redirectOf, resolveLink} from '../network/redirects.ts';
import {type Link, refused} from './batch.ts';
import {type Growing, openGrowing} from './growing.ts';

/** How one attempt ended. Passing trouble is thrown; what came until then stays in the part. */
export type Downloaded =
	/** `content`: the file, if it is small. Otherwise the part holds it, synced. */
	| {readonly result: 'complete'; readonly content: Buffer | undefined}
	/** The part is gone. `detail`: what came instead. */
	| {readonly result: 'not-as-named'; readonly detail: string}
	/** The server no longer accepts the link. A new one may help. */
	| {readonly result: 'link-refused'; readonly status: number};

export type Download = {
	readonly object: LfsObject;
	readonly link: Link;
	/** The path at which a large file grows. */
	readonly part: string;
	/** Did an earlier fetch leave a part there? */
	readonly hasPart: boolean;
	/** `url` of the repository's own git decides where a link may lead. */
	readonly origin: string;
	readonly client: Client;
	readonly signal: AbortSignal;
	readonly limits: FileLimits;
	readonly onBytes: (bytes: number) => void;
};

/** Statuses of a media server that no longer takes a link. */
const linkRefusals = new Set([401, 403, 404, 410]);

/** Fetches a file, and goes on where an earlier attempt ended. */
export const download = async (asked: Download): Promise<Downloaded> => {
	const {object, part, hasPart} = asked;
	const growing = await openGrowing(part, object, hasPart);
	try {
		if (growing.length() === object.size) {
			if (growing.digest() === object.oid) {
				return await finish(growing, object);
			}

			await growing.startAnew();
		}

		const got = await receive(asked, growing);
		return got.result === 'received' ? await finish(growing, object) : got;
	} finally {
		await growing.close();
	}
};

/** Is it the file that was wanted? A pointer may have claimed another size. */
const finish = async (growing: Growing, {oid}: LfsObject): Promise<Downloaded> => {
	const found = growing.digest();
	if (found === oid) {
		return {result: 'complete', content: await growing.finish()};
	}

	await growing.remove();
	return {result: 'not-as-named', detail: `a file with the SHA-256 ${found} came instead`};
};

type Received = {readonly result: 'received'} | Exclude<Downloaded, {result: 'complete'}>;

const receive = async (asked: Download, growing: Growing): Promise<Received> => {
	const got = await ask(asked, growing);
	if (got.result !== 'range-refused') {
		return got;
	}

	// Bitbucket's media server answers 400 where others say 416.
	await growing.startAnew();
	const again = await ask(asked, growing);
	return again.result === 'range-refused' ? {result: 'link-refused', status: again.status} : again;
};

type Asked = Received | {readonly result: 'range-refused'; readonly status: number};

/** One request, and those that redirects lead to. On another origin none of the headers is sent. */
const ask = (asked: Download, growing: Growing): Promise<Asked> => {
	const {link, origin} = asked;
	let before = link.url;
	let headers = headersOf(asked);
	return followAll(
		link.url,
		(url) => {
			headers = url.origin === before.origin ? headers : {};
			before = url;
			return askOnce(asked, growing, url, headers);
		},
		(location, from) => resolveLink(location, from, origin),
	);
};

/** The credential goes to git's own origin alone, and only if the link brings none. */
const headersOf = ({link, client}: Download): LinkHeaders => {
	const authorization = link.isOwn ? client.authorization() : undefined;
	return {...onlyGiven({authorization}), ...link.headers};
};

const askOnce = (
	{client, signal, limits, object, onBytes}: Download,
	growing: Growing,
	url: URL,
	headers: LinkHeaders,
): Promise<Asked | Redirect> => {
	const length = growing.length();
	const range: LinkHeaders = length === 0 ? {} : {range: `bytes=${length}-`};
	return requestFile({
		url,
		agents: client.agents,
		headers: {'user-agent': client.userAgent, ...headers, ...range},
		signal,
		limits,
		read: async (response) => {
			const refusal = await judge(response, growing);
			return refusal ?? takeContent(response, growing, object, onBytes);
		},
	});
};

/** Undefined for an answer whose content belongs at the end of the part. */
const judge = async (
	response: IncomingMessage,
	growing: Growing,
): Promise<Asked | Redirect | undefined> => {
	const {statusCode: status = 0, headers} = response;
	const length = growing.length();
	const redirect = redirectOf(status, headers);
	if (redirect !== undefined) {
		return redirect;
	}

	if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
		const detail = `the file came packed (${headers['content-encoding']}), which was not asked for`;
		throw new FailureError({kind: 'unexpected-answer', detail});
	}

	if (status === 200) {
		// The server knows no parts, and sends all of it.
		if (length > 0) {
			await growing.startAnew();
		}

		return undefined;
	}

	if (status === 206 && length > 0 && headers['content-range']?.startsWith(`bytes ${length}-`)) {
		return undefined;
	}

	if (linkRefusals.has(status)) {
		return {result: 'link-refused', status};
	}

	if (status === 429 || status >= 500) {
		// Without its words: they may repeat the link's own token.
		throw new FailureError(failureOfAnswer({status, headers, text: ''}, 'git', Date.now()));
	}

	if (length > 0) {
		return {result: 'range-refused', status};
	}

	throw new FailureError(refused(status, ''));
};

const takeContent = async (
	response: IncomingMessage,
	growing: Growing,
	{size}: LfsObject,
	onBytes: (bytes: number) => void,
): Promise<Received> => {
	for await (const chunk of response as AsyncIterable<Buffer>) {
		if (growing.length() + chunk.length > size) {
			await growing.remove();
			return {
				result: 'not-as-named',
				detail: `more than the ${size} bytes came that it should have`,
			};
		}

		await growing.append(chunk);
		onBytes(chunk.length);
	}

	return {result: 'received'};
};
