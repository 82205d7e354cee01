import {describe, expect, it, vi} from 'vitest';
import {StopError} from '../../../source/domain/failure/failure.ts';
import {Secret} from '../../../source/domain/settings/settings.ts';
import {accessToken, basic, canary, connect, errorOf, failureOf, never} from './sources.ts';
import {sendJson, startServer} from './start-server.ts';

/** A repository as Bitbucket lists it, with these fields changed. */
const repository = (changes: Record<string, unknown> = {}) => ({
	uuid: '{3DEB8C29-778a-450c-8f69-3e50a18079df}',
	slug: 'api',
	full_name: 'acme/api',
	is_private: true,
	mainbranch: {name: 'trunk'},
	has_wiki: false,
	size: 4321,
	links: {
		clone: [
			{name: 'ssh', href: 'git@bitbucket.org:acme/api.git'},
			{name: 'https', href: 'https://ann@bitbucket.org/acme/api.git'},
		],
	},
	...changes,
});

const readPage = async (page: unknown) => {
	const server = await startServer((_, response) => sendJson(response, page));
	return connect(server.origin).readRepositoryPage(undefined, never);
};

describe('readRepositoryPage', () => {
	it('gives the fields that a backup uses', async () => {
		expect(await readPage({size: 132, values: [repository()]})).toEqual({
			repositories: [
				{
					uuid: '3deb8c29-778a-450c-8f69-3e50a18079df',
					workspace: 'acme',
					slug: 'api',
					isPrivate: true,
					mainBranch: 'trunk',
					hasWiki: false,
					size: 4321,
					cloneUrl: 'https://bitbucket.org/acme/api.git',
				},
			],
			unreadable: [],
			total: 132,
			next: undefined,
		});
	});

	it('asks for 100 in the order of creation, for the fields it uses, and for no role', async () => {
		const server = await startServer((_, response) => sendJson(response, {values: []}));
		await connect(server.origin).readRepositoryPage(undefined, never);
		const url = new URL(server.requests[0]?.url ?? '', server.origin);
		expect(url.pathname).toBe('/2.0/repositories/acme');
		expect(Object.fromEntries(url.searchParams)).toEqual({
			pagelen: '100',
			sort: 'created_on',
			fields: expect.stringMatching(/^size,next,values\.uuid,.*values\.links\.clone$/),
		});
	});

	it('follows the next address unchanged', async () => {
		const server = await startServer((request, response) => {
			const next = `http://${request.headers.host}/2.0/repositories/acme?ctx=a%7Cb%2Bc&page=2`;
			sendJson(response, request.url?.includes('page=2') ? {values: []} : {values: [], next});
		});
		const bitbucket = connect(server.origin);
		const {next} = await bitbucket.readRepositoryPage(undefined, never);
		expect((await bitbucket.readRepositoryPage(next, never)).next).toBeUndefined();
		expect(server.requests[1]?.url).toBe('/2.0/repositories/acme?ctx=a%7Cb%2Bc&page=2');
	});

	it('accepts missing and null fields that decide nothing', async () => {
		const {repositories, total} = await readPage({
			values: [
				repository({mainbranch: null, is_private: null, has_wiki: undefined, size: 'big'}),
				repository({mainbranch: {}}),
			],
		});
		expect(repositories[0]).toMatchObject({
			mainBranch: undefined,
			isPrivate: true,
			hasWiki: false,
			size: 0,
		});
		expect(repositories[1]?.mainBranch).toBeUndefined();
		expect(total).toBeUndefined();
	});

	it('keeps even a dangerous slug unchanged', async () => {
		const slug = '../../..\u0000\u202e';
		const {repositories} = await readPage({
			values: [repository({slug, full_name: `acme/${slug}`})],
		});
		expect(repositories[0]).toMatchObject({slug, workspace: 'acme'});
	});

	it.each([
		['values is missing', {}],
		['values is not a list', {values: {}}],
		['next is not a text', {values: [], next: 7}],
	])('says that %s', async (detail, page) => {
		expect(await failureOf(readPage(page))).toEqual({kind: 'unexpected-answer', detail});
	});

	const {uuid: goodUuid} = repository();
	const uuid = String(goodUuid).slice(1, -1).toLowerCase();
	const name = 'acme/api';

	it.each([
		['the entry is not an object', 'A workspace on a Free plan does not support this', {}],
		['the entry is not an object', null, {}],
		['uuid is not a text', repository({uuid: null}), {name}],
		['uuid is not a UUID', repository({uuid: '../3deb8c29'}), {name}],
		['slug is not a text', repository({slug: ''}), {name, uuid}],
		['full_name is not workspace/slug', repository({full_name: 'api'}), {uuid}],
		['is_private is neither true nor false', repository({is_private: 'no'}), {name, uuid}],
		['mainbranch is not an object', repository({mainbranch: 'main'}), {name, uuid}],
		['links is not an object', repository({links: null}), {name, uuid}],
		['links.clone has no https link', repository({links: {clone: []}}), {name, uuid}],
		[
			'links.clone has no https link',
			repository({links: {clone: [{name: 'https'}, {href: 7}, null]}}),
			{name, uuid},
		],
	])('says of one entry that %s, and reads the others', async (detail, entry, identity) => {
		const {repositories, unreadable} = await readPage({
			values: [repository(), entry, repository()],
		});
		expect(repositories).toHaveLength(2);
		expect(unreadable).toEqual([{place: 2, name: undefined, uuid: undefined, detail, ...identity}]);
	});

	it('finds the https link beside links of other shapes', async () => {
		const clone = [
			{name: 'ssh'},
			'git',
			{name: 'https', href: 'https://bitbucket.org/acme/api.git'},
		];
		const {repositories} = await readPage({values: [repository({links: {clone}})]});
		expect(repositories[0]?.cloneUrl).toBe('https://bitbucket.org/acme/api.git');
	});

	it('accepts neither HTML nor half an answer as a listing', async () => {
		const html = await startServer((_, response) => {
			response.setHeader('content-type', 'text/html');
			response.end('<html></html>');
		});
		const half = await startServer((_, response) => {
			response.setHeader('content-type', 'application/json');
			response.end('{"values": [');
		});
		for (const {origin} of [html, half]) {
			expect(await failureOf(connect(origin).readRepositoryPage(undefined, never))).toMatchObject({
				kind: 'unexpected-answer',
			});
		}
	});
});

