import {hash} from 'node:crypto';
import {open} from 'node:fs/promises';
import {FailureError} from '../../domain/failure/failure.ts';
import type {StoreBody} from '../../ports/store.ts';
import {onFile} from '../files/file-failure.ts';
import {codeOf} from './s3-failures.ts';
import {ask, readText, refuse, requireEtag, type S3Client, type S3Request} from './s3-request.ts';
import {elementOf} from './s3-xml.ts';

/** Writes objects to one bucket. */
export type Writing = {
	readonly client: S3Client;
	/** The whole key of an object. */
	readonly keyOf: (name: string) => string;
	/** Milliseconds for which each object is locked; undefined leaves that to the bucket. */
	readonly retention: number | undefined;
	/** False once the store has refused a condition, as Backblaze B2 and Swift do. */
	knowsConditions: boolean;
	readonly limits: typeof s3Limits;
};

export const s3Limits = {
	/** A larger object is sent in parts: a cut then costs one part, and S3 takes at most 5 GB at once. */
	largestPut: 64 * 1024 * 1024,
	/** Bytes of a part, and of memory. S3 takes no smaller ones than 5 MB. */
	part: 16 * 1024 * 1024,
};

/** S3 takes no more parts. */
const mostParts = 10_000;

type Put = {
	readonly writing: Writing;
	readonly name: string;
	readonly body: StoreBody;
	readonly signal: AbortSignal;
};

type Condition = Readonly<Record<string, string>>;

/** See `Store.put`. */
export const put = async (asked: Put): Promise<'written' | 'exists'> => {
	const {writing} = asked;
	const write = asked.body.size > writing.limits.largestPut ? putParts : putWhole;
	if (writing.knowsConditions) {
		try {
			const result = await write(asked, {'if-none-match': '*'});
			return result === 'exists' && (await isSame(asked)) ? 'written' : result;
		} catch (error) {
			if (!isUnknownCondition(error)) {
				throw error;
			}

			writing.knowsConditions = false;
		}
	}

	return write(asked, {});
};

const isUnknownCondition = (error: unknown): boolean =>
	error instanceof FailureError &&
	error.failure.kind === 'server-error' &&
	error.failure.status === 501;

/** An earlier attempt may have written it, and its answer was lost. Unknown counts as another object. */
const isSame = async ({writing, name, body, signal}: Put): Promise<boolean> => {
	const {client, keyOf} = writing;
	const request = {method: 'HEAD', key: keyOf(name), action: 'read', name, signal} as const;
	const {status, headers} = await ask(client, request, [200, 403, 404]);
	return (
		status === 200 &&
		(headers[digestHeader] === body.sha256 || headers.etag?.replaceAll('"', '') === body.md5)
	);
};

/** The check sum that a store tells is no MD5 where it encrypts or joins parts. This one always is. */
const digestHeader = 'x-amz-meta-sha256';

export const headersOf = (
	{retention}: Writing,
	{sha256}: Pick<StoreBody, 'sha256'>,
): Record<string, string> => ({
	[digestHeader]: sha256,
	'content-type': 'application/octet-stream',
	...(retention === undefined
		? {}
		: {
				'x-amz-object-lock-mode': 'COMPLIANCE',
				'x-amz-object-lock-retain-until-date': new Date(Date.now() + retention).toISOString(),
			}),
});

const toBase64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');

const requestOf = (
	{writing, name, signal}: Put,
	given: Pick<S3Request, 'method' | 'query' | 'headers' | 'body'>,
): S3Request => ({...given, key: writing.keyOf(name), action: 'write', name, signal});

const putWhole = async (asked: Put, condition: Condition): Promise<'written' | 'exists'> => {
	const {writing, body} = asked;
	const headers = {'content-md5': toBase64(body.md5), ...headersOf(writing, body), ...condition};
	const request = requestOf(asked, {method: 'PUT', headers, body});
	const {answer, isTaken} = await askForName(writing.client, request);
	if (isTaken) {
		return 'exists';
	}

	requireEtag(writing.client, answer);
	return 'written';
};

/** A request that gives an object its name. Tells whether the name was taken. */
const askForName = async (client: S3Client, request: S3Request) => {
	const answer = await ask(client, request, [200, 409, 412]);
	const text = await readText(answer);
	// A lock rule of Cloudflare R2 comes before the condition, and has a code of its own.
	const isHeld = codeOf({...answer, text}) === 'ObjectLockedByBucketPolicy';
	if (answer.status === 409 && !isHeld) {
		throw refuse(client, request, {...answer, text});
	}

	return {answer, text, isTaken: answer.status === 412 || isHeld};
};

