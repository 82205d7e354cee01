import {readdirSync, readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {filterRun} from '../../source/engine/backup/run-filter.ts';
import {canaryToken} from '../helpers/backup.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

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

	it('that lacks a name which the settings include is warned about', async () => {
		await acme.add('api');

		const {events} = await acme.run({source: {includeRepos: ['api', 'wbe']}});

		expect(events).toContainEqual(
			expect.objectContaining({type: 'noticed', text: expect.stringContaining('"wbe"')}),
		);
	});
});

describe('the logs', () => {
	it('are those of the last 30 runs', async () => {
		await acme.add('api');
		for (let run = 0; run < 32; run += 1) {
			await acme.run({run: {name: `run-${String(run).padStart(2, '0')}`}});
		}

		const logs = readdirSync(acme.path('.cistern', 'logs')).sort();
		expect(logs).toHaveLength(30);
		expect(logs.at(-1)).toBe('run-31.log');
		expect(readFileSync(acme.path('.cistern', 'logs', 'run-31.log'), 'utf8')).toContain(
			'source-finished',
		);
		expect(
			logs.map((name) => readFileSync(acme.path('.cistern', 'logs', name), 'utf8')).join(''),
		).not.toContain(canaryToken);
	});
});
