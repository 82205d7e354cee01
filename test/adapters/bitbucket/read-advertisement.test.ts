import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import type {ServerResponse} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {describe, expect, it, onTestFinished, vi} from 'vitest';
import {
	type GitLimits,
	gitLimits,
	readAdvertisement,
} from '../../../source/adapters/bitbucket/read-advertisement.ts';
import {makeAgents} from '../../../source/adapters/network/agents.ts';
import {accessToken, basic, connect, errorOf, failureOf, never} from './sources.ts';
import {startServer} from './start-server.ts';

const advertisementType = 'application/x-git-upload-pack-advertisement';

const sendAdvertisement = (response: ServerResponse, body: string | Buffer): void => {
	response.writeHead(200, {'content-type': advertisementType});
	response.end(body);
};

const emptyAdvertisement = '001e# service=git-upload-pack\n00000000';

/** A real repository with two branches, an annotated tag and a note, as git advertises it. */
const advertiseRealRepository = () => {
	const folder = mkdtempSync(join(tmpdir(), 'cistern-advertise-'));
	onTestFinished(() => rmSync(folder, {recursive: true, force: true}));
	const git = (...args: string[]): Buffer =>
		execFileSync('git', ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', ...args], {
			cwd: folder,
			env: {PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1'},
		});
	git('init', '--quiet', '--initial-branch=trunk');
	git('commit', '--quiet', '--allow-empty', '--message=one');
	git('branch', 'feature/日本');
	git('tag', '--annotate', '--message=v1', 'v1');
	git('update-ref', 'refs/notes/x', 'HEAD');
	const list = git('for-each-ref', '--format=%(refname) %(objectname)');
	const body = git('upload-pack', '--stateless-rpc', '--advertise-refs', '.');
	return {
		body: Buffer.concat([Buffer.from('001e# service=git-upload-pack\n0000'), body]),
		refs: new Map(
			list
				.toString()
				.trimEnd()
				.split('\n')
				.map((line): [string, string] => [line.split(' ')[0] ?? '', line.split(' ')[1] ?? '']),
		),
	};
};

describe('readAdvertisement', () => {
	it('reads what git advertises about a real repository, with one request', async () => {
		const {body, refs} = advertiseRealRepository();
		const server = await startServer((_, response) => sendAdvertisement(response, body));
		const url = `${server.origin}/acme/api.git`;
		const advertisement = await connect(server.origin).readAdvertisement(url, never);
		expect(advertisement).toEqual({refs, head: 'refs/heads/trunk', refused: []});
		expect(refs.size).toBe(4);
		expect(server.requests).toHaveLength(1);
	});

	it("asks like git with the oldest protocol, with git's user name", async () => {
		const server = await startServer((_, response) =>
			sendAdvertisement(response, emptyAdvertisement),
		);
		const url = `${server.origin}/acme/api.git`;
		await connect(server.origin).readAdvertisement(url, never);
		await connect(server.origin, accessToken).readAdvertisement(url, never);
		await connect(server.origin, {kind: 'none'}).readAdvertisement(url, never);
		expect(server.requests[0]?.url).toBe('/acme/api.git/info/refs?service=git-upload-pack');
		expect(server.requests[0]?.headers).not.toHaveProperty('git-protocol');
		expect(server.requests[0]?.headers['user-agent']).toBe('git/cistern-1.2.3');
		expect(server.requests.map(({headers}) => headers.authorization)).toEqual([
			basic('ann'),
			basic('x-token-auth'),
			undefined,
		]);
	});

	it('uses a connection again', async () => {
		const server = await startServer((_, response) =>
			sendAdvertisement(response, emptyAdvertisement),
		);
		const bitbucket = connect(server.origin);
		for (const name of ['a', 'b', 'c', 'd']) {
			await bitbucket.readAdvertisement(`${server.origin}/acme/${name}.git`, never);
		}
		expect(server.connections()).toBe(1);
	});

	it('finds no refs in an empty repository', async () => {
		const server = await startServer((_, response) =>
			sendAdvertisement(response, emptyAdvertisement),
		);
		const url = `${server.origin}/acme/api.git`;
		expect(await connect(server.origin).readAdvertisement(url, never)).toEqual({
			refs: new Map(),
			head: undefined,
			refused: [],
		});
	});

	it.each([
		[401, '', {kind: 'credentials-refused', door: 'git'}],
		[403, '', {kind: 'permission-missing', door: 'git', required: []}],
		[
			403,
			'Your IP is not allowed',
			{kind: 'forbidden', door: 'git', message: 'Your IP is not allowed'},
		],
		[
			404,
			'Repository not found',
			{kind: 'not-found', door: 'git', message: 'Repository not found'},
		],
		[410, 'App passwords are gone', {kind: 'gone', door: 'git', message: 'App passwords are gone'}],
		[429, '', {kind: 'rate-limited', retryAfter: 7000}],
		[503, '<html>Sorry</html>', {kind: 'server-error', status: 503, message: ''}],
	])('reads the meaning of a status of %i with the body %j', async (status, body, expected) => {
		const server = await startServer((_, response) => {
			response.writeHead(status, {'content-type': 'text/plain', 'retry-after': '7'});
			response.end(body);
		});
		const work = connect(server.origin).readAdvertisement(`${server.origin}/acme/api.git`, never);
		expect(await failureOf(work)).toEqual(expected);
	});

	it("recognizes Bitbucket's own trouble in an answer of another type", async () => {
		const server = await startServer((_, response) => {
			response.end('Error running git: fork/exec /usr/bin/git-upload-pack: no such file');
		});
		const work = connect(server.origin).readAdvertisement(`${server.origin}/acme/api.git`, never);
		expect(await failureOf(work)).toMatchObject({kind: 'server-error', status: 200});
	});

	it('never reads a page as a list of refs, with any status', async () => {
		const server = await startServer((_, response) => {
			response.setHeader('content-type', 'text/html; charset=utf-8');
			response.end(emptyAdvertisement);
		});
		const work = connect(server.origin).readAdvertisement(`${server.origin}/acme/api.git`, never);
		expect(await failureOf(work)).toEqual({
			kind: 'unexpected-answer',
			detail: 'the answer is text/html; charset=utf-8, not a plain advertisement of refs',
		});
	});

	it('does not unpack an answer that should have come unpacked', async () => {
		const server = await startServer((request, response) => {
			expect(request.headers['accept-encoding']).toBe('identity');
			response.setHeader('content-encoding', 'gzip');
			sendAdvertisement(response, gzipSync(emptyAdvertisement));
		});
		const work = connect(server.origin).readAdvertisement(`${server.origin}/acme/api.git`, never);
		expect(await failureOf(work)).toMatchObject({
			kind: 'unexpected-answer',
			detail: expect.stringContaining('packed'),
		});
	});

	it('calls a list cut short if the connection breaks in the middle', async () => {
		const {body} = advertiseRealRepository();
		const server = await startServer((_, response) => {
			response.writeHead(200, {'content-type': advertisementType});
			response.write(body.subarray(0, -4), () => response.destroy());
		});
		const work = connect(server.origin).readAdvertisement(`${server.origin}/acme/api.git`, never);
		expect(await failureOf(work)).toMatchObject({kind: 'network', problem: 'cut-short'});
	});

	it('follows a redirect on the same host, with the credential', async () => {
		const server = await startServer((request, response) => {
			if (request.url?.startsWith('/acme/old.git') === true) {
				response.writeHead(301, {location: '/acme/new.git/info/refs?service=git-upload-pack'});
				response.end();
			} else {
				sendAdvertisement(response, emptyAdvertisement);
			}
		});
		await connect(server.origin).readAdvertisement(`${server.origin}/acme/old.git`, never);
		expect(server.requests.at(-1)?.url).toContain('/acme/new.git/');
		expect(server.requests.at(-1)?.headers.authorization).toBe(basic('ann'));
	});
});

