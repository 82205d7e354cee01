import {createHash} from 'node:crypto';
import {type FileHandle, open, rm} from 'node:fs/promises';
import type {IncomingMessage} from 'node:http';
import type {Failure} from '../../domain/failure/failure.ts';
import type {MetadataDenied, SavedFile} from '../../ports/metadata.ts';
import {onFile} from '../files/file-failure.ts';
import {fileLimits, requestFile} from '../network/exchange.ts';
import {readBeginning} from '../network/read-body.ts';
import {followAll, type Redirect, redirectOf, resolveLink} from '../network/redirects.ts';
import {failureOfAnswer} from './failures.ts';
import {type Client, headersFor} from './request-api.ts';

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

/**
 * Saves the content behind an address of the API. Bitbucket answers with a redirect: for a patch to
 * itself, for a download to a storage, which must not get the credential.
 */
export const saveFile = (asked: FileRequest): Promise<SavedFile> =>
	followAll(
		new URL(asked.url),
		(url) => askOnce(asked, url),
		(location, from) => resolveLink(location, from, asked.origin),
	);

const askOnce = (asked: FileRequest, url: URL): Promise<SavedFile | Redirect> => {
	const {client, origin, signal, deny} = asked;
	const isOwn = url.origin === origin;
	return requestFile<SavedFile | Redirect>({
		url,
		agents: client.agents,
		headers: headersFor(isOwn ? client : {...client, authorization: () => undefined}),
		signal,
		limits: fileLimits,
		read: async (response) => {
			const {statusCode: status = 0, headers} = response;
			const redirect = redirectOf(status, headers);
			if (redirect !== undefined) {
				return redirect;
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
