import type {IncomingMessage, ServerResponse} from 'node:http';
import {inspect} from 'node:util';
import {describe, expect, it} from 'vitest';
import type {Connection} from '../../../source/adapters/bitbucket/bitbucket.ts';
import {type Failure, FailureError} from '../../../source/domain/failure/failure.ts';
import {accessToken, apiToken, canary, connect, errorOf, failureOf, never} from './sources.ts';
import {sendJson, startServer} from './start-server.ts';

/** The token, plain and encoded. */
const forms = [
	canary,
	Buffer.from(`ann@example.com:${canary}`).toString('base64'),
	Buffer.from(`ann:${canary}`).toString('base64'),
	Buffer.from(`x-token-auth:${canary}`).toString('base64'),
	encodeURIComponent(canary),
];

/** Every text that a log or `console` could make of an error. */
const renderings = (error: unknown): string =>
	[
		inspect(error, {depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true}),
		JSON.stringify(error),
		String(error),
		error instanceof Error ? `${error.stack}${inspect(error.cause, {depth: 20})}` : '',
		error instanceof FailureError ? JSON.stringify(error.failure) : '',
	].join('\n');

const expectClean = (error: unknown): void => {
	const text = renderings(error);
	for (const form of forms) {
		expect(text).not.toContain(form);
	}
};

const calls: readonly (readonly [
	string,
	(bitbucket: Connection, origin: string) => Promise<unknown>,
])[] = [
	['readAccount', (bitbucket) => bitbucket.readAccount(never)],
	['readWorkspace', (bitbucket) => bitbucket.readWorkspace(never)],
	['listWorkspaces', (bitbucket) => bitbucket.listWorkspaces(never)],
	['readRepositoryPage', (bitbucket) => bitbucket.readRepositoryPage(undefined, never)],
	[
		'readMetadata',
		async (bitbucket) => {
			// Some refusals are answers and no errors. They hold the server's words too.
			throw await bitbucket.readMetadata({kind: 'members'}, never);
		},
	],
	[
		'readAdvertisement',
		(bitbucket, origin) => bitbucket.readAdvertisement(`${origin}/acme/api.git`, never),
	],
	[
		'requestPack',
		(bitbucket, origin) =>
			bitbucket.requestPack(`${origin}/acme/api.git`, {
				body: '0000',
				signal: never,
				maxSilence: 60_000,
			}),
	],
];

/** A server that repeats the whole request, as a debugging proxy does. */
const echo =
	(status: number, type: string) => (request: IncomingMessage, response: ServerResponse) => {
		const told = `${request.headers.authorization} ${canary}`;
		response.writeHead(status, {'content-type': type, 'x-told': told});
		const message = `${'x'.repeat(250)} ${told} ${told}`;
		response.end(
			type === 'text/plain' ? message : JSON.stringify({error: {message, detail: told}}),
		);
	};

describe('no error contains the token', () => {
	const answers: readonly (readonly [
		string,
		(request: IncomingMessage, response: ServerResponse) => void,
	])[] = [
		...[400, 401, 402, 404, 410, 429, 500, 555].flatMap((status) =>
			['application/json', 'text/plain'].map(
				(type) => [`repeats it with status ${status} as ${type}`, echo(status, type)] as const,
			),
		),
		['repeats it with status 200 as text', echo(200, 'text/plain')],
		[
			'repeats it as the type of its answer',
			(request, response) => {
				response.writeHead(200, {'content-type': `text/${request.headers.authorization}${canary}`});
				response.end();
			},
		],
		[
			'repeats it as a redirect',
			(request, response) => {
				response.writeHead(302, {location: `https://x/${request.headers.authorization}${canary}`});
				response.end();
			},
		],
		[
			'repeats it as a host to go to',
			(_, response) => {
				response.writeHead(302, {location: `nonsense://${canary}/`});
				response.end();
			},
		],
		[
			'repeats it in place of refs',
			(request, response) => {
				response.writeHead(200, {'content-type': 'application/x-git-upload-pack-advertisement'});
				response.end(
					`001e# service=git-upload-pack\n0000${request.headers.authorization}${canary}`,
				);
			},
		],
		['breaks the connection', (_, response) => response.destroy()],
		[
			'breaks off its answer',
			(_, response) => {
				response.writeHead(200, {'content-type': 'application/json', 'content-length': '1000'});
				response.write('{', () => response.destroy());
			},
		],
		['is no web server', (request) => request.socket.end('garbage\r\n\r\n')],
	];

	it.each(answers)('from a server that %s', async (_, answer) => {
		const server = await startServer(answer);
		for (const credential of [apiToken, accessToken]) {
			for (const [, call] of calls) {
				expectClean(await errorOf(call(connect(server.origin, credential), server.origin)));
			}
		}
	});

	it('where nothing listens', async () => {
		const origin = 'http://127.0.0.1:1';
		for (const [, call] of calls) {
			expectClean(await errorOf(call(connect(origin), origin)));
		}
	});

	it('where a clone link holds it', async () => {
		const bitbucket = connect('https://api.bitbucket.org/2.0');
		for (const url of [
			`https://ann:${canary}@bitbucket.org/acme/api.git`,
			`https://evil.example/${canary}`,
			canary,
		]) {
			expectClean(await errorOf((async () => bitbucket.checkCloneUrl(url))()));
		}
	});

	it('where the connection itself is shown', () => {
		const text = inspect(connect('http://127.0.0.1:1'), {depth: 20, showHidden: true});
		expect(text).not.toContain(canary);
	});
});

