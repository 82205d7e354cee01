import type {IncomingMessage, ServerResponse} from 'node:http';
import {text} from 'node:stream/consumers';
import {describe, expect, it} from 'vitest';
import {basic, connect, errorOf, failureOf, never} from './sources.ts';
import {type Server, startServer} from './start-server.ts';

const type = 'application/x-git-upload-pack-result';

/** Asks for a pack. `maxSilence` is a time that no test waits for. */
const ask = ({origin}: Server, signal = never, maxSilence = 60_000) =>
	connect(origin).requestPack(`${origin}/acme/api.git`, {body: 'wants', signal, maxSilence});

const read = async (asked: Promise<AsyncIterable<Buffer>>): Promise<string> => {
	let all = '';
	for await (const chunk of await asked) {
		all += chunk.toString();
	}

	return all;
};

/** Sends the head of an answer and its first bytes, and no more. */
const begin = (_: IncomingMessage, response: ServerResponse): void => {
	response.writeHead(200, {'content-type': type});
	response.write('PACK');
};

/** Sends the head of an answer a byte at a time, without end. */
const trickle = ({socket}: IncomingMessage): void => {
	socket.write('HTTP/1.1 200 OK\r\nname: ');
	const timer = setInterval(() => socket.write('a'), 5);
	socket.once('close', () => clearInterval(timer));
};

/** A server, and the end of the connection over which it was asked. */
const startWatched = async (
	answer: (request: IncomingMessage, response: ServerResponse) => void,
) => {
	const {promise: ended, resolve} = Promise.withResolvers<void>();
	const server = await startServer((request, response) => {
		request.socket.once('close', resolve);
		answer(request, response);
	});
	return {server, ended};
};

describe('requestPack', () => {
	it('asks like git with version 2 of its protocol, and gives the bytes', async () => {
		const bodies: string[] = [];
		const server = await startServer(async (request, response) => {
			bodies.push(await text(request));
			response.writeHead(200, {'content-type': `${type}; charset=binary`});
			response.end('PACK');
		});
		expect(await read(ask(server))).toBe('PACK');
		expect(bodies).toEqual(['wants']);
		expect(server.requests[0]).toMatchObject({
			method: 'POST',
			url: '/acme/api.git/git-upload-pack',
			headers: {
				'git-protocol': 'version=2',
				'user-agent': 'git/cistern-1.2.3',
				authorization: basic('ann'),
			},
		});
	});

	it('uses a connection again, after a refusal too', async () => {
		const server = await startServer((request, response) => {
			const isFirst = server.requests[0] === request;
			response.writeHead(isFirst ? 503 : 200, {'content-type': type});
			response.end('PACK');
		});
		const bitbucket = connect(server.origin);
		const again = () =>
			read(
				bitbucket.requestPack(`${server.origin}/acme/api.git`, {
					body: 'wants',
					signal: never,
					maxSilence: 60_000,
				}),
			);
		await failureOf(again());
		expect(await again()).toBe('PACK');
		expect(await again()).toBe('PACK');
		expect(server.connections()).toBe(1);
	});

	it.each([
		[401, {kind: 'credentials-refused', door: 'git'}],
		[429, {kind: 'rate-limited', retryAfter: 7000}],
		[503, {kind: 'server-error', status: 503, message: 'words'}],
		[400, {kind: 'unexpected-answer', detail: 'status 400: words'}],
		[200, {kind: 'unexpected-answer', detail: 'the answer is text/plain, not a pack'}],
	])('reads the meaning of a status of %i', async (status, expected) => {
		const server = await startServer((_, response) => {
			response.writeHead(status, {'content-type': 'text/plain', 'retry-after': '7'});
			response.end('words');
		});
		expect(await failureOf(ask(server))).toEqual(expected);
	});

	it("recognizes Bitbucket's own trouble, after which git would not start either", async () => {
		const server = await startServer((_, response) => {
			response.end('Error running git: fork/exec /usr/bin/git-upload-pack: no such file');
		});
		expect(await failureOf(ask(server))).toMatchObject({kind: 'server-error', status: 200});
	});

	it('follows no redirect, not even on its own host', async () => {
		const server = await startServer((_, response) => {
			response.writeHead(307, {location: '/acme/new.git/git-upload-pack'});
			response.end();
		});
		expect(await failureOf(ask(server))).toMatchObject({kind: 'address-refused'});
		expect(server.requests).toHaveLength(1);
	});

	it.each([
		['before an answer', () => {}],
		['in its middle', begin],
		[
			'in the middle of a refusal',
			(_: IncomingMessage, response: ServerResponse) => {
				response.writeHead(503);
				response.write('words');
			},
		],
	])('ends the connection when the run stops %s', async (_, answer) => {
		const stop = new AbortController();
		const {server, ended} = await startWatched((request, response) => {
			answer(request, response);
			setImmediate(() => stop.abort(new Error('stopped')));
		});
		expect(await errorOf(read(ask(server, stop.signal)))).toMatchObject({message: 'stopped'});
		await ended;
	});

	it('ends the connection when its reader stops', async () => {
		const {server, ended} = await startWatched(begin);
		for await (const _ of await ask(server)) {
			break;
		}

		await ended;
	});

	it.each([
		['nothing comes', () => {}],
		['no whole head comes', trickle],
		['nothing comes after the head', begin],
	])('ends a connection over which %s', async (_, answer) => {
		const {server, ended} = await startWatched(answer);
		const failure = await failureOf(read(ask(server, never, 50)));
		expect(failure).toMatchObject({kind: 'network', problem: 'timeout'});
		await ended;
	});
});
