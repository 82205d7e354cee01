import {describe, expect, it} from 'vitest';
import {startAcme} from '../helpers/sandbox.ts';

const noAccess = {
	type: 'error',
	error: {
		message:
			'You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated.',
	},
};

describe('workspaces', () => {
	it('lists those of the caller without their names', async () => {
		const {sandbox, account, get} = await startAcme();
		sandbox.addWorkspace({slug: 'other'});
		account.workspaces = ['acme'];
		const body = await (await get('/user/workspaces?pagelen=100')).json();
		expect(body).toMatchObject({
			size: 1,
			values: [{type: 'workspace_access', workspace: {type: 'workspace_base', slug: 'acme'}}],
		});
		expect(JSON.stringify(body)).not.toContain('"name"');
	});

	it('shows one with its name, by slug and by uuid', async () => {
		const {sandbox, get} = await startAcme();
		const uuid = sandbox.findWorkspace('acme')?.uuid ?? '';
		for (const id of ['acme', encodeURIComponent(uuid)]) {
			const answer = await get(`/workspaces/${id}`);
			expect(await answer.json()).toMatchObject({slug: 'acme', name: 'Acme', is_private: true});
		}
	});

	it('answers 403, not 404, to a member of another one', async () => {
		const {account, get} = await startAcme();
		account.workspaces = ['other'];
		expect((await get('/workspaces/acme')).status).toBe(403);
		expect((await get('/repositories/acme')).status).toBe(403);
	});

	it('shows public repositories of a public one to other accounts', async () => {
		const {sandbox, account, get} = await startAcme();
		sandbox.addWorkspace({slug: 'open', isPrivate: false});
		sandbox.addRepository({workspace: 'open', slug: 'secret'});
		sandbox.addRepository({workspace: 'open', slug: 'public', isPrivate: false});
		account.workspaces = ['acme'];
		expect((await get('/workspaces/open')).status).toBe(200);
		const answer = await get('/repositories/open?fields=values.slug');
		expect(await answer.json()).toEqual({values: [{slug: 'public'}]});
	});

	it('answers 403 to a token that is restricted to another one', async () => {
		const {token, get} = await startAcme();
		token.workspaces = ['other'];
		expect((await get('/workspaces/acme')).status).toBe(403);
	});

	it('answers 404 for one that does not exist', async () => {
		const {get} = await startAcme();
		expect((await get('/workspaces/nobody')).status).toBe(404);
		expect((await get('/repositories/nobody')).status).toBe(404);
	});

	it('shows only public repositories to an anonymous caller', async () => {
		const {sandbox, get} = await startAcme();
		sandbox.addRepository({workspace: 'acme', slug: 'secret'});
		sandbox.addRepository({workspace: 'acme', slug: 'open', isPrivate: false});
		const answer = await get('/repositories/acme?fields=size,values.slug', null);
		expect(await answer.json()).toEqual({size: 1, values: [{slug: 'open'}]});
		expect(answer.headers.get('x-ratelimit-limit')).toBe('60, 60;w=3600');
		expect((await get('/workspaces/acme', null)).status).toBe(404);
	});
});

describe('a repository', () => {
	it('has the user name in its clone link when the caller is signed in', async () => {
		const {sandbox, get} = await startAcme();
		sandbox.addRepository({workspace: 'acme', slug: 'api', isPrivate: false});
		const fields = '/repositories/acme/api?fields=links.clone';
		const host = sandbox.origin.slice('http://'.length);
		const ssh = {name: 'ssh', href: 'git@ssh.bitbucket.org:acme/api.git'};
		expect(await (await get(fields)).json()).toEqual({
			links: {clone: [{name: 'https', href: `http://ann@${host}/acme/api.git`}, ssh]},
		});
		expect(await (await get(fields, null)).json()).toEqual({
			links: {clone: [{name: 'https', href: `http://${host}/acme/api.git`}, ssh]},
		});
	});

	it('can have any clone link', async () => {
		const {sandbox, get} = await startAcme();
		const cloneUrl = 'ext::sh -c true';
		sandbox.addRepository({workspace: 'acme', slug: 'api', cloneUrl});
		expect(await (await get('/repositories/acme/api')).text()).toContain(cloneUrl);
	});

	it('answers 301 under its old name, and keeps its uuid', async () => {
		const {sandbox, get} = await startAcme();
		const {uuid, ...api} = sandbox.addRepository({workspace: 'acme', slug: 'api'});
		const repository = sandbox.findRepository('acme', api.slug);
		if (repository) {
			sandbox.renameRepository(repository, 'engine');
		}
		const answer = await get('/repositories/acme/api');
		expect(answer.status).toBe(301);
		expect(answer.headers.get('location')).toBe(`${sandbox.apiUrl}/repositories/acme/engine`);
		expect(await (await get('/repositories/acme/engine')).json()).toMatchObject({
			uuid,
			slug: 'engine',
			full_name: 'acme/engine',
		});
	});

	it('may take the former name of another one', async () => {
		const {sandbox, get} = await startAcme();
		const first = sandbox.addRepository({workspace: 'acme', slug: 'api'});
		sandbox.renameRepository(first, 'old-api');
		const second = sandbox.addRepository({workspace: 'acme', slug: 'api'});
		expect(await (await get('/repositories/acme/api')).json()).toMatchObject({uuid: second.uuid});
	});

	it('answers the same 404 when deleted, forbidden or requested anonymously', async () => {
		const {sandbox, account, get} = await startAcme();
		const deleted = sandbox.addRepository({workspace: 'acme', slug: 'deleted'});
		sandbox.deleteRepository(deleted);
		sandbox.addRepository({workspace: 'acme', slug: 'secret'});
		const guest = await get('/repositories/acme/secret', null);
		const gone = await get('/repositories/acme/deleted');
		account.workspaces = [];
		const stranger = await get('/repositories/acme/secret');
		for (const answer of [guest, gone, stranger]) {
			expect(answer.status).toBe(404);
			expect(await answer.json()).toEqual(noAccess);
		}
	});

	it('has no main branch until the first push', async () => {
		const {sandbox, get} = await startAcme();
		sandbox.addRepository({workspace: 'acme', slug: 'new', hasWiki: true});
		expect(await (await get('/repositories/acme/new')).json()).toMatchObject({
			mainbranch: null,
			has_wiki: true,
		});
	});
});

describe('an unknown endpoint', () => {
	it('answers 404', async () => {
		const {sandbox, get} = await startAcme();
		const body = {
			type: 'error',
			error: {message: 'Resource not found', detail: 'There is no API hosted at this URL'},
		};
		const answer = await get('/nothing/here');
		expect([answer.status, await answer.json()]).toEqual([404, body]);
		const old = await fetch(`${sandbox.origin}/1.0/repositories`);
		expect([old.status, await old.json()]).toEqual([404, body]);
	});
});
