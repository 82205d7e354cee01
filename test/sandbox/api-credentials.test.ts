import {describe, expect, it} from 'vitest';
import {basic, startAcme} from '../helpers/sandbox.ts';

const tokenRefused = {
	type: 'error',
	error: {message: 'Token is invalid, expired, or not supported for this endpoint.'},
};

describe('signing in to the API', () => {
	it('shows the account behind an API token, and its scopes in headers', async () => {
		const {get} = await startAcme();
		const answer = await get('/user');
		expect(answer.status).toBe(200);
		expect(await answer.json()).toMatchObject({
			type: 'user',
			username: 'ann',
			display_name: 'Ann Example',
		});
		expect(answer.headers.get('x-credential-type')).toBe('api_token');
		expect(answer.headers.get('x-oauth-scopes')).toBe(
			'read:user:bitbucket, read:workspace:bitbucket, read:repository:bitbucket',
		);
	});

	it('sends no rate limit to an API token', async () => {
		const {get} = await startAcme();
		expect((await get('/user')).headers.get('x-ratelimit-limit')).toBeNull();
	});

	it.each([
		['the user name instead of the e-mail', basic('ann', 'ATATT-of-ann')],
		['another e-mail', basic('bob@example.com', 'ATATT-of-ann')],
		['no user at all', basic('', 'ATATT-of-ann')],
		['an unknown token', basic('ann@example.com', 'ATATT-of-bob')],
		['an API token as Bearer', 'Bearer ATATT-of-ann'],
		['an app password', basic('ann', 'ATBBsecret')],
		['nonsense', 'Basic'],
	])('refuses %s with the same 401', async (_what, authorization) => {
		const {get} = await startAcme();
		const answer = await get('/repositories/acme', authorization);
		expect(answer.status).toBe(401);
		expect(answer.headers.get('www-authenticate')).toMatch(/^Basic/);
		expect(await answer.json()).toEqual(tokenRefused);
	});

	it('takes the e-mail in any case', async () => {
		const {get} = await startAcme();
		expect((await get('/user', basic('Ann@Example.com', 'ATATT-of-ann'))).status).toBe(200);
	});

	it('refuses an expired token like a wrong one', async () => {
		const {sandbox, account, get} = await startAcme();
		const scopes = ['read:user:bitbucket'];
		sandbox.addApiToken({account, token: 'ATATT-old', scopes, expired: true});
		const answer = await get('/user', basic('ann@example.com', 'ATATT-old'));
		expect(answer.status).toBe(401);
		expect(await answer.json()).toEqual(tokenRefused);
	});

	it('refuses a token from the moment it is revoked', async () => {
		const {sandbox, token, get} = await startAcme();
		expect((await get('/user')).status).toBe(200);
		sandbox.revokeToken(token.token);
		expect((await get('/user')).status).toBe(401);
	});

	it('refuses anonymous callers at /user', async () => {
		const {get} = await startAcme();
		expect((await get('/user', null)).status).toBe(401);
		expect((await get('/user/workspaces', null)).status).toBe(401);
	});
});

describe('scopes of the API', () => {
	it('names the required and the granted scopes, in the headers of the 403 too', async () => {
		const {token, get} = await startAcme();
		token.scopes = ['read:pullrequest:bitbucket'];
		const answer = await get('/user');
		expect(answer.status).toBe(403);
		expect(await answer.json()).toEqual({
			type: 'error',
			error: {
				message: 'Your credentials lack one or more required privilege scopes.',
				detail: {
					required: ['read:user:bitbucket'],
					granted: ['read:pullrequest:bitbucket'],
				},
			},
		});
		expect(answer.headers.get('x-oauth-scopes')).toBe('read:pullrequest:bitbucket');
	});

	it('does not take write for read', async () => {
		const {token, get} = await startAcme();
		token.scopes = ['write:repository:bitbucket', 'admin:repository:bitbucket'];
		expect((await get('/repositories/acme')).status).toBe(403);
	});

	it('names classic scopes to an access token', async () => {
		const {sandbox, get} = await startAcme();
		sandbox.addAccessToken({
			token: 'ATCTT1',
			kind: 'workspace',
			scopes: ['runner'],
			workspace: 'acme',
		});
		const answer = await get('/repositories/acme', 'Bearer ATCTT1');
		expect(answer.status).toBe(403);
		expect(await answer.json()).toMatchObject({
			error: {detail: {required: ['repository'], granted: ['runner']}},
		});
	});

	it('lets a classic scope imply another', async () => {
		const {sandbox, get} = await startAcme();
		sandbox.addAccessToken({
			token: 'ATCTT1',
			kind: 'workspace',
			scopes: ['pullrequest'],
			workspace: 'acme',
		});
		expect((await get('/repositories/acme', 'Bearer ATCTT1')).status).toBe(200);
	});
});

describe('access tokens', () => {
	it.each(['repo', 'project', 'workspace'] as const)(
		'have no account at /user: 403 with type and scopes of a %s token',
		async (kind) => {
			const {sandbox, get} = await startAcme();
			const scopes = ['account', 'repository'];
			sandbox.addAccessToken({token: 'ATCTT1', kind, scopes, workspace: 'acme'});
			const answer = await get('/user', 'Bearer ATCTT1');
			expect(answer.status).toBe(403);
			expect(await answer.json()).toEqual({
				error: {
					message: 'This resource does not support authentication using the provided token',
				},
			});
			expect(answer.headers.get('x-credential-type')).toBe(`${kind}_access_token`);
			expect(answer.headers.get('x-oauth-scopes')).toBe('account, repository');
		},
	);

	it('see only their own repositories', async () => {
		const {sandbox, get} = await startAcme();
		sandbox.addRepository({workspace: 'acme', slug: 'api'});
		sandbox.addRepository({workspace: 'acme', slug: 'web'});
		sandbox.addAccessToken({
			token: 'ATCTT1',
			kind: 'repo',
			scopes: ['repository'],
			workspace: 'acme',
			repositories: ['web'],
		});
		const answer = await get('/repositories/acme?fields=values.slug', 'Bearer ATCTT1');
		expect(await answer.json()).toEqual({values: [{slug: 'web'}]});
	});

	it('are refused as Basic', async () => {
		const {sandbox, get} = await startAcme();
		const scopes = ['repository'];
		sandbox.addAccessToken({token: 'ATCTT1', kind: 'workspace', scopes, workspace: 'acme'});
		expect((await get('/repositories/acme', basic('x-token-auth', 'ATCTT1'))).status).toBe(401);
	});
});