/** Parts of an upload that did not end are invisible; a rule of the bucket removes them. */
const putParts = async (asked: Put, condition: Condition): Promise<'written' | 'exists'> => {
	const {writing, body} = asked;
	const {client} = writing;
	const start = {method: 'POST', query: {uploads: ''}, headers: headersOf(writing, body)} as const;
	const started = await readText(await ask(client, requestOf(asked, start)));
	const uploadId = elementOf(started, 'UploadId');
	if (uploadId === undefined) {
		const detail = 'an upload in parts was begun, and got no id';
		throw new FailureError({kind: 'unexpected-answer', store: client.title, detail});
	}

	try {
		const etags = await sendParts(asked, uploadId);
		return await complete(asked, uploadId, etags, condition);
	} catch (error) {
		await abandon(asked, uploadId);
		throw error;
	}
};

const abandon = async (asked: Put, uploadId: string): Promise<void> => {
	const signal = AbortSignal.timeout(10_000);
	const request = requestOf({...asked, signal}, {method: 'DELETE', query: {uploadId}});
	await ask(asked.writing.client, request, [204])
		.then(readText)
		.catch(() => undefined);
};

/** One after the other, so that one part at a time is in memory. Gives their check sums. */
const sendParts = async (asked: Put, uploadId: string): Promise<readonly string[]> => {
	const {writing, body, signal} = asked;
	const size = Math.max(writing.limits.part, Math.ceil(body.size / mostParts));
	const etags: string[] = [];
	for await (const content of readParts(body, size)) {
		signal.throwIfAborted();
		const answer = await ask(
			writing.client,
			requestOf(asked, {
				method: 'PUT',
				query: {partNumber: String(etags.length + 1), uploadId},
				headers: {'content-md5': hash('md5', content, 'base64')},
				body: {content, size: content.length, sha256: hash('sha256', content)},
			}),
		);
		await readText(answer);
		etags.push(requireEtag(writing.client, answer));
	}

	return etags;
};

async function* readParts({content, size}: StoreBody, partSize: number): AsyncGenerator<Buffer> {
	if (content instanceof Uint8Array) {
		for (let start = 0; start < size; start += partSize) {
			yield Buffer.from(content.subarray(start, start + partSize));
		}

		return;
	}

	const {file} = content;
	const handle = await onFile(file, () => open(file));
	try {
		const part = Buffer.alloc(partSize);
		for (let start = 0; start < size; start += partSize) {
			const length = Math.min(partSize, size - start);
			await readFully(handle, part.subarray(0, length), start, file);
			yield part.subarray(0, length);
		}
	} finally {
		await handle.close();
	}
}

/** A read may give less than was asked for. */
const readFully = async (
	handle: Awaited<ReturnType<typeof open>>,
	part: Buffer,
	start: number,
	path: string,
): Promise<void> => {
	for (let filled = 0; filled < part.length; ) {
		const {bytesRead} = await onFile(path, () =>
			handle.read(part, filled, part.length - filled, start + filled),
		);
		if (bytesRead === 0) {
			const detail = 'it has become shorter while it was sent';
			throw new FailureError({kind: 'folder-unusable', path, detail});
		}

		filled += bytesRead;
	}
};

/** Only this makes the object visible, in one step. */
const complete = async (
	asked: Put,
	uploadId: string,
	etags: readonly string[],
	condition: Condition,
): Promise<'written' | 'exists'> => {
	const {client} = asked.writing;
	const parts = etags.map(
		(etag, index) =>
			`<Part><PartNumber>${index + 1}</PartNumber><ETag>${etag.replaceAll('"', '&quot;')}</ETag></Part>`,
	);
	const content = Buffer.from(
		`<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join('')}</CompleteMultipartUpload>`,
	);
	const request = requestOf(asked, {
		method: 'POST',
		query: {uploadId},
		headers: {'content-type': 'application/xml', ...condition},
		body: {content, size: content.length, sha256: hash('sha256', content)},
	});
	const {answer, text, isTaken} = await askForName(client, request);
	if (isTaken) {
		await abandon(asked, uploadId);
		return 'exists';
	}

	// S3 answers 200 before it has joined the parts, and may say in the body that it could not.
	const refusal = {...answer, text};
	if (codeOf(refusal) !== '' || elementOf(text, 'ETag') === undefined) {
		throw refuse(client, request, {...refusal, status: 500});
	}

	return 'written';
};
