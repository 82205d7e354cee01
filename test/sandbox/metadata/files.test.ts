import {describe, expect, it} from 'vitest';
import {startScene} from './scene.ts';

describe('a patch', () => {
	it('is found by a redirect on the same host, and comes as it is', async () => {
		const {pulls, repository, ann, get, sandbox} = await startScene();
		const patch = Buffer.from([0x2d, 0xe9, 0xff, 0x0a]);
		pulls.open(repository, {by: ann, patch});
		const first = await get('/repositories/acme/api/pullrequests/1/patch');
		expect(first.status).toBe(302);
		const location = first.headers.get('location') ?? '';
		expect(location).toMatch(sandbox.apiUrl);
		const second = await get(location.slice(sandbox.apiUrl.length));
		expect(second.headers.get('content-type')).toMatch('text/plain');
		expect(Buffer.from(await second.arrayBuffer())).toEqual(patch);
	});

	it('may be too large for Bitbucket', async () => {
		const {pulls, repository, ann, statusOf} = await startScene();
		pulls.open(repository, {by: ann, patch: 'too-large'});
		expect(await statusOf('patch/1')).toBe(555);
	});

	it('may be there for a deleted fork or not, as is not known', async () => {
		const {pulls, repository, ann, statusOf, metadata} = await startScene();
		pulls.open(repository, {by: ann, sourceRepository: null});
		expect(await statusOf('pullrequests/1/patch')).toBe(404);
		metadata.unknowns.patchesDeletedForks = true;
		expect(await statusOf('pullrequests/1/patch')).toBe(302);
	});
});

describe('a download', () => {
	it('lies in a storage that refuses the API’s credential', async () => {
		const {metadata, repository, ann, get, read, sandbox} = await startScene();
		metadata.downloads.add(repository, {name: 'a b.zip', content: 'zip', by: ann});
		expect((await read('downloads')).values).toMatchObject([
			{name: 'a b.zip', size: 3, downloads: 0},
		]);
		const first = await get('/repositories/acme/api/downloads/a%20b.zip');
		expect(first.status).toBe(302);
		const location = first.headers.get('location') ?? '';
		expect(location).toMatch(sandbox.mediaOrigin);
		const refused = await fetch(location, {headers: {authorization: 'Basic x'}});
		expect(refused.status).toBe(400);
		expect(await (await fetch(location)).text()).toBe('zip');
		expect((await read('downloads')).values).toMatchObject([{downloads: 1}]);
	});

	it('is replaced by another of its name', async () => {
		const {metadata, repository, ann, read, statusOf} = await startScene();
		metadata.downloads.add(repository, {name: 'a', content: 'one', by: ann});
		metadata.downloads.add(repository, {name: 'a', content: 'second', by: ann});
		expect((await read('downloads')).values).toMatchObject([{name: 'a', size: 6}]);
		metadata.downloads.remove(repository, 'a');
		expect(await statusOf('downloads/a')).toBe(404);
	});

	it('is 402 in plain words on the free plan', async () => {
		const {metadata, get} = await startScene();
		metadata.putOnFreePlan('acme');
		const answer = await get('/repositories/acme/api/downloads');
		expect(answer.status).toBe(402);
		expect(answer.headers.get('content-type')).toBe('text/plain');
		expect(await answer.text()).toMatch('Free plan');
	});
});