describe('readAdvertisement ends an exchange', () => {
	const endless = (response: ServerResponse, chunk: string): void => {
		response.writeHead(200, {'content-type': advertisementType});
		response.write('001e# service=git-upload-pack\n0000');
		const write = (): void => {
			while (!response.destroyed && response.write(chunk)) {
				// Until the connection's buffer is full.
			}
			if (!response.destroyed) {
				response.once('drain', write);
			}
		};
		write();
	};

	const ask = (origin: string, limits: Partial<GitLimits>, signal: AbortSignal = never) =>
		readAdvertisement(
			`${origin}/acme/api.git`,
			{agents: makeAgents(), userAgent: 'git', authorization: () => undefined},
			signal,
			{...gitLimits, ...limits},
		);

	it('that is longer than the limit, and closes the connection', async () => {
		const {promise: closed, resolve: onClose} = Promise.withResolvers<void>();
		const server = await startServer((_, response) => {
			response.on('close', onClose);
			endless(response, `003e${'a'.repeat(40)} refs/notes/abcdef`);
		});
		expect(await failureOf(ask(server.origin, {bytes: 100_000}))).toMatchObject({
			kind: 'answer-refused',
		});
		await closed;
	});

	it('whose error page never ends', async () => {
		const {promise: closed, resolve: onClose} = Promise.withResolvers<void>();
		const server = await startServer((_, response) => {
			response.on('close', onClose);
			response.statusCode = 500;
			const write = (): void => {
				response.write('x'.repeat(1000));
				if (!response.destroyed) {
					setImmediate(write);
				}
			};
			write();
		});
		expect(await failureOf(ask(server.origin, {}))).toMatchObject({kind: 'server-error'});
		await closed;
	});

	it.each([
		['before it answers', () => {}],
		[
			'in the middle of its answer',
			(response: ServerResponse) => {
				response.writeHead(200, {'content-type': advertisementType});
				response.write('001e# service=git-upload-pack\n0000');
			},
		],
	])('whose server falls silent %s', async (_, answer) => {
		const server = await startServer((_request, response) => answer(response));
		expect(await failureOf(ask(server.origin, {idle: 30}))).toMatchObject({
			kind: 'network',
			problem: 'timeout',
		});
	});

	it('that sends a byte now and then without end', async () => {
		const server = await startServer((_, response) => {
			response.writeHead(200, {'content-type': advertisementType});
			response.write('001e# service=git-upload-pack\n0000');
			const timer = setInterval(() => response.write('0'), 5);
			response.on('close', () => clearInterval(timer));
			response.write(`ffe0${'a'.repeat(40)} refs/heads/`);
		});
		expect(await failureOf(ask(server.origin, {total: 60}))).toMatchObject({
			kind: 'network',
			problem: 'timeout',
		});
	});

	it("when the signal aborts, with the signal's reason", async () => {
		const reason = new Error('stop');
		const server = await startServer((_, response) => {
			response.writeHead(200, {'content-type': advertisementType});
			response.write('001e# service=git-upload-pack\n0000');
		});
		const controller = new AbortController();
		const work = errorOf(ask(server.origin, {}, controller.signal));
		await vi.waitFor(() => expect(server.requests).toHaveLength(1));
		controller.abort(reason);
		expect(await work).toBe(reason);
		expect(await errorOf(ask(server.origin, {}, controller.signal))).toBe(reason);
		expect(server.requests).toHaveLength(1);
	});
});