describe('no other host receives the credential', () => {
	it.each(calls)('by a redirect of %s to another host, port or scheme', async (_, call) => {
		const other = await startServer((_request, response) => sendJson(response, {}));
		const {port} = new URL(other.origin);
		for (const location of [
			other.origin,
			`//127.0.0.1:${port}/x`,
			`http://localhost:${port}/`,
			`http://ann:pass@127.0.0.1:${port}/`,
			'https://evil.example/',
			'file:///etc/passwd',
			'http://[broken',
		]) {
			const server = await startServer((_request, response) => {
				response.writeHead(302, {location});
				response.end();
			});
			const failure = await failureOf(call(connect(server.origin), server.origin));
			expect(failure.kind).toBe('address-refused');
			expect(server.requests).toHaveLength(1);
		}
		expect(other.requests).toHaveLength(0);
	});

	it('by a redirect to the same host with a user name', async () => {
		const server = await startServer((request, response) => {
			response.writeHead(302, {location: `http://x:y@${request.headers.host}/`});
			response.end();
		});
		const failure = await failureOf(connect(server.origin).readWorkspace(never));
		expect(failure.kind).toBe('address-refused');
		expect(server.requests).toHaveLength(1);
	});

	it('by the next page, neither given nor taken', async () => {
		const other = await startServer((_, response) => sendJson(response, {values: []}));
		const own: {origin?: string} = {};
		for (const next of [
			`${other.origin}/2.0/repositories/acme?page=2`,
			'https://evil.example/',
			'//evil.example/',
			'/2.0/repositories/acme?page=2',
			'javascript:alert(1)',
			() => own.origin?.replace('http://', 'http://ann:pass@'),
			() => own.origin?.replace('http://', 'https://'),
		]) {
			const server = await startServer((_, response) => {
				own.origin = server.origin;
				sendJson(response, {values: [], next: typeof next === 'string' ? next : next()});
			});
			const bitbucket = connect(server.origin);
			const expected: Partial<Failure> = {kind: 'address-refused'};
			expect(await failureOf(bitbucket.readRepositoryPage(undefined, never))).toMatchObject(
				expected,
			);
			expect(await failureOf(bitbucket.listWorkspaces(never))).toMatchObject(expected);
			if (typeof next === 'string') {
				expect(await failureOf(bitbucket.readRepositoryPage(next, never))).toMatchObject(expected);
			}
			expect(server.requests).toHaveLength(2);
		}
		expect(other.requests).toHaveLength(0);
	});

	it('by a clone link, refused before anything is sent', async () => {
		const other = await startServer((_, response) => response.end());
		const server = await startServer((_, response) => response.end());
		const bitbucket = connect(server.origin);
		for (const url of [
			`${other.origin}/acme/api.git`,
			`${server.origin.replace('127.0.0.1', 'localhost')}/acme/api.git`,
			`${server.origin.replace('http:', 'https:')}/acme/api.git`,
			`${server.origin.replace('//', '//ann@')}/acme/api.git`,
			'https://bitbucket.org/acme/api.git',
			'ssh://git@bitbucket.org/acme/api.git',
			'file:///etc',
			'--upload-pack=x',
		]) {
			expect(await failureOf((async () => bitbucket.checkCloneUrl(url))())).toMatchObject({
				kind: 'address-refused',
			});
			expect(await failureOf(bitbucket.readAdvertisement(url, never))).toMatchObject({
				kind: 'address-refused',
			});
		}
		expect([...other.requests, ...server.requests]).toHaveLength(0);
		expect(bitbucket.checkCloneUrl(`${server.origin}/acme/api.git`)).toBe(
			`${server.origin}/acme/api.git`,
		);
	});
});
