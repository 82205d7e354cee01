import {createHash, randomUUID} from 'node:crypto';
import {
	createReadStream,
	createWriteStream,
	existsSync,
	mkdirSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import type {IncomingMessage} from 'node:http';
import {dirname, join} from 'node:path';
import {PassThrough} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {type Answer, jsonAnswer, textAnswer} from './answers.ts';
import type {SandboxRepository} from './model.ts';

export type MediaStore = ReturnType<typeof createMediaStore>;

/** The LFS files of all repositories, each below the repository's own path. */
export const createMediaStore = () => {
	const tokens = new Set<string>();
	const files = new Map<string, {readonly path: string; readonly oid: string}>();
	const pathOf = ({path}: SandboxRepository, oid: string): string => join(`${path}.lfs`, oid);

	return {
		put: (repository: SandboxRepository, content: string | Buffer) => {
			const oid = createHash('sha256').update(content).digest('hex');
			const path = pathOf(repository, oid);
			mkdirSync(dirname(path), {recursive: true});
			writeFileSync(path, content);
			return {oid, size: Buffer.byteLength(content)};
		},
		/** The server then sends another content than the id says. */
		spoil: (repository: SandboxRepository, oid: string, content: string): void =>
			writeFileSync(pathOf(repository, oid), content),
		forget: (repository: SandboxRepository, oid: string): void =>
			rmSync(pathOf(repository, oid), {force: true}),
		sizeOf: (repository: SandboxRepository, oid: string): number | undefined => {
			const path = pathOf(repository, oid);
			return existsSync(path) ? statSync(path).size : undefined;
		},
		/** A new token, which opens every file until the links expire. */
		admit: (): string => {
			const token = randomUUID();
			tokens.add(token);
			return token;
		},
		/** The name of a file in the media server's addresses. */
		place: (repository: SandboxRepository, oid: string): string => {
			const name = randomUUID();
			files.set(name, {path: pathOf(repository, oid), oid});
			return name;
		},
		isAdmitted: (authorization: string | undefined): boolean =>
			tokens.has(authorization?.replace(/^Bearer /, '') ?? ''),
		find: (name: string) => files.get(name),
		expire: (): void => tokens.clear(),
	};
};

const notThere = textAnswer(404, '');

/** In the words of Atlassian's media server. */
const refuse = (status: number, code: string, title: string): Answer =>
	jsonAnswer({status, body: {error: {code, title}}});

/** Answers one request to the media server: a download, whole or from some byte on, or an upload. */
export const answerMedia = async (
	media: MediaStore,
	path: string,
	incoming: IncomingMessage,
): Promise<Answer> => {
	const file = media.find(/^\/file\/([\w-]+)\/binary$/.exec(path)?.[1] ?? '');
	if (!media.isAdmitted(incoming.headers.authorization)) {
		return refuse(403, 'ForbiddenError', 'This resource requires authorization');
	}

	if (file === undefined) {
		return notThere;
	}

	return incoming.method === 'PUT'
		? takeUpload(file, incoming)
		: sendFile(file.path, incoming.headers.range);
};

const sendFile = (path: string, range: string | undefined): Answer => {
	if (!existsSync(path)) {
		return notThere;
	}

	const {size} = statSync(path);
	const [, from] = /^bytes=(\d+)-$/.exec(range ?? '') ?? [];
	const start = Number(from ?? 0);
	if (from !== undefined && start >= size) {
		// Not 416: git-lfs asked for ever because of it.
		const title = 'range first index must not be greater than last index';
		return refuse(400, 'InvalidArgumentError', title);
	}

	const isPart = from !== undefined;
	return {
		status: isPart ? 206 : 200,
		headers: {
			'content-type': 'application/octet-stream',
			'content-length': String(size - start),
			'accept-ranges': 'bytes',
			...(isPart && {'content-range': `bytes ${start}-${size - 1}/${size}`}),
		},
		body: createReadStream(path, {start}),
	};
};

const takeUpload = async (
	{path, oid}: {readonly path: string; readonly oid: string},
	incoming: IncomingMessage,
): Promise<Answer> => {
	const aside = `${path}.${randomUUID()}`;
	mkdirSync(dirname(path), {recursive: true});
	const hash = createHash('sha256');
	const hashing = new PassThrough().on('data', (chunk: Buffer) => hash.update(chunk));
	await pipeline(incoming, hashing, createWriteStream(aside));
	if (hash.digest('hex') !== oid) {
		rmSync(aside);
		return refuse(422, 'InvalidArgumentError', 'the content is not the one that was announced');
	}

	renameSync(aside, path);
	return textAnswer(200, '');
};
