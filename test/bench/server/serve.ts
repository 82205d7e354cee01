/**
 * The benchmark's Bitbucket, in a process of its own. Listings, advertisements and answers to
 * `ls-refs` come from memory, to keep the server's own cost small; packs come from git, unless the
 * offer says otherwise. It asks for a credential as a private repository does, and takes any.
 */
import {spawn} from 'node:child_process';
import {readFile} from 'node:fs/promises';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import {type AddressInfo, createServer as createNetServer} from 'node:net';
import {join} from 'node:path';
import type {Readable} from 'node:stream';
import {buffer} from 'node:stream/consumers';
import {pipeline} from 'node:stream/promises';
import {setTimeout as sleep} from 'node:timers/promises';
import {gunzipSync} from 'node:zlib';
import {gitEnvironment} from '../../../source/sandbox/bare-repository.ts';
import {pktLine} from '../../../source/sandbox/git-backend.ts';
import {lfsFolderOf} from '../scene/upstream.ts';
import {makePages} from './listing.ts';
import type {ServerAnswer, ServerRequest} from './start-server.ts';

let pages: readonly Buffer[] = [];
let paths: ReadonlyMap<string, string> = new Map();
let remembersPacks = false;
let delay = 0;
let counts = {api: 0, git: 0};
/** Whole answers, by repository and request. */
const remembered = new Map<string, Buffer>();

const remember = async (key: string, make: () => Promise<Buffer>): Promise<Buffer> => {
	const known = remembered.get(key);
	if (known !== undefined) {
		return known;
	}
	const made = await make();
	remembered.set(key, made);
	return made;
};

/** Starts the server's side of a fetch. It ends with its output, or when `signal` aborts. */
const startUploadPack = (
	path: string,
	protocol: string,
	options: readonly string[],
	input: Buffer,
	signal?: AbortSignal,
): Readable => {
	const child = spawn('git', ['upload-pack', '--stateless-rpc', ...options, path], {
		env: {...gitEnvironment(), ...(protocol === '' ? {} : {GIT_PROTOCOL: protocol})},
		stdio: ['pipe', 'pipe', 'ignore'],
		...(signal === undefined ? {} : {signal}),
	});
	child.on('error', (error) => child.stdout.destroy(error));
	child.stdin.on('error', () => undefined);
	child.stdin.end(input);
	return child.stdout;
};

const advertise = (path: string, protocol: string): Readable =>
	startUploadPack(path, protocol, ['--advertise-refs'], Buffer.alloc(0));

const answerWants = (
	path: string,
	protocol: string,
	body: Buffer,
	signal?: AbortSignal,
): Readable => startUploadPack(path, protocol, [], body, signal);

const sendPage = (url: URL, response: ServerResponse): void => {
	const page = pages[Number(url.searchParams.get('page') ?? '1') - 1];
	response.writeHead(page === undefined ? 404 : 200, {
		'content-type': 'application/json; charset=utf-8',
	});
	response.end(page);
};

const protocolOf = ({headers}: IncomingMessage): string => String(headers['git-protocol'] ?? '');

const sendRefs = async (path: string, incoming: IncomingMessage, response: ServerResponse) => {
	const protocol = protocolOf(incoming);
	const body = await remember(`${path} ${protocol}`, async () => {
		const refs = await buffer(advertise(path, protocol));
		const service = protocol.includes('2') ? '' : `${pktLine('# service=git-upload-pack\n')}0000`;
		return Buffer.concat([Buffer.from(service), refs]);
	});
	response.writeHead(200, {
		'content-type': 'application/x-git-upload-pack-advertisement',
		'content-length': body.length,
	});
	response.end(body);
};

const sendPack = async (path: string, incoming: IncomingMessage, response: ServerResponse) => {
	const sent = await buffer(incoming);
	const body = incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
	const protocol = protocolOf(incoming);
	response.writeHead(200, {'content-type': 'application/x-git-upload-pack-result'});
	if (remembersPacks || body.includes('command=ls-refs')) {
		const ask = () => buffer(answerWants(path, protocol, body));
		response.end(await remember(`${path} ${protocol} ${body.toString('latin1')}`, ask));
	} else {
		const gone = new AbortController();
		response.on('close', () => gone.abort());
		await pipeline(answerWants(path, protocol, body, gone.signal), response);
	}
};

/** The batch API: each file that is asked for has a link. */
const sendLinks = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
	const asked = JSON.parse((await buffer(incoming)).toString());
	const base = `http://${incoming.headers.host}${incoming.url?.replace('objects/batch', 'file')}`;
	const objects = asked.objects.map(({oid, size}: {oid: string; size: number}) => ({
		oid,
		size,
		actions: {download: {href: `${base}/${oid}`}},
	}));
	response.writeHead(200, {'content-type': 'application/vnd.git-lfs+json'});
	response.end(JSON.stringify({objects}));
};

const sendFile = async (path: string, oid: string, response: ServerResponse): Promise<void> => {
	const body = await readFile(join(lfsFolderOf(path), oid));
	response.writeHead(200, {'content-type': 'application/octet-stream'});
	response.end(body);
};

const sendLfs = (
	path: string,
	operation: string,
	incoming: IncomingMessage,
	response: ServerResponse,
): Promise<void> =>
	operation.endsWith('batch')
		? sendLinks(incoming, response)
		: sendFile(path, operation.slice(operation.lastIndexOf('/') + 1), response);

const gitPath =
	/^\/[^/]+\/([^/]+)\.git\/(info\/refs|git-upload-pack|info\/lfs\/objects\/batch|info\/lfs\/file\/[\da-f]{64})$/;

const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
	const url = new URL(incoming.url ?? '/', 'http://localhost');
	const [, slug = '', operation] = gitPath.exec(url.pathname) ?? [];
	counts[operation === undefined ? 'api' : 'git'] += 1;
	if (delay > 0) {
		await sleep(delay);
	}
	const path = paths.get(slug);
	if (incoming.headers.authorization === undefined) {
		response.writeHead(401, {'www-authenticate': 'Basic realm="Bitbucket.org HTTP"'});
		response.end();
	} else if (operation === undefined) {
		sendPage(url, response);
	} else if (path === undefined) {
		response.writeHead(404).end();
	} else if (operation.startsWith('info/lfs/')) {
		await sendLfs(path, operation, incoming, response);
	} else {
		await (operation === 'info/refs' ? sendRefs : sendPack)(path, incoming, response);
	}
};

const answering = createServer({keepAliveTimeout: 60_000}, (incoming, response) => {
	serve(incoming, response).catch(() => response.destroy());
});

/** A new connection costs as much as an answer, as over the internet. */
const server = createNetServer({pauseOnConnect: true}, async (socket) => {
	socket.on('error', () => undefined);
	if (delay > 0) {
		await sleep(delay);
	}
	answering.emit('connection', socket);
	socket.resume();
});

const report = (answer: ServerAnswer): void => {
	process.send?.(answer);
};

server.listen(0, '127.0.0.1', () => {
	const {port} = server.address() as AddressInfo;
	process.on('message', (request: ServerRequest) => {
		const counted = counts;
		if (request.type === 'offer') {
			pages = makePages(`http://127.0.0.1:${port}`, request.repositories);
			paths = new Map(request.repositories.map(({slug, path}) => [slug, path]));
			remembersPacks = request.remembersPacks === true;
			remembered.clear();
		} else if (request.type === 'delay') {
			delay = request.duration;
		} else {
			counts = {api: 0, git: 0};
		}
		report({type: 'done', counts: counted});
	});
	report({type: 'listening', port});
});
process.on('disconnect', () => process.exit());
