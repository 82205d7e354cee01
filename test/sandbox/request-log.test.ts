import {describe, expect, it} from 'vitest';
import {basic, startAcme} from '../helpers/sandbox.ts';
import {commitFile} from '../helpers/upstream.ts';

describe('the log of requests', () => {
	it('holds the requests in order, with the credential as it was sent', async () => {
		const {sandbox, get} = await startAcme();
		await get('/user');
		await get('/repositories/acme/api?fields=uuid');
		expect(sandbox.requests).toMatchObject([
			{service: 'api', method: 'GET', path: '/2.0/user', query: '', status: 200},
			{
				path: '/2.0/repositories/acme/api',
				query: 'fields=uuid',
				repository: 'acme/api',
				status: 404,
				headers: {authorization: basic('ann@example.com', 'ATATT-of-ann')},
			},
		]);
	});

	it('distinguishes the services, and names the repository of a wiki', async () => {
		const {sandbox, get, git} = await startAcme();
		const docs = sandbox.addRepository({workspace: 'acme', slug: 'docs', withWiki: true});
		await commitFile(docs.wikiPath ?? '');
		await get('/user');
		await fetch(`${sandbox.origin}/account/settings`);
		await git(['ls-remote', `${sandbox.urlOf(docs)}/wiki`]);
		expect(sandbox.requestsTo('api')).toHaveLength(1);
		expect(sandbox.requestsTo('web')).toHaveLength(1);
		const [first] = sandbox.requestsTo('git');
		expect(first).toMatchObject({repository: 'acme/docs', path: '/acme/docs.git/wiki/info/refs'});
		expect(first?.userAgent).toMatch(/^git\//);
	});

	it('is empty after it was cleared', async () => {
		const {sandbox, get} = await startAcme();
		await get('/user');
		sandbox.clearRequests();
		expect(sandbox.requests).toEqual([]);
	});
});