describe('readAccount', () => {
	it('gives the user, the user name for git and the scopes', async () => {
		const server = await startServer((_, response) =>
			sendJson(response, {display_name: 'Ann Example', username: 'ann'}, 200, {
				'x-oauth-scopes': 'read:user:bitbucket, read:repository:bitbucket',
			}),
		);
		expect(await connect(server.origin).readAccount(never)).toEqual({
			kind: 'user',
			displayName: 'Ann Example',
			userName: 'ann',
			scopes: ['read:user:bitbucket', 'read:repository:bitbucket'],
		});
		expect(server.requests[0]?.url).toBe('/2.0/user');
	});

	const forbidden = {
		error: {message: 'Your credentials lack one or more required privilege scopes.'},
	};

	it('recognizes an access token by its 403', async () => {
		const server = await startServer((_, response) =>
			sendJson(response, forbidden, 403, {
				'x-credential-type': 'workspace_access_token',
				'x-oauth-scopes': 'repository',
			}),
		);
		expect(await connect(server.origin, accessToken).readAccount(never)).toMatchObject({
			kind: 'access-token',
			scopes: ['repository'],
		});
	});

	it("recognizes a user's token without read:user", async () => {
		const server = await startServer((_, response) => sendJson(response, forbidden, 403));
		expect(await connect(server.origin).readAccount(never)).toEqual({
			kind: 'user',
			displayName: undefined,
			userName: undefined,
			scopes: undefined,
		});
	});

	it('fails when the credentials are refused or the rate limit is reached', async () => {
		const server = await startServer((request, response) => {
			const isPerson = request.headers.authorization === basic('ann@example.com');
			sendJson(
				response,
				{error: {message: 'Rate limit for this resource has been exceeded'}},
				isPerson ? 401 : 403,
			);
		});
		expect(await failureOf(connect(server.origin).readAccount(never))).toEqual({
			kind: 'credentials-refused',
			door: 'api',
		});
		expect(await failureOf(connect(server.origin, accessToken).readAccount(never))).toMatchObject({
			kind: 'rate-limited',
		});
	});

	it('sends nothing without a credential', async () => {
		const server = await startServer((_, response) => sendJson(response, {}));
		const account = await connect(server.origin, {kind: 'none'}).readAccount(never);
		expect(account.kind).toBe('anonymous');
		expect(server.requests).toHaveLength(0);
	});
});

