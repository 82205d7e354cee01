import {existsSync, readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {filterRun} from '../../source/engine/backup/run-filter.ts';
import {commitFile, readRefs} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

const readRecord = (slug: string): unknown =>
	JSON.parse(readFileSync(acme.path(`acme#${slug}`, 'cistern.json'), 'utf8'));

const addMany = async (count: number): Promise<void> => {
	const {path} = await acme.add('r000');
	for (let index = 1; index < count; index += 1) {
		const slug = `r${String(index).padStart(3, '0')}`;
		acme.sandbox.addRepository({workspace: 'acme', slug, path});
	}
};

/** Only a few are saved, so that the test is about the listing. */
const few = {filter: filterRun(['r000', 'r001', 'r002'], [])};

type PageLike = {
	readonly page?: number;
	readonly values: readonly unknown[];
	readonly next?: string;
};

describe('a listing', () => {
	it('counts a repository once that shifts to the next page while it is read', async () => {
		await addMany(150);
		let last: unknown;
		acme.sandbox.transformPages((page) => {
			const {values} = page as PageLike;
			const shifted = last === undefined ? page : {...page, values: [last, ...values]};
			last = values.at(-1);
			return shifted;
		});

		const {events, exitCode} = await acme.run({run: few});

		expect(exitCode).toBe(exitCodes.done);
		expect(events).toContainEqual(
			expect.objectContaining({type: 'listing-progressed', found: 150, done: true}),
		);
	});

	it('is told of before the look at its first repository', async () => {
		await addMany(3);
		const {events} = await acme.run();
		const types = events.map(({type}) => type);
		expect(types.indexOf('listing-progressed')).toBeLessThan(types.indexOf('repository-looked-at'));
		expect(events).toContainEqual(
			expect.objectContaining({type: 'listing-progressed', found: 3, total: 3, done: false}),
		);
	});

	it('past which one slips, as another is deleted meanwhile, is incomplete by what was counted first', async () => {
		await addMany(150);
		let pages = 0;
		acme.sandbox.transformPages((page) => {
			const {values} = page as PageLike;
			pages += 1;
			return pages === 1 ? page : {...page, size: 149, values: values.slice(1)};
		});

		const {exitCode, reports} = await acme.run({run: few});

		expect(exitCode).toBe(exitCodes.incomplete);
		expect(reports[0]?.problem).toMatchObject({kind: 'listing-incomplete'});
	});

	it('that gives fewer than Bitbucket counts is incomplete, and what came is saved', async () => {
		await addMany(3);
		acme.sandbox.transformPages((page) => ({...page, size: 4}));

		const {reports, outcomes, exitCode} = await acme.run();

		expect(exitCode).toBe(exitCodes.incomplete);
		expect(reports[0]?.problem).toMatchObject({kind: 'listing-incomplete'});
		expect(outcomes.get('acme/r002')).toMatchObject({result: 'saved'});
	});

	it('that leads round in a circle ends', async () => {
		await addMany(150);
		acme.sandbox.transformPages((page) => ({
			...page,
			next: `${acme.sandbox.apiUrl}/repositories/acme?page=2`,
		}));

		const {reports, exitCode} = await acme.run({run: few});

		expect(exitCode).toBe(exitCodes.incomplete);
		expect(reports[0]?.problem).toMatchObject({kind: 'listing-incomplete'});
	});

	it('that leads to another origin ends, and sends nothing there', async () => {
		await addMany(2);
		acme.sandbox.transformPages((page) => ({...page, next: 'http://127.0.0.1:9/2.0/next'}));

		const {reports, exitCode} = await acme.run({run: few});

		expect(exitCode).toBe(exitCodes.incomplete);
		expect(reports[0]?.problem).toMatchObject({kind: 'address-refused'});
	});

	/** Replaces entries of the listing by what `change` makes of them. */
	const spoil = (change: (slug: unknown, entry: object) => unknown): void =>
		acme.sandbox.transformPages((page) => ({
			...page,
			values: (page as PageLike).values.map((entry) =>
				change((entry as {slug: unknown}).slug, entry as object),
			),
		}));

	it.each<[string, (entry: object) => unknown, string]>([
		['without a slug', (entry) => ({...entry, slug: undefined}), 'acme/api'],
		['without a uuid', (entry) => ({...entry, uuid: undefined}), 'acme/api'],
		['without a link', (entry) => ({...entry, links: {clone: [{name: 'https'}]}}), 'acme/api'],
		['that is null', () => null, 'acme/(entry 1 on page 1 of the listing)'],
	])('has one entry %s: that one fails alone, and nothing is gone', async (_, change, name) => {
		const [, web, gone] = await acme.addSaved('api', 'web', 'gone');
		acme.sandbox.deleteRepository(gone);
		await commitFile(web.path);
		spoil((slug, entry) => (slug === 'api' ? change(entry) : entry));

		const {exitCode, outcomes, reports, events} = await acme.run();

		expect(exitCode).toBe(exitCodes.incomplete);
		expect(outcomes.get(name)).toMatchObject({
			result: 'failed',
			failure: {detail: expect.stringContaining('in entry 1 on page 1 of the listing')},
		});
		expect(outcomes.get('acme/web')).toMatchObject({result: 'saved'});
		expect(reports[0]).toMatchObject({gone: [], problem: undefined});
		expect(events.filter(({type}) => type === 'repository-renamed')).toEqual([]);
		expect(existsSync(acme.mirror('api'))).toBe(true);
		expect(readRecord('gone')).not.toHaveProperty('goneSince');

		acme.sandbox.transformPages((page) => page);
		expect((await acme.run()).reports[0]?.gone).toEqual(['acme/gone']);
	});

	it('has an entry that cannot be used of a repository that is out of scope: 0', async () => {
		await acme.addSaved('api', 'web');
		spoil((slug, entry) => (slug === 'api' ? {...entry, links: {}} : entry));
		const {exitCode, outcomes} = await acme.run({source: {ignoreRepos: ['api']}});
		expect(exitCode).toBe(exitCodes.done);
		expect([...outcomes.keys()]).toEqual(['acme/web']);
	});

	it('with a bad entry is no evidence for the trash', async () => {
		const [, , gone] = await acme.addSaved('api', 'web', 'gone');
		acme.sandbox.deleteRepository(gone);
		const removing = {settings: {removeDeletedRepos: true}};
		await acme.run(removing);
		spoil((slug, entry) => (slug === 'api' ? {...entry, links: {}} : entry));
		for (let run = 0; run < 4; run += 1) {
			acme.clock.advance(4 * 24 * 60 * 60_000);
			await acme.run(removing);
		}

		expect(existsSync(acme.mirror('gone'))).toBe(true);
	});

	it('whose second page is broken for good: what is known from the records is saved by git alone', async () => {
		const [api, web, gone] = await acme.addSaved('api', 'web', 'gone');
		const old = await commitFile(web.path);
		acme.sandbox.deleteRepository(gone);
		acme.sandbox.addFault({
			match: {path: /page=2/},
			answer: {kind: 'answer', status: 500},
		});
		acme.sandbox.transformPages((page) => ({
			...page,
			values: (page as PageLike).values.slice(0, 1),
			next: `${acme.sandbox.apiUrl}/repositories/acme?page=2`,
		}));

		const {exitCode, outcomes, reports} = await acme.run();

		expect(exitCode).toBe(exitCodes.incomplete);
		expect(reports[0]).toMatchObject({problem: {kind: 'server-error'}, gone: [], inScope: 2});
		expect([...outcomes]).toEqual([
			['acme/api', expect.objectContaining({result: 'unchanged'})],
			['acme/web', expect.objectContaining({result: 'saved', how: 'updated'})],
		]);
		expect((await readRefs(acme.mirror('web'))).get('refs/heads/main')).toBe(old);
		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(api.path));
		expect(readRecord('gone')).not.toHaveProperty('goneSince');
	});

	it('that is broken at once: git alone saves what is known', async () => {
		const [api] = await acme.addSaved('api');
		await commitFile(api.path);
		acme.sandbox.addFault({match: {service: 'api'}, answer: {kind: 'answer', status: 500}});
		const {exitCode} = await acme.run();
		expect(exitCode).toBe(exitCodes.incomplete);
		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(api.path));
	});

	it('brings nothing of a listed repository into the mirror of another that had its name', async () => {
		const [first] = await acme.addSaved('api');
		const before = await readRefs(acme.mirror('api'));
		acme.sandbox.deleteRepository(first);
		await acme.add('api');
		acme.sandbox.transformPages((page) => ({...page, size: 2}));

		await acme.run();

		const aside = acme.path(`acme#api~${first.uuid.slice(1, 9)}`, 'repo');
		expect(await readRefs(aside)).toEqual(before);
	});

	it('that lacks a name which the settings include is warned about', async () => {
		await acme.add('api');

		const {events} = await acme.run({source: {includeRepos: ['api', 'wbe']}});

		expect(events).toContainEqual(
			expect.objectContaining({type: 'noticed', text: expect.stringContaining('"wbe"')}),
		);
	});
});
