import {execFile, spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import type {IncomingMessage} from 'node:http';
import {join, relative} from 'node:path';
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
 * Answers with git's own server programs. The same question about the same files has the same answer,
 * which is remembered: processes for each look and each fetch would make the tests much slower.
 */
export const askBackend = async (request: BackendRequest): Promise<Answer> => {
	const {service, isAdvertisement, incoming, signal} = request;
	const body = isShort(incoming) ? await buffer(incoming) : undefined;
	const headers = {
		'content-type': `application/x-${service}-${isAdvertisement ? 'advertisement' : 'result'}`,
		'cache-control': 'no-cache',
	};
	const key = keyOf(request, body);
	if (key === undefined) {
		return {status: 200, headers, body: await runServer(request, body, signal)};
	}

	// Only protocols 0 and 1 name the service first (gitprotocol-http(5), "Smart Server Response").
	const isNamed = isAdvertisement && !protocolOf(incoming).includes('version=2');
	const preamble = isNamed ? `${pktLine(`# service=${service}\n`)}0000` : '';
	const answer = await remember(key, async () => buffer(await runServer(request, body)));
	return {status: 200, headers, body: Buffer.concat([Buffer.from(preamble), answer])};
};

const remembered = new Map<string, Promise<Buffer>>();

const remember = (key: string, ask: () => Promise<Buffer>): Promise<Buffer> => {
	const answer = remembered.get(key) ?? ask();
	remembered.set(key, answer);
	answer.catch(() => remembered.delete(key));
	return answer;
};

/** Questions about refs, and those of small fetches. All others may be long, and are streamed. */
const isShort = ({headers}: IncomingMessage): boolean =>
	Number(headers['content-length'] ?? 0) <= 1024 &&
	headers['content-encoding'] === undefined &&
	headers['transfer-encoding'] === undefined;

const protocolOf = ({headers}: IncomingMessage): string => String(headers['git-protocol'] ?? '');

/**
 * The question, and all files that the answer depends on, but not where they are: two repositories
 * with the same files share their answers. Undefined when the answer may be long or changes something.
 */
const keyOf = (request: BackendRequest, body: Buffer | undefined): string | undefined => {
	const {service, isAdvertisement, incoming} = request;
	const files = readDecisive(request, body);
	const question = [service, isAdvertisement, protocolOf(incoming), body?.toString('latin1')];
	return (
		files &&
		createHash('sha256')
			.update([...question, ...files].join('\0'))
			.digest('hex')
	);
};

/** The names and texts of the files that decide about the answer. */
const readDecisive = (
	{path, service, isAdvertisement, incoming}: BackendRequest,
	body: Buffer | undefined,
): readonly string[] | undefined => {
	const isFetch = service === 'git-upload-pack';
	// A fetch in protocol 2 first asks for the capabilities, which do not depend on refs.
	if (isAdvertisement && isFetch && protocolOf(incoming) === 'version=2') {
		return readFiles(path, ['config']);
	}
	if (isAdvertisement || body?.includes('command=ls-refs')) {
		return readFiles(path, ['config', 'HEAD', 'packed-refs', ...listFiles(path, 'refs')]);
	}
	return isFetch && body !== undefined ? readIfSmall(path) : undefined;
};

/** So small that reading all of it takes less time than starting a process. */
const mostFiles = 200;
const mostBytes = 500_000;

const readIfSmall = (path: string): readonly string[] | undefined => {
	const names = listFiles(path, '');
	const isSmall =
		names.length <= mostFiles &&
		names.reduce((sum, name) => sum + sizeOf(join(path, name)), 0) <= mostBytes;
	return isSmall ? readFiles(path, names) : undefined;
};

const sizeOf = (file: string): number => statSync(file, {throwIfNoEntry: false})?.size ?? 0;

const listFiles = (path: string, folder: string): readonly string[] =>
	readdirSync(join(path, folder), {recursive: true, withFileTypes: true})
		.filter((entry) => entry.isFile())
		.map((entry) => relative(path, join(entry.parentPath, entry.name)))
		.toSorted();

const readFiles = (path: string, names: readonly string[]): readonly string[] =>
	names.flatMap((name) => {
		const file = join(path, name);
		return existsSync(file) ? [name, readFileSync(file, 'latin1')] : [];
	});

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
