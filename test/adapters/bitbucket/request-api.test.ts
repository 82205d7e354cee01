import type {ServerResponse} from 'node:http';
import {createGzip, gzipSync} from 'node:zlib';
import {describe, expect, it} from 'vitest';
import {apiLimits, requestApi} from '../../../source/adapters/bitbucket/request-api.ts';
import {makeAgents} from '../../../source/adapters/network/agents.ts';
import {failureOf, never} from './sources.ts';
import {startServer} from './start-server.ts';

type Timeouts = typeof apiLimits.timeouts;

const ask = (origin: string, limits: {bytes?: number; timeouts?: Partial<Timeouts>} = {}) =>
	requestApi(
		`${origin}/2.0/user`,
		{agents: makeAgents(), userAgent: 'cistern', authorization: () => undefined},
		never,
		{
			bytes: limits.bytes ?? apiLimits.bytes,
			timeouts: {...apiLimits.timeouts, ...limits.timeouts},
		},
	);

/** Resolves when the server sees the connection closed. */
const watchClose = () => {
	const {promise, resolve} = Promise.withResolvers<void>();
	return {closed: promise, watch: (response: ServerResponse) => response.on('close', resolve)};
};

describe('requestApi', () => {
	it('unpacks a packed answer', async () => {
		const server = await startServer((request, response) => {
			expect(request.headers['accept-encoding']).toContain('gzip');
			response.setHeader('content-encoding', 'gzip');
			response.end(gzipSync('{"slug":"é"}'));
		});
		expect((await ask(server.origin)).text).toBe('{"slug":"é"}');
	});

	it('reads an answer of the longest size, and none that is longer', async () => {
		const server = await startServer((_, response) => response.end('x'.repeat(5000)));
		expect((await ask(server.origin, {bytes: 5000})).text).toHaveLength(5000);
		expect(await failureOf(ask(server.origin, {bytes: 4999}))).toMatchObject({
			kind: 'answer-refused',
		});
	});

	it('stops reading an answer that never ends, and closes the connection', async () => {
		const {closed, watch} = watchClose();
		const server = await startServer((_, response) => {
			watch(response);
			const write = (): void => {
				response.write('x'.repeat(10_000));
				if (!response.destroyed) {
					setImmediate(write);
				}
			};
			write();
		});
		expect(await failureOf(ask(server.origin, {bytes: 100_000}))).toMatchObject({
			kind: 'answer-refused',
		});
		await closed;
	});

	it('counts the unpacked bytes of a packed answer', async () => {
		const {closed, watch} = watchClose();
		const server = await startServer((_, response) => {
			watch(response);
			response.setHeader('content-encoding', 'gzip');
			const gzip = createGzip();
			gzip.pipe(response);
			const zeros = Buffer.alloc(1024 * 1024);
			const write = (): void => {
				if (!response.destroyed) {
					gzip.write(zeros, () => setImmediate(write));
				}
			};
			write();
		});
		expect(await failureOf(ask(server.origin, {bytes: 3_000_000}))).toMatchObject({
			kind: 'answer-refused',
		});
		await closed;
	});

	it('tells a packed answer that was cut short from one that is not packed', async () => {
		const packed = gzipSync('{"slug":"acme"}');
		const half = await startServer((_, response) => {
			response.setHeader('content-encoding', 'gzip');
			response.end(packed.subarray(0, packed.length - 10));
		});
		const garbled = await startServer((_, response) => {
			response.setHeader('content-encoding', 'gzip');
			response.end('{"slug":"acme"}');
		});
		expect(await failureOf(ask(half.origin))).toMatchObject({
			kind: 'network',
			problem: 'cut-short',
		});
		expect(await failureOf(ask(garbled.origin))).toMatchObject({kind: 'unexpected-answer'});
	});

	it.each([
		['answers nothing', {response: 30}, () => {}],
		['falls silent', {socket: 30}, (response: ServerResponse) => response.write('{')],
		[
			'drips',
			{request: 60},
			(response: ServerResponse) => {
				const timer = setInterval(() => response.write(' '), 5);
				response.on('close', () => clearInterval(timer));
			},
		],
	])('gives up on a server that %s', async (_, timeouts: Partial<Timeouts>, answer) => {
		const server = await startServer((_request, response) => {
			answer(response);
		});
		expect(await failureOf(ask(server.origin, {timeouts}))).toMatchObject({
			kind: 'network',
			problem: 'timeout',
		});
	});

	it('uses a connection again through the given agents', async () => {
		const server = await startServer((_, response) => response.end('{}'));
		const agents = makeAgents();
		const client = {agents, userAgent: 'cistern', authorization: () => undefined};
		for (let count = 0; count < 4; count += 1) {
			await requestApi(`${server.origin}/2.0/user`, client, never);
		}
		expect(server.connections()).toBe(1);
	});

	it('calls an answer that is not HTTP unexpected', async () => {
		const server = await startServer((request) => {
			request.socket.end('SSH-2.0-OpenSSH_9\r\n\r\n');
		});
		expect(await failureOf(ask(server.origin))).toMatchObject({kind: 'unexpected-answer'});
	});
});