describe('readWorkspace and listWorkspaces', () => {
	it('reads a workspace', async () => {
		const server = await startServer((_, response) =>
			sendJson(response, {slug: 'acme', name: 'Acme Ltd', is_private: false}),
		);
		expect(await connect(server.origin).readWorkspace(never)).toEqual({
			slug: 'acme',
			name: 'Acme Ltd',
			isPrivate: false,
		});
		expect(server.requests[0]?.url).toBe('/2.0/workspaces/acme');
	});

	it('lists the ids of workspaces over all pages', async () => {
		const server = await startServer((request, response) => {
			const item = (slug: string) => ({administrator: true, workspace: {slug}});
			const next = `http://${request.headers.host}/2.0/user/workspaces?page=2`;
			sendJson(
				response,
				request.url?.includes('page=2')
					? {values: [item('web')]}
					: {values: [item('acme'), item('ann')], next},
			);
		});
		expect(await connect(server.origin).listWorkspaces(never)).toEqual(['acme', 'ann', 'web']);
	});

	it('stops reading an endless list of workspaces', async () => {
		const server = await startServer((request, response) => {
			const next = `http://${request.headers.host}/2.0/user/workspaces?page=again`;
			sendJson(response, {values: [], next});
		});
		expect(await connect(server.origin).listWorkspaces(never)).toEqual([]);
	});
});

