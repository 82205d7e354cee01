import {execFile, spawn} from 'node:child_process';
import type {IncomingMessage} from 'node:http';
import {join} from 'node:path';
import type {Readable, Writable} from 'node:stream';
import {promisify} from 'node:util';
import {createGunzip} from 'node:zlib';
import type {Answer} from './answer.ts';
import {pktLine} from './pkt-line.ts';
import {gitEnvironment} from './run-git.ts';

export type GitService = 'git-upload-pack' | 'git-receive-pack';

export type BackendRequest = {
	/** The bare repository. */
	readonly path: string;
	readonly service: GitService;
	/** Does it ask for the refs or, with protocol 2, for what the server can do? */
	readonly isAdvertisement: boolean;
	readonly incoming: IncomingMessage;
	/** Aborted as soon as nobody waits for the answer any more. */
	readonly signal: AbortSignal;
};

let programs: Promise<string> | undefined;

/** Started without the `git` in front of them, which saves a process a request. */
const findPrograms = (): Promise<string> => {
	programs ??= promisify(execFile)('git', ['--exec-path']).then(({stdout}) => stdout.trim());
	return programs;
};

export const protocolOf = ({headers}: IncomingMessage): string => {
	const value = headers['git-protocol'];
	return typeof value === 'string' ? value : '';
};

/** Only protocols 0 and 1 name the service first (gitprotocol-http(5), "Smart Server Response"). */
const preamble = ({service, isAdvertisement, incoming}: BackendRequest): string =>
	isAdvertisement && !protocolOf(incoming).includes('version=2')
		? `${pktLine(`# service=${service}\n`)}0000`
		: '';

/** An answer of git's server program, whoever wrote it. */
export const gitAnswer = (request: BackendRequest, body: string | Readable): Answer => {
	const {service, isAdvertisement} = request;
	return {
		status: 200,
		headers: {
			'content-type': `application/x-${service}-${isAdvertisement ? 'advertisement' : 'result'}`,
			'cache-control': 'no-cache',
		},
		body: typeof body === 'string' ? preamble(request) + body : body,
	};
};

/**
 * Hands one request to git's own server program; both bodies are streamed. `given` is the body of
 * the request where that has been read.
 */
export const askBackend = async (request: BackendRequest, given?: Buffer): Promise<Answer> => {
	const {path, service, isAdvertisement, incoming, signal} = request;
	const mode = isAdvertisement ? ['--advertise-refs'] : [];
	const child = spawn(join(await findPrograms(), service), ['--stateless-rpc', ...mode, path], {
		env: {...gitEnvironment(), GIT_PROTOCOL: protocolOf(incoming)},
		stdio: ['pipe', 'pipe', 'ignore'],
		signal,
	});
	// Both ends may hang up early: what is left is told by the answer, or by nobody waiting for it.
	child.on('error', () => child.stdout.destroy());
	child.stdin.on('error', () => undefined);
	if (given === undefined) {
		pipeBody(incoming, child.stdin);
	} else {
		child.stdin.end(given);
	}
	child.stdout.unshift(preamble(request));
	return gitAnswer(request, child.stdout);
};

const pipeBody = (incoming: IncomingMessage, stdin: Writable): void => {
	incoming.on('error', () => undefined);
	const isPacked = incoming.headers['content-encoding'] === 'gzip';
	const body = isPacked ? incoming.pipe(createGunzip()) : incoming;
	body.on('error', () => stdin.destroy()).pipe(stdin);
};
