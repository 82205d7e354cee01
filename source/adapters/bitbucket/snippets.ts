import {writeFile} from 'node:fs/promises';
import type {IncomingHttpHeaders} from 'node:http';
import {join} from 'node:path';
import type {Failure} from '../../domain/failure/failure.ts';
import {isJsonObject} from '../../domain/json.ts';
import {mostSnippetFiles} from '../../domain/metadata/snippets.ts';
import type {MetadataDenied, SnippetAnswer, SnippetContent} from '../../ports/metadata.ts';
import {onFile} from '../files/file-failure.ts';
import {fileLimits, requestFile} from '../network/exchange.ts';
import {readBody} from '../network/read-body.ts';
import {followRedirects} from '../network/redirects.ts';
import {readObject} from './answers.ts';
import {failureOfAnswer} from './failures.ts';
import {fileNameOf, isMultipart, readMultipart} from './multipart.ts';
import {type Client, headersFor} from './request-api.ts';

type SnippetRequest = {
	readonly url: string;
	readonly client: Client;
	/** Empty. The files go there, under names of their own. */
	readonly folder: string;
	readonly form: 'whole' | 'names';
	readonly signal: AbortSignal;
	/** Turns a failure that a second try does not mend into an answer, and throws any other. */
	deny(failure: Failure): MetadataDenied;
	/** Removes the token, which a server may have repeated. */
	redact(text: string): string;
};

/** Bytes of an answer, which is held as a whole. A longer snippet comes file by file. */
const mostBytes = 16 * 1024 * 1024;

/**
 * Reads a snippet. Its JSON has the names of its files alone; as `multipart/related` it comes with all
 * of them in one answer (Bitbucket's OpenAPI description, `/snippets/{workspace}/{encoded_id}`).
 */
export const readSnippet = async (asked: SnippetRequest): Promise<SnippetAnswer> => {
	const {url, deny, redact, folder} = asked;
	const {status, headers, body} = await followRedirects(new URL(url), (at) => askOnce(asked, at));
	// 406: Bitbucket does not know the form any more.
	if (body === undefined || (status === 406 && asked.form === 'whole')) {
		return {state: 'too-large'};
	}

	if (status !== 200) {
		const text = body.toString();
		return deny(failureOfAnswer({status, headers, text}, 'api', Date.now()));
	}

	const {document, contents} = divide(body, headers['content-type'] ?? '');
	const snippet = readObject({status, headers: {}, text: redact(document.toString())});
	const named = isJsonObject(snippet['files']) ? Object.keys(snippet['files']) : undefined;
	const names = named ?? [...contents.keys()];
	const files: SnippetContent[] = [];
	for (const [index, name] of names.slice(0, mostSnippetFiles + 1).entries()) {
		files.push({name, content: await save(contents.get(name), join(folder, `${index}`))});
	}

	return {state: 'read', snippet, files};
};

type Answered = {
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	/** Undefined if it is too long. */
	readonly body: Buffer | undefined;
};

const accepted = {whole: 'multipart/related', names: 'application/json'} as const;

const askOnce = ({client, form, signal}: SnippetRequest, url: URL): Promise<Answered> =>
	requestFile<Answered>({
		url,
		agents: client.agents,
		headers: headersFor(client, accepted[form]),
		signal,
		limits: fileLimits,
		read: async (response) => ({
			status: response.statusCode ?? 0,
			headers: response.headers,
			body: await readBody(response, mostBytes),
		}),
	});

type Divided = {readonly document: Buffer; readonly contents: ReadonlyMap<string, Buffer>};

/** The first part is the snippet's own JSON. A file that cannot be decoded is left out. */
const divide = (body: Buffer, contentType: string): Divided => {
	if (!isMultipart(contentType)) {
		return {document: body, contents: new Map()};
	}

	const [first, ...parts] = readMultipart(body, contentType);
	const contents = parts.flatMap((part) => {
		const name = fileNameOf(part);
		return name === undefined || part.content === undefined ? [] : [[name, part.content] as const];
	});
	return {document: first?.content ?? Buffer.alloc(0), contents: new Map(contents)};
};

const save = async (
	content: Buffer | undefined,
	file: string,
): Promise<SnippetContent['content']> => {
	if (content === undefined) {
		return undefined;
	}

	await onFile(file, () => writeFile(file, content, {flag: 'wx', mode: 0o600}));
	return {file, size: content.length};
};