describe('every API request', () => {
	it('names the program and signs in by the kind of its credential', async () => {
		const server = await startServer((_, response) => sendJson(response, {slug: 'acme'}));
		await connect(server.origin).readWorkspace(never);
		await connect(server.origin, accessToken).readWorkspace(never);
		await connect(server.origin, {kind: 'none'}).readWorkspace(never);
		expect(server.requests[0]?.headers['user-agent']).toBe('cistern/1.2.3');
		expect(server.requests.map(({headers}) => headers.authorization)).toEqual([
			basic('ann@example.com'),
			`Bearer ${canary}`,
			undefined,
		]);
	});

	it('is made once, also when it fails', async () => {
		const server = await startServer((_, response) => sendJson(response, {}, 503));
		await errorOf(connect(server.origin).readWorkspace(never));
		expect(server.requests).toHaveLength(1);
	});

	it('follows a redirect on the same host, at most five times', async () => {
		const server = await startServer((request, response) => {
			const step = Number(new URL(request.url ?? '', 'http://x').searchParams.get('step') ?? 0);
			const last = request.url?.startsWith('/2.0/workspaces') === true ? 5 : 6;
			if (step === last) {
				sendJson(response, {slug: 'acme', values: []});
			} else {
				response.writeHead(301, {location: `?step=${step + 1}`});
				response.end('x'.repeat(100));
			}
		});
		const bitbucket = connect(server.origin);
		expect(await bitbucket.readWorkspace(never)).toMatchObject({slug: 'acme'});
		expect(server.requests).toHaveLength(6);
		expect(await failureOf(bitbucket.readRepositoryPage(undefined, never))).toMatchObject({
			kind: 'unexpected-answer',
		});
		expect(server.requests).toHaveLength(12);
	});

	it('stops with the reason of the signal', async () => {
		const server = await startServer(() => {});
		const controller = new AbortController();
		const reason = new Error('stop');
		const work = errorOf(connect(server.origin).readWorkspace(controller.signal));
		await vi.waitFor(() => expect(server.requests).toHaveLength(1));
		controller.abort(reason);
		expect(await work).toBe(reason);
		expect(await errorOf(connect(server.origin).readWorkspace(controller.signal))).toBe(reason);
	});

	it('fails if the connection breaks', async () => {
		const before = await startServer((_, response) => response.destroy());
		const within = await startServer((_, response) => {
			response.writeHead(200, {'content-type': 'application/json', 'content-length': '1000'});
			response.write('{"slug"', () => response.destroy());
		});
		expect(await failureOf(connect(before.origin).readWorkspace(never))).toMatchObject({
			kind: 'network',
			problem: 'connection-reset',
		});
		expect(await failureOf(connect(within.origin).readWorkspace(never))).toMatchObject({
			kind: 'network',
			problem: 'cut-short',
		});
	});

	it('tells a refused connection from a broken TLS one', async () => {
		const server = await startServer((_, response) => response.end());
		const {port} = new URL(server.origin);
		expect(
			await failureOf(connect(`https://127.0.0.1:${port}`).readWorkspace(never)),
		).toMatchObject({
			kind: 'network',
			problem: 'tls',
		});
		expect(await failureOf(connect('https://127.0.0.1:1').readWorkspace(never))).toMatchObject({
			kind: 'network',
			problem: 'connection-refused',
		});
	});

	it('is refused for an access token that no header can hold', async () => {
		const server = await startServer((_, response) => sendJson(response, {}));
		const bitbucket = connect(server.origin, {
			kind: 'access-token',
			token: new Secret('ATCTT3x\r\nX-Evil: 1'),
		});
		expect(await failureOf(bitbucket.readWorkspace(never))).toEqual({
			kind: 'credentials-refused',
			door: 'api',
		});
		expect(server.requests).toHaveLength(0);
	});
});

describe('connectBitbucket', () => {
	it('names a refused address without the user name in it', async () => {
		const bitbucket = connect('https://api.bitbucket.org/2.0');
		const check = async () => bitbucket.checkCloneUrl('https://ann@evil.example/acme/api.git');
		expect(await failureOf(check())).toEqual({
			kind: 'address-refused',
			address: 'https://evil.example/acme/api.git',
			reason: 'git may only talk to https://bitbucket.org for this source',
		});
	});

	it('passes on no escape sequence of a server', async () => {
		const server = await startServer((_, response) =>
			sendJson(response, {error: {message: '\u001b]0;evil\u0007 gpj.exe\u202e'}}, 404),
		);
		expect(await failureOf(connect(server.origin).readWorkspace(never))).toEqual({
			kind: 'not-found',
			door: 'api',
			message: '\\x1b]0;evil\\x07 gpj.exe\\u{202e}',
		});
	});

	it('names the hosts of its requests', () => {
		const bitbucket = connect('https://api.bitbucket.org/2.0');
		expect(bitbucket).toMatchObject({apiHost: 'api.bitbucket.org', gitHost: 'bitbucket.org'});
		const other = connect('http://127.0.0.1:7990');
		expect(other).toMatchObject({apiHost: '127.0.0.1:7990', gitHost: '127.0.0.1:7990'});
	});

	it.each([
		'http://api.bitbucket.org/2.0',
		`https://ann:${canary}@api.bitbucket.org/2.0`,
		'nonsense',
	])('stops at the API address %s', async (apiUrl) => {
		const error = await errorOf((async () => connect(apiUrl))());
		expect(error).toBeInstanceOf(StopError);
		expect(String(error)).not.toContain(canary);
	});
});
