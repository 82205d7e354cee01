import {request as httpRequest} from 'node:http';
import {describe, expect, it} from 'vitest';
import type {FaultAnswer} from '../../source/sandbox/faults.ts';
import {startAcme} from '../helpers/sandbox.ts';
import {commitFile} from '../helpers/upstream.ts';

const path = '/repositories/acme';

const startWith = async (answer: FaultAnswer) => {
	const acme = await startAcme();
	acme.sandbox.addRepository({workspace: 'acme', slug: 'api'});
	const fault = acme.sandbox.addFault({answer});
	return {...acme, fault};
};

/** The code of the connection's error behind a failed fetch(). */
const causeOf = async (answer: Promise<unknown>): Promise<string> => {
	const error: unknown = await answer.then(
		() => new Error('It was answered'),
		(reason: unknown) => reason,
	);
	const {cause} = error as {cause?: {code?: string}};
	return cause?.code ?? String(error);
};

describe('the requests that a fault strikes', () => {
	const broken: FaultAnswer = {kind: 'answer', status: 500, body: 'Something went wrong'};

	it('are chosen by path, method, service and repository', async () => {
		const {sandbox, get} = await startAcme();
		sandbox.addRepository({workspace: 'acme', slug: 'api'});
		sandbox.addRepository({workspace: 'acme', slug: 'web'});
		sandbox.addFault({match: {path: /pagelen=7/, method: 'GET'}, answer: broken});
		sandbox.addFault({match: {path: '/2.0/user'}, answer: broken});
		sandbox.addFault({match: {service: 'git'}, answer: broken});
		sandbox.addFault({match: {repository: 'acme/web'}, answer: broken});
		expect((await get(`${path}?pagelen=7`)).status).toBe(500);
		expect((await get(`${path}?pagelen=8`)).status).toBe(200);
		expect((await get('/user')).status).toBe(500);
		expect((await get('/user/workspaces')).status).toBe(200);
		expect((await get(`${path}/web`)).status).toBe(500);
		expect((await get(`${path}/api`)).status).toBe(200);
		expect((await fetch(`${sandbox.origin}/acme/api.git/info/refs`)).status).toBe(500);
	});

	it('can be limited in number, and begin after some', async () => {
		const {sandbox, get} = await startAcme();
		const fault = sandbox.addFault({after: 1, times: 2, answer: broken});
		const statuses = [];
		for (let index = 0; index < 4; index += 1) {
			statuses.push((await get('/user')).status);
		}
		expect(statuses).toEqual([200, 500, 500, 200]);
		expect(fault.hits).toBe(2);
	});

	it('are answered as usual after the fault is removed', async () => {
		const {get, fault, sandbox} = await startWith(broken);
		expect((await get('/user')).status).toBe(500);
		fault.remove();
		expect((await get('/user')).status).toBe(200);
		sandbox.addFault({answer: broken});
		sandbox.clearFaults();
		expect((await get('/user')).status).toBe(200);
	});
});

