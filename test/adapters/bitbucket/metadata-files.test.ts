import {existsSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import type {RequestListener} from 'node:http';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {saveFile} from '../../../source/adapters/bitbucket/metadata-files.ts';
import {makeAgents} from '../../../source/adapters/network/agents.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {connect, failureOf, never} from './sources.ts';
import {startServer} from './start-server.ts';

const repository = {
	workspace: 'acme',
	slug: 'api',
	uuid: '1f2e3d4c-0000-4000-8000-000000000001',
} as const;

const newPath = (): string => join(makeTemporaryFolder(), 'file');

const content = Buffer.from([0x2d, 0xe9, 0xff, 0x0a, 0x00]);

const start = async (listener: RequestListener) => {
	const server = await startServer(listener);
	return {...server, bitbucket: connect(server.origin)};
};

describe('a patch', () => {
	it('is found by a redirect on the same host, and saved byte for byte', async () => {
		const {bitbucket, requests} = await start((request, response) => {
			if (request.url?.endsWith('/pullrequests/7/patch')) {
				response.writeHead(302, {location: '/2.0/patch/7'});
			}
			response.end(content);
		});
		const path = newPath();
		expect(await bitbucket.savePatch(repository, 7, path, never)).toMatchObject({
			state: 'saved',
			size: content.length,
			sha256: expect.stringMatching(/^[\da-f]{64}$/),
		});
		expect(readFileSync(path)).toEqual(content);
		expect(statSync(path).mode & 0o777).toBe(0o400);
		expect(requests.map(({headers}) => headers.authorization !== undefined)).toEqual([true, true]);
	});

	it('is a failure while Bitbucket needs too long for it', async () => {
		const {bitbucket} = await start((_request, response) => response.writeHead(555).end());
		const path = newPath();
		expect(await failureOf(bitbucket.savePatch(repository, 7, path, never))).toEqual({
			kind: 'server-timeout',
		});
		expect(existsSync(path)).toBe(false);
	});

	it('is absent where Bitbucket has none', async () => {
		const {bitbucket} = await start((_request, response) => response.writeHead(404).end());
		expect(await bitbucket.savePatch(repository, 7, newPath(), never)).toMatchObject({
			state: 'absent',
		});
	});
});

const options = {signal: never, limit: 1000};

describe('a download', () => {
	it('comes from a storage on another host, which gets no credential', async () => {
		const storage = await startServer((_request, response) => response.end(content));
		const {bitbucket, requests} = await start((_request, response) => {
			response.writeHead(302, {location: `${storage.origin}/signed?x=1`}).end();
		});
		const path = newPath();
		const saved = await bitbucket.saveDownload(repository, 'a b/\u00fc.zip', path, options);
		expect(saved).toMatchObject({state: 'saved', size: content.length});
		expect(readFileSync(path)).toEqual(content);
		expect(requests[0]?.url).toMatch(/\/downloads\/a%20b%2F%C3%BC\.zip$/);
		expect(requests[0]?.headers.authorization).toBeDefined();
		expect(storage.requests[0]?.headers.authorization).toBeUndefined();
	});

	it.each(['file:///etc/passwd', 'https://user:word@storage.example/', 'ftp://x/', 'https://'])(
		'is not fetched from %s',
		async (location) => {
			const {bitbucket} = await start((_request, response) => {
				response.writeHead(302, {location}).end();
			});
			const work = bitbucket.saveDownload(repository, 'a', newPath(), options);
			expect(await failureOf(work)).toMatchObject({kind: 'address-refused'});
		},
	);

	it('is not followed in a circle for ever', async () => {
		const {bitbucket, requests} = await start((_request, response) => {
			response.writeHead(302, {location: '/round'}).end();
		});
		const work = bitbucket.saveDownload(repository, 'a', newPath(), options);
		expect(await failureOf(work)).toMatchObject({kind: 'unexpected-answer'});
		expect(requests.length).toBeLessThan(10);
	});

	it('leaves no file if it breaks off', async () => {
		const {bitbucket} = await start((_request, response) => {
			response.writeHead(200, {'content-length': 100});
			response.write(content, () => response.destroy());
		});
		const path = newPath();
		const work = bitbucket.saveDownload(repository, 'a', path, options);
		expect(await failureOf(work)).toMatchObject({kind: 'network', problem: 'cut-short'});
		expect(existsSync(path)).toBe(false);
	});

	it('that is longer than it is said to be leaves no file', async () => {
		const {bitbucket} = await start((_request, response) => response.end('x'.repeat(1001)));
		const path = newPath();
		expect(await bitbucket.saveDownload(repository, 'a', path, options)).toEqual({
			state: 'too-large',
			limit: 1000,
		});
		expect(existsSync(path)).toBe(false);
	});

	it('takes the place of no other file', async () => {
		const {bitbucket} = await start((_request, response) => response.end(content));
		const path = newPath();
		writeFileSync(path, 'mine');
		const work = bitbucket.saveDownload(repository, 'a', path, options);
		expect(await failureOf(work)).toMatchObject({kind: 'folder-unusable'});
		expect(readFileSync(path, 'utf8')).toBe('mine');
	});
});

describe('a file that is too long', () => {
	it('is not taken, and nothing of it stays', async () => {
		const {origin} = await startServer((_request, response) => response.end(Buffer.alloc(11)));
		const file = newPath();
		const saved = await saveFile({
			url: `${origin}/`,
			origin,
			client: {agents: makeAgents(), userAgent: 'test', authorization: () => undefined},
			file,
			limit: 10,
			signal: never,
			deny: () => {
				throw new Error('It was not refused.');
			},
		});
		expect(saved).toEqual({state: 'too-large', limit: 10});
		expect(existsSync(file)).toBe(false);
	});
});
