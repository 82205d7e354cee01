import {execFile, spawn} from 'node:child_process';
import type {IncomingMessage} from 'node:http';
import {join} from 'node:path';
import type {Readable} from 'node:stream';
import {promisify} from 'node:util';
import type {Answer} from './answer.ts';
import {gitEnvironment} from './run-git.ts';

export type BackendRequest = {
	/** The bare repository. */
	readonly path: string;
	/** `/info/refs`, `/git-upload-pack` or `/git-receive-pack`. */
	readonly operation: string;
	readonly query: string;
	readonly incoming: IncomingMessage;
	/** Aborted as soon as nobody waits for the answer any more. */
	readonly signal: AbortSignal;
};

let program: Promise<string> | undefined;

/** Started without the `git` in front of it, which saves a process a request. */
const findProgram = (): Promise<string> => {
	program ??= promisify(execFile)('git', ['--exec-path']).then(({stdout}) =>
		join(stdout.trim(), 'git-http-backend'),
	);
	return program;
};

const headerText = (value: string | readonly string[] | undefined): string =>
	typeof value === 'string' ? value : (value?.join(', ') ?? '');

/** The CGI variables that `git help http-backend` names. */
const variables = ({path, operation, query, incoming}: BackendRequest): Record<string, string> => {
	const {headers} = incoming;
	return {
		...gitEnvironment(),
		GIT_PROJECT_ROOT: path,
		GIT_HTTP_EXPORT_ALL: '1',
		PATH_INFO: operation,
		QUERY_STRING: query,
		REQUEST_METHOD: incoming.method ?? 'GET',
		REMOTE_ADDR: '127.0.0.1',
		CONTENT_TYPE: headerText(headers['content-type']),
		...(headers['content-length'] && {CONTENT_LENGTH: headers['content-length']}),
		...(headers['content-encoding'] && {HTTP_CONTENT_ENCODING: headers['content-encoding']}),
		...(headers['git-protocol'] && {GIT_PROTOCOL: headerText(headers['git-protocol'])}),
	};
};

const headEnd = '\r\n\r\n';

/** Reads up to the empty line and leaves the rest in the stream. */
const readHead = (output: Readable): Promise<string> =>
	new Promise((resolve, reject) => {
		let gathered = Buffer.alloc(0);
		const stop = (): void => {
			output.off('readable', onReadable).off('end', onEnd).off('error', reject);
		};
		const onEnd = (): void => reject(new Error('git http-backend ended without an answer'));
		const onReadable = (): void => {
			for (let chunk = output.read(); chunk !== null; chunk = output.read()) {
				gathered = Buffer.concat([gathered, chunk]);
				const end = gathered.indexOf(headEnd);
				if (end >= 0) {
					stop();
					output.unshift(gathered.subarray(end + headEnd.length));
					resolve(gathered.subarray(0, end).toString());
					return;
				}
			}
		};
		output.on('readable', onReadable).on('end', onEnd).on('error', reject);
	});

const parseHead = (head: string): {status: number; headers: Record<string, string>} => {
	const pairs = head.split('\r\n').map((line): [string, string] => {
		const colon = line.indexOf(':');
		return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
	});
	const {status = '200', ...headers} = Object.fromEntries(pairs);
	return {status: Number.parseInt(status, 10), headers};
};

/** Hands one request to git's own HTTP server program; both bodies are streamed. */
export const askBackend = async (request: BackendRequest): Promise<Answer> => {
	const child = spawn(await findProgram(), [], {
		env: variables(request),
		stdio: ['pipe', 'pipe', 'ignore'],
		signal: request.signal,
	});
	// Both ends may hang up early: what is left is told by the answer, or by nobody waiting for it.
	child.on('error', () => child.stdout.destroy());
	child.stdin.on('error', () => undefined);
	request.incoming.on('error', () => undefined);
	request.incoming.pipe(child.stdin);
	const {status, headers} = parseHead(await readHead(child.stdout));
	return {status, headers, body: child.stdout};
};
