import {execFile, spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import type {IncomingMessage} from 'node:http';
import {join} from 'node:path';
import type {Readable} from 'node:stream';
import {buffer} from 'node:stream/consumers';
import {promisify} from 'node:util';
import {createGunzip} from 'node:zlib';
import type {Answer} from './answers.ts';
import {gitEnvironment} from './bare-repository.ts';

type BackendRequest = {
	/** The bare repository. */
	readonly path: string;
	readonly service: 'git-upload-pack' | 'git-receive-pack';
	/** Does it ask for the refs or, in protocol 2, for the server's capabilities? */
	readonly isAdvertisement: boolean;
	readonly incoming: IncomingMessage;
	/** Aborted when the client is gone. */
	readonly signal: AbortSignal;
};

/** One line of git's wire format: four hex digits of length, themselves included, and the text. */
export const pktLine = (text: string): string =>
	(Buffer.byteLength(text) + 4).toString(16).padStart(4, '0') + text;

/**
 * Answers with git's own server programs. An answer that depends on refs alone is remembered: a
 * process for each look would make the tests much slower.
 */
export const askBackend = async (request: BackendRequest): Promise<Answer> => {
	const {service, isAdvertisement, incoming, signal} = request;
	const body = isShort(incoming) ? await buffer(incoming) : undefined;
	const headers = {
		'content-type': `application/x-${service}-${isAdvertisement ? 'advertisement' : 'result'}`,
		'cache-control': 'no-cache',
	};
	if (!isAdvertisement && body?.includes('command=ls-refs') !== true) {
		return {status: 200, headers, body: await runServer(request, body, signal)};
	}

	// Only protocols 0 and 1 name the service first (gitprotocol-http(5), "Smart Server Response").
	const isNamed = isAdvertisement && !protocolOf(incoming).includes('version=2');
	const preamble = isNamed ? `${pktLine(`# service=${service}\n`)}0000` : '';
	const answer = await remember(keyOf(request, body), async () =>
		buffer(await runServer(request, body)),
	);
	return {status: 200, headers, body: Buffer.concat([Buffer.from(preamble), answer])};
};

const remembered = new Map<string, Promise<Buffer>>();

const remember = (key: string, ask: () => Promise<Buffer>): Promise<Buffer> => {
	const answer = remembered.get(key) ?? ask();
	remembered.set(key, answer);
	answer.catch(() => remembered.delete(key));
	return answer;
};

/** Requests for refs are short. All others may be long, and are streamed. */
const isShort = ({headers}: IncomingMessage): boolean =>
	Number(headers['content-length'] ?? 0) <= 1024 &&
	headers['content-encoding'] === undefined &&
	headers['transfer-encoding'] === undefined;

const protocolOf = ({headers}: IncomingMessage): string => String(headers['git-protocol'] ?? '');

/**
 * The request, and everything on the disk that the answer to it depends on. Repositories without
 * refs share an answer, because the path is only part of the names of the files that hold refs.
 */
const keyOf = (
	{path, service, isAdvertisement, incoming}: BackendRequest,
	body: Buffer | undefined,
): string => {
	const protocol = protocolOf(incoming);
	// A fetch in protocol 2 first asks for the capabilities, which do not depend on refs.
	const isCapabilities =
		isAdvertisement && protocol === 'version=2' && service === 'git-upload-pack';
	const parts = [
		service,
		isAdvertisement,
		protocol,
		body?.toString('latin1'),
		readIfThere(join(path, 'config')),
		...(isCapabilities ? [] : [readIfThere(join(path, 'HEAD')), ...readRefFiles(path)]),
	];
	return createHash('sha256').update(parts.join('\0')).digest('hex');
};

/** The names and texts of all files that hold refs. */
const readRefFiles = (path: string): readonly string[] => {
	const loose = readdirSync(join(path, 'refs'), {recursive: true, withFileTypes: true})
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name));
	return [join(path, 'packed-refs'), ...loose].flatMap((file) => {
		const text = readIfThere(file);
		return text === '' ? [] : [file, text];
	});
};

const readIfThere = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');

let programs: Promise<string> | undefined;

/** git's programs are started directly: `git` and `http-backend` would each be one process more. */
const findPrograms = (): Promise<string> => {
	programs ??= promisify(execFile)('git', ['--exec-path']).then(({stdout}) => stdout.trim());
	return programs;
};

/** Starts git's server program. `body` is the request's body when it has been read. */
const runServer = async (
	{path, service, isAdvertisement, incoming}: BackendRequest,
	body: Buffer | undefined,
	signal?: AbortSignal,
): Promise<Readable> => {
	const mode = isAdvertisement ? ['--advertise-refs'] : [];
	const child = spawn(join(await findPrograms(), service), ['--stateless-rpc', ...mode, path], {
		env: {...gitEnvironment(), GIT_PROTOCOL: protocolOf(incoming)},
		stdio: ['pipe', 'pipe', 'ignore'],
		...(signal && {signal}),
	});
	child.on('error', (error) => child.stdout.destroy(error));
	// git and the client may each hang up before everything was sent.
	child.stdin.on('error', () => undefined);
	if (body !== undefined) {
		child.stdin.end(body);
	} else {
		incoming.on('error', () => undefined);
		const isPacked = incoming.headers['content-encoding'] === 'gzip';
		const plain = isPacked ? incoming.pipe(createGunzip()) : incoming;
		plain.on('error', () => child.stdin.destroy()).pipe(child.stdin);
	}

	return child.stdout;
};
