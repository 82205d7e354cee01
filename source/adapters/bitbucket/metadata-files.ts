import {createHash} from 'node:crypto';
import {type FileHandle, open, rm} from 'node:fs/promises';
import type {IncomingMessage} from 'node:http';
import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import {onlyGiven} from '../../domain/given.ts';
import {decideLink} from '../../domain/lfs/links.ts';
import type {MetadataDenied, SavedFile} from '../../ports/metadata.ts';
import {onFile} from '../files/file-failure.ts';
import {fileLimits, requestFile} from '../network/exchange.ts';
import {failureOfAnswer} from './failures.ts';
import {readBeginning} from './read-advertisement.ts';
import {type Client, isRedirect} from './request-api.ts';

type FileRequest = {
	readonly url: string;
	/** The API's own, the only one that may get the credential. */
	readonly origin: string;
	readonly client: Client;
	/** Must not exist. */
	readonly file: string;
	/** Bytes of the longest content that is taken. */
	readonly limit: number;
	readonly signal: AbortSignal;
	/** Turns a failure that a second try does not mend into an answer, and throws any other. */
	deny(failure: Failure): MetadataDenied;
};

const maxRedirects = 5;

/**
 * Saves the content behind an address of the API. Bitbucket answers with a redirect: for a patch to
 * itself, for a download to a storage, which must not get the credential.
 */
export const saveFile = async (asked: FileRequest): Promise<SavedFile> => {
	let url = new URL(asked.url);
	for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
		const got = await askOnce(asked, url);
		if (!('redirect' in got)) {
			return got;
		}

		url = follow(got.redirect, url, asked.origin);
	}

	const detail = `more than ${maxRedirects} redirects in a row`;
	throw new FailureError({kind: 'unexpected-answer', detail});
};

const follow = (location: string, from: URL, origin: string): URL => {
	const target = URL.parse(location, from.href)?.href ?? location;
	const decision = decideLink(target, origin);
	if (decision.accepted) {
		return new URL(decision.url);
	}

	const address = URL.parse(target)?.origin ?? '';
	throw new FailureError({kind: 'address-refused', address, reason: decision.reason});
};

type Asked = SavedFile | {readonly redirect: string};

const askOnce = (asked: FileRequest, url: URL): Promise<Asked> => {
	const {client, origin, signal, deny} = asked;
	const isOwn = url.origin === origin;
	const authorization = isOwn ? client.authorization() : undefined;
	return requestFile<Asked>({
		url,
		agents: client.agents,
		headers: {
			accept: '*/*',
			'user-agent': client.userAgent,
			...onlyGiven({authorization}),
		},
		signal,
		limits: fileLimits,
		read: async (response) => {
			const {statusCode: status = 0, headers} = response;
			if (isRedirect(status) && headers.location !== undefined) {
				return {redirect: headers.location};
			}

			if (status === 200) {
				return take(response, asked);
			}

			// The words of a storage may repeat the signed address.
			const text = isOwn ? await readBeginning(response) : '';
			return deny(failureOfAnswer({status, headers, text}, 'api', Date.now()));
		},
	});
};

/** Writes a content to its file. Of one that did not come whole, no file is left. */
const take = async (response: IncomingMessage, asked: FileRequest): Promise<SavedFile> => {
	const {file} = asked;
	const handle = await onFile(file, () => open(file, 'wx', 0o600));
	try {
		const saved = await write(response, handle, asked);
		if (saved.state !== 'saved') {
			await rm(file, {force: true});
		}

		return saved;
	} catch (error) {
		await rm(file, {force: true});
		throw error;
	} finally {
		await handle.close();
	}
};

const write = async (
	response: IncomingMessage,
	handle: FileHandle,
	{file, limit}: FileRequest,
): Promise<SavedFile> => {
	const hash = createHash('sha256');
	let size = 0;
	for await (const chunk of response as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > limit) {
			return {state: 'too-large', limit};
		}

		hash.update(chunk);
		await onFile(file, () => handle.writeFile(chunk));
	}

	// Its content never changes again.
	await onFile(file, () => handle.chmod(0o400));
	await onFile(file, () => handle.sync());
	return {state: 'saved', size, sha256: hash.digest('hex')};
};
