import {describe, expect, it} from 'vitest';
import {startAcme} from '../helpers/sandbox.ts';

type Listing = {readonly next?: string; readonly values: readonly {readonly slug: string}[]};

const fill = async (count: number) => {
	const acme = await startAcme();
	for (let index = 0; index < count; index += 1) {
		acme.sandbox.addRepository({workspace: 'acme', slug: `r${String(index).padStart(3, '0')}`});
	}
	const read = async (path: string): Promise<Listing> =>
		(await (await acme.get(path)).json()) as Listing;
	return {...acme, read};
};

describe('a listing', () => {
	it('comes in pages of ten by default and a hundred at most', async () => {
		const {get, read} = await fill(12);
		expect(await read('/repositories/acme')).toMatchObject({pagelen: 10, page: 1, size: 12});
		expect((await read('/repositories/acme?pagelen=100')).values).toHaveLength(12);
		for (const pagelen of ['101', '0', 'many']) {
			const answer = await get(`/repositories/acme?pagelen=${pagelen}`);
			expect(answer.status).toBe(400);
			expect(await answer.json()).toEqual({type: 'error', error: {message: 'Invalid pagelen'}});
		}
	});

	it('counts its pages from one and is empty after the last', async () => {
		const {get, read} = await fill(1);
		const answer = await get('/repositories/acme?page=0');
		expect(answer.status).toBe(400);
		expect(await answer.json()).toEqual({type: 'error', error: {message: 'Invalid page'}});
		expect(await read('/repositories/acme?page=2')).toMatchObject({size: 1, values: []});
	});

	it('repeats the query in next, and the last page has none', async () => {
		const {sandbox, read} = await fill(5);
		const first = await read(
			'/repositories/acme?pagelen=2&sort=created_on&fields=next,values.slug',
		);
		expect(first).toEqual({
			next: `${sandbox.apiUrl}/repositories/acme?pagelen=2&sort=created_on&fields=next%2Cvalues.slug&page=2`,
			values: [{slug: 'r000'}, {slug: 'r001'}],
		});
		const second = await read(first.next?.slice(sandbox.apiUrl.length) ?? '');
		const third = await read(second.next?.slice(sandbox.apiUrl.length) ?? '');
		expect(third).toEqual({values: [{slug: 'r004'}]});
	});

	it('shifts when a repository is deleted between two pages', async () => {
		const {sandbox, read} = await fill(4);
		await read('/repositories/acme?pagelen=2');
		const [gone] = sandbox.listRepositories('acme');
		if (gone) {
			sandbox.deleteRepository(gone);
		}
		const second = await read('/repositories/acme?pagelen=2&page=2');
		expect(second.values.map(({slug}) => slug)).toEqual(['r003']);
	});

	it('leaves out a hidden repository that still exists', async () => {
		const {sandbox, get, read} = await fill(2);
		const hidden = sandbox.findRepository('acme', 'r000');
		if (hidden) {
			hidden.isListed = false;
		}
		expect((await read('/repositories/acme')).values.map(({slug}) => slug)).toEqual(['r001']);
		expect((await get('/repositories/acme/r000')).status).toBe(200);
	});

	it('can be made to lead to another host or in a circle', async () => {
		const {sandbox, read} = await fill(3);
		sandbox.transformPages((page, workspace) => ({
			...page,
			next: `https://evil.example/${workspace}`,
		}));
		expect((await read('/repositories/acme')).next).toBe('https://evil.example/acme');
	});
});
