import {createHash, type Hash} from 'node:crypto';
import {constants} from 'node:fs';
import {type FileHandle, open, rm} from 'node:fs/promises';
import type {IncomingMessage} from 'node:http';
import {FailureError} from '../../domain/failure/failure.ts';
import {decideLink, type LinkHeaders} from '../../domain/lfs/links.ts';
import type {LfsObject} from '../../domain/lfs/pointer.ts';
import {failureOfAnswer} from '../bitbucket/failures.ts';
import type {Client} from '../bitbucket/request-api.ts';
import {asFileFailure, codeOf} from '../files/file-failure.ts';
import {type Link, refused, refusedAddress} from './batch.ts';
import {hashFile} from './content.ts';
import {type LfsLimits, request} from './request.ts';

/** How one attempt ended. Passing trouble is thrown; what came until then stays in the part. */
export type Downloaded =
	/** The part holds the file, synced. */
	| {readonly result: 'complete'}
	/** The part is gone. `detail`: what came instead. */
	| {readonly result: 'not-as-named'; readonly detail: string}
	/** The server no longer accepts the link. A new one may help. */
	| {readonly result: 'link-refused'; readonly status: number};

export type Download = {
	readonly object: LfsObject;
	readonly link: Link;
	/** Where the file grows. */
	readonly part: string;
	/** `url` of the repository's own git decides where a link may lead. */
	readonly origin: string;
	readonly client: Client;
	readonly signal: AbortSignal;
	readonly limits: LfsLimits;
	readonly onBytes: (bytes: number) => void;
};

/** Statuses of a media server that no longer takes a link. */
const linkRefusals = new Set([401, 403, 404, 410]);

/** Fetches a file into its part, and goes on where an earlier attempt ended. */
export const download = async (asked: Download): Promise<Downloaded> => {
	const {object, part} = asked;
	const growing = await openPart(part, object);
	try {
		if (growing.length === object.size) {
			if (growing.hash.copy().digest('hex') === object.oid) {
				return await finish(growing, object);
			}

			await startAnew(growing);
		}

		const got = await receive(asked, growing);
		return got.result === 'received' ? await finish(growing, object) : got;
	} finally {
		await growing.handle.close();
	}
};

/** A part with the hash of the bytes that it has so far. */
type Growing = {
	readonly handle: FileHandle;
	readonly path: string;
	hash: Hash;
	length: number;
};

const newPart = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;

/** Follows no link, and does not wait where a pipe lies in the part's place. */
const oldPart = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

const openPart = (path: string, {size}: LfsObject): Promise<Growing> =>
	onFile(path, async () => {
		const fresh = await open(path, newPart, 0o600).catch((error: unknown) => {
			if (codeOf(error) !== 'EEXIST') {
				throw error;
			}
		});
		const handle = fresh ?? (await open(path, oldPart));
		const growing: Growing = {handle, path, hash: createHash('sha256'), length: 0};
		if (fresh === undefined) {
			await readPart(growing, size).catch(async (error: unknown) => {
				await handle.close();
				throw error;
			});
		}

		return growing;
	});

const readPart = async (growing: Growing, size: number): Promise<void> => {
	const {handle, hash} = growing;
	if ((await handle.stat()).size > size) {
		await handle.truncate();
	} else {
		growing.length = await hashFile(handle, hash);
	}
};

/** An error of the disk becomes a failure here: further out it would pass for one of the network. */
const onFile = async <Result>(path: string, act: () => Promise<Result>): Promise<Result> => {
	try {
		return await act();
	} catch (error) {
		throw asFileFailure(error, path);
	}
};

const startAnew = (growing: Growing): Promise<void> =>
	onFile(growing.path, async () => {
		await growing.handle.truncate();
		growing.hash = createHash('sha256');
		growing.length = 0;
	});

/** Is it the file that was wanted? A pointer may have claimed another size. */
const finish = async (growing: Growing, {oid}: LfsObject): Promise<Downloaded> => {
	const {handle, path, hash} = growing;
	const found = hash.digest('hex');
	return onFile(path, async () => {
		if (found === oid) {
			await handle.sync();
			return {result: 'complete'};
		}

		await rm(path, {force: true});
		return {result: 'not-as-named', detail: `a file with the SHA-256 ${found} came instead`};
	});
};

type Received = {readonly result: 'received'} | Exclude<Downloaded, {result: 'complete'}>;

const receive = async (asked: Download, growing: Growing): Promise<Received> => {
	const got = await ask(asked, growing);
	if (got.result !== 'range-refused') {
		return got;
	}

	// Bitbucket's media server answers 400 where others say 416.
	await startAnew(growing);
	const again = await ask(asked, growing);
	return again.result === 'range-refused' ? {result: 'link-refused', status: again.status} : again;
};

type Asked =
	| Received
	| {readonly result: 'range-refused'; readonly status: number}
	| {readonly result: 'redirect'; readonly to: string};

const maxRedirects = 5;

/** One request, and those that redirects lead to. On another origin none of the headers is sent. */
const ask = async (
	asked: Download,
	growing: Growing,
): Promise<Exclude<Asked, {result: 'redirect'}>> => {
	const {link, origin} = asked;
	let {url} = link;
	let headers = headersOf(asked);
	for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
		const got = await askOnce(asked, growing, url, headers);
		if (got.result !== 'redirect') {
			return got;
		}

		const target = URL.parse(got.to, url.href)?.href ?? got.to;
		const decision = decideLink(target, origin);
		if (!decision.accepted) {
			throw new FailureError(refusedAddress(target, decision.reason));
		}

		const next = new URL(decision.url);
		headers = next.origin === url.origin ? headers : {};
		url = next;
	}

	const detail = `more than ${maxRedirects} redirects in a row`;
	throw new FailureError({kind: 'unexpected-answer', detail});
};

/** The credential goes to git's own origin alone, and only if the link brings none. */
const headersOf = ({link, client}: Download): LinkHeaders => {
	const authorization = link.isOwn ? client.authorization() : undefined;
	return {...(authorization === undefined ? {} : {authorization}), ...link.headers};
};

const askOnce = (
	{client, signal, limits, object, onBytes}: Download,
	growing: Growing,
	url: URL,
	headers: LinkHeaders,
): Promise<Asked> => {
	const {length} = growing;
	const range: LinkHeaders = length === 0 ? {} : {range: `bytes=${length}-`};
	return request({
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
const judge = async (response: IncomingMessage, growing: Growing): Promise<Asked | undefined> => {
	const {statusCode: status = 0, headers} = response;
	const {length} = growing;
	if ([301, 302, 303, 307, 308].includes(status) && headers.location !== undefined) {
		return {result: 'redirect', to: headers.location};
	}

	if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
		const detail = `the file came packed (${headers['content-encoding']}), which was not asked for`;
		throw new FailureError({kind: 'unexpected-answer', detail});
	}

	if (status === 200) {
		// The server knows no parts, and sends all of it.
		if (length > 0) {
			await startAnew(growing);
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
	const {handle, path} = growing;
	for await (const chunk of response as AsyncIterable<Buffer>) {
		if (growing.length + chunk.length > size) {
			await onFile(path, () => rm(path, {force: true}));
			return {
				result: 'not-as-named',
				detail: `more than the ${size} bytes came that it should have`,
			};
		}

		growing.hash.update(chunk);
		await onFile(path, () => handle.write(chunk, 0, chunk.length, growing.length));
		growing.length += chunk.length;
		onBytes(chunk.length);
	}

	return {result: 'received'};
};