describe('answers that a fault gives', () => {
	it('are sent as JSON, as text or as the named type', async () => {
		const {get, sandbox} = await startWith({kind: 'answer', status: 555, body: {error: {}}});
		expect(await (await get('/user')).json()).toEqual({error: {}});
		sandbox.clearFaults();
		const headers = {'content-type': 'text/html'};
		sandbox.addFault({answer: {kind: 'answer', status: 502, headers, body: '<h1>Bad</h1>'}});
		const answer = await get('/user');
		expect([answer.status, answer.headers.get('content-type')]).toEqual([502, 'text/html']);
	});

	it.each([
		['retry-after-seconds', 'retry-after', /^9$/],
		['retry-after-date', 'retry-after', /^\w{3}, \d\d .* GMT$/],
		['reset-seconds', 'x-ratelimit-reset', /^9$/],
	] as const)('say 429 with %s', async (tells, header, value) => {
		const {get} = await startWith({kind: 'rate-limit', tells, seconds: 9});
		const answer = await get('/user');
		expect(answer.status).toBe(429);
		expect(answer.headers.get(header)).toMatch(value);
		expect(await answer.json()).toEqual({
			type: 'error',
			error: {message: 'Rate limit for this resource has been exceeded'},
		});
	});

	it('say 429 in plain text without a time, as Bitbucket usually does', async () => {
		const {get} = await startWith({kind: 'rate-limit', tells: 'nothing'});
		const answer = await get('/user');
		expect(answer.headers.get('content-type')).toBe('text/plain');
		expect(answer.headers.get('retry-after')).toBeNull();
		expect(await answer.text()).toBe('Rate limit for this resource has been exceeded');
	});

	it('redirect', async () => {
		const {get} = await startWith({kind: 'redirect', to: 'https://evil.example/'});
		const answer = await get('/user');
		expect([answer.status, answer.headers.get('location')]).toEqual([302, 'https://evil.example/']);
	});

	it('have the requested size', async () => {
		const {get} = await startWith({kind: 'flood', size: 300_000, start: '{"values":['});
		const text = await (await get('/user')).text();
		expect(text).toHaveLength(300_000);
		expect(text).toMatch(/^\{"values":\[x+$/);
	});

	it('never end when the size is infinite', async () => {
		const {get} = await startWith({kind: 'flood', size: Number.POSITIVE_INFINITY});
		const reader = (await get('/user')).body?.getReader();
		let received = 0;
		while (received < 5_000_000) {
			received += (await reader?.read())?.value?.length ?? 0;
		}
		await reader?.cancel();
		expect(received).toBeGreaterThanOrEqual(5_000_000);
	});

	it('give the fork/exec error instead of refs', async () => {
		const {sandbox, git} = await startWith({kind: 'fork-exec-error'});
		await expect(git(['ls-remote', `${sandbox.origin}/acme/api.git`])).rejects.toThrow(
			'protocol error: unexpected',
		);
	});
});

describe('connections that break', () => {
	it('are reset', async () => {
		const {get} = await startWith({kind: 'reset'});
		expect(await causeOf(get('/user'))).toBe('ECONNRESET');
	});

	it('end without a byte', async () => {
		const {get} = await startWith({kind: 'empty-reply'});
		expect(await causeOf(get('/user'))).toBe('UND_ERR_SOCKET');
	});

	it('are cut after the given number of bytes of the right answer', async () => {
		const {sandbox} = await startWith({kind: 'cut-short', after: 20});
		const received = await new Promise<{length: string; text: string; whole: boolean}>(
			(resolve) => {
				httpRequest(`${sandbox.apiUrl}/nothing`, (answer) => {
					let text = '';
					answer.on('data', (chunk: Buffer) => {
						text += chunk.toString();
					});
					answer.on('error', () => undefined);
					answer.on('close', () => {
						const length = answer.headers['content-length'] ?? '';
						resolve({length, text, whole: answer.complete});
					});
				}).end();
			},
		);
		expect(received.text).toBe('{"type":"error","err');
		expect(Number(received.length)).toBeGreaterThan(20);
		expect(received.whole).toBe(false);
	});

	it('cut a transfer of git short', async () => {
		const {sandbox, git} = await startAcme();
		const api = sandbox.addRepository({workspace: 'acme', slug: 'api'});
		await commitFile(api.path);
		const match = {path: /git-upload-pack$/};
		sandbox.addFault({match, answer: {kind: 'cut-short', after: 100}});
		await expect(git(['ls-remote', sandbox.urlOf(api)])).rejects.toThrow();
		sandbox.clearFaults();
		expect(await git(['ls-remote', sandbox.urlOf(api)])).toContain('refs/heads/main');
	});

	it('stay open without an answer until the sandbox closes', async () => {
		const {sandbox, get} = await startWith({kind: 'silence'});
		const answer = causeOf(get('/user'));
		await expect.poll(() => sandbox.requests.length).toBe(1);
		expect(sandbox.requests[0]?.status).toBeUndefined();
		await sandbox.close();
		expect(await answer).toBe('UND_ERR_SOCKET');
	});
});

describe('right answers that come late', () => {
	it('trickle in completely', async () => {
		const {get} = await startWith({kind: 'trickle', bytes: 40, every: 1});
		const answer = await get('/user');
		const reader = answer.body?.getReader();
		const first = await reader?.read();
		expect(first?.value?.length).toBeLessThan(Number(answer.headers.get('content-length')));
		await reader?.cancel();
		expect(await (await get('/user')).json()).toMatchObject({username: 'ann'});
	});

	it('are delayed while others go on', async () => {
		const {sandbox, get} = await startAcme();
		const match = {path: '/2.0/user'};
		sandbox.addFault({match, times: 1, answer: {kind: 'delay', duration: 1}});
		sandbox.addFault({match, answer: {kind: 'delay', duration: 3_600_000}});
		expect((await get('/user')).status).toBe(200);
		const waiting = causeOf(get('/user'));
		await expect.poll(() => sandbox.requests.length).toBe(2);
		expect((await get(path)).status).toBe(200);
		expect(sandbox.requests[1]?.status).toBeUndefined();
		await sandbox.close();
		expect(await waiting).toBe('UND_ERR_SOCKET');
	});

	it('all wait when the sandbox has a latency', async () => {
		const {sandbox, get} = await startAcme({latency: 3_600_000});
		const waiting = causeOf(get('/user'));
		await expect.poll(() => sandbox.requests.length).toBe(1);
		expect(sandbox.requests[0]?.status).toBeUndefined();
		await sandbox.close();
		expect(await waiting).toBe('UND_ERR_SOCKET');
	});

	it('include a change that happened meanwhile', async () => {
		const {sandbox, token, get} = await startAcme();
		const answer: FaultAnswer = {kind: 'meanwhile', run: () => sandbox.revokeToken(token.token)};
		sandbox.addFault({match: {path: '/2.0/user'}, answer});
		expect((await get(path)).status).toBe(200);
		expect((await get('/user')).status).toBe(401);
		expect((await get(path)).status).toBe(401);
	});
});
