import {existsSync, readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {commitFile, readRefs} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

const recordOf = (folder: string): Record<string, unknown> =>
	JSON.parse(readFileSync(acme.path(folder, 'cistern.json'), 'utf8'));

describe('identity is the uuid', () => {
	it('a rename moves the folder and keeps one history', async () => {
		const [repository] = await acme.addSaved('old-name');
		acme.sandbox.renameRepository(repository, 'new-name');

		const {exitCode} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect(existsSync(acme.path('acme#old-name'))).toBe(false);
		expect(await readRefs(acme.mirror('new-name'))).toEqual(await readRefs(repository.path));
		expect(recordOf('acme#new-name')).toMatchObject({formerNames: ['acme/old-name']});
	});

	it('a name used again by another repository does not touch the first one', async () => {
		const first = await acme.add('api');
		const old = await commitFile(first.path);
		await acme.run();
		acme.sandbox.deleteRepository(first);
		const second = await acme.add('api');

		const {exitCode, events} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		const aside = `acme#api~${first.uuid.slice(1, 9)}`;
		expect(events.filter(({type}) => type === 'repository-gone' || type === 'noticed')).toEqual([
			expect.objectContaining({repository: 'acme/api', keptIn: aside}),
		]);
		expect((await readRefs(acme.path(aside, 'repo'))).get('refs/heads/main')).toBe(old);
		expect(recordOf(aside)).toMatchObject({goneSince: expect.any(String)});
		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(second.path));
	});

	it('a name used again long after its first repository was gone is said once, with its folder', async () => {
		const [first] = await acme.addSaved('api', 'web');
		acme.sandbox.deleteRepository(first);
		await acme.run();
		await acme.add('api');

		const aside = `acme#api~${first.uuid.slice(1, 9)}`;
		const [said, again] = [await acme.run(), await acme.run()].map(({events}) =>
			events.flatMap((event) => (event.type === 'noticed' ? [event.text] : [])),
		);
		expect(said).toEqual([expect.stringContaining(`stays, in "${aside}"`)]);
		expect(again).toEqual([]);
	});

	it('gives the plain name to the first one of the listing, whichever answers first', async () => {
		const first = await acme.add('api');
		const upper = await acme.add('API');
		acme.sandbox.addFault({
			match: {repository: 'acme/api', service: 'git', method: 'GET'},
			times: 1,
			answer: {kind: 'answer', status: 503},
		});

		await acme.run();

		expect(await readRefs(acme.path('acme#api', 'repo'))).toEqual(await readRefs(first.path));
		const aside = `acme#API~${upper.uuid.slice(1, 9)}`;
		expect(await readRefs(acme.path(aside, 'repo'))).toEqual(await readRefs(upper.path));
	});

	it('names that differ only in case lie side by side, and stay apart when one is renamed', async () => {
		const [lower, upper] = [await acme.add('api'), await acme.add('API')];
		await acme.run();
		const aside = `acme#API~${upper.uuid.slice(1, 9)}`;
		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(lower.path));
		expect(await readRefs(acme.path(aside, 'repo'))).toEqual(await readRefs(upper.path));

		acme.sandbox.renameRepository(lower, 'web');
		await acme.run();
		await acme.run();

		expect(await readRefs(acme.mirror('web'))).toEqual(await readRefs(lower.path));
		expect(await readRefs(acme.mirror('API'))).toEqual(await readRefs(upper.path));
	});

	it('a name that Windows reserves gets a folder that it allows', async () => {
		const {path, uuid} = await acme.add('nul');
		await acme.run();
		expect(await readRefs(acme.path(`acme#nul_~${uuid.slice(1, 9)}`, 'repo'))).toEqual(
			await readRefs(path),
		);
	});

	it('two repositories swap their names', async () => {
		const [one, two] = await acme.addSaved('one', 'two');
		acme.sandbox.renameRepository(one, 'between');
		acme.sandbox.renameRepository(two, 'one');
		acme.sandbox.renameRepository(one, 'two');

		await acme.run();

		expect(await readRefs(acme.mirror('two'))).toEqual(await readRefs(one.path));
		expect(await readRefs(acme.mirror('one'))).toEqual(await readRefs(two.path));
	});
});

describe('a repository that is gone upstream', () => {
	it('stays where it is, marked with the day, and is no failure', async () => {
		const [gone] = await acme.addSaved('gone', 'api');
		acme.sandbox.deleteRepository(gone);
		const day = new Date(acme.clock.now()).toISOString();

		const {exitCode, reports} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect(reports[0]?.gone).toEqual(['acme/gone']);
		expect(recordOf('acme#gone')).toMatchObject({goneSince: day});
		expect((await readRefs(acme.mirror('gone'))).size).toBe(1);
	});

	it('loses the mark when it comes back', async () => {
		const [repository] = await acme.addSaved('api', 'web');
		repository.isListed = false;
		await acme.run();
		repository.isListed = true;
		await acme.run();

		expect(recordOf('acme#api')['goneSince']).toBeUndefined();
	});

	it('is not seen in one that was renamed out of scope and is still listed', async () => {
		const [api] = await acme.addSaved('api', 'web');
		acme.sandbox.renameRepository(api, 'old-api');

		const {reports} = await acme.run({source: {ignoreRepos: ['old-*']}});

		expect(reports[0]).toMatchObject({gone: [], shrinkage: undefined});
		expect(recordOf('acme#api')['goneSince']).toBeUndefined();
	});

	it('is not seen in a repository outside include and ignore', async () => {
		const [gone] = await acme.addSaved('gone', 'api');
		acme.sandbox.deleteRepository(gone);

		const {reports} = await acme.run({source: {includeRepos: ['api']}});

		expect(reports[0]?.gone).toEqual([]);
		expect(recordOf('acme#gone')['goneSince']).toBeUndefined();
	});
});

it('a repository that became public is recorded so, though nothing in it changed', async () => {
	const [repository] = await acme.addSaved('api');
	expect(recordOf('acme#api')).toMatchObject({isPrivate: true});
	repository.isPrivate = false;
	await acme.run();

	expect(recordOf('acme#api')).toMatchObject({isPrivate: false});
});

describe('a listing that shrank', () => {
	it('marks nothing as gone and exits with 3 on every run until they are back', async () => {
		const slugs = Array.from({length: 20}, (_, index) => `r${index}`);
		const repositories = await acme.addSaved(...slugs);
		for (const repository of repositories.slice(0, 15)) {
			repository.isListed = false;
		}

		for (let run = 0; run < 2; run += 1) {
			const {exitCode, reports} = await acme.run();
			expect(exitCode).toBe(exitCodes.incomplete);
			expect(reports[0]?.shrinkage).toMatchObject({expected: 20, found: 5, missingCount: 15});
			expect(recordOf('acme#r0')['goneSince']).toBeUndefined();
		}

		for (const repository of repositories) {
			repository.isListed = true;
		}

		expect((await acme.run()).exitCode).toBe(exitCodes.done);
	});

	it('to nothing, or to a 404 for the workspace, proves nothing either', async () => {
		const [repository] = await acme.addSaved('api');
		repository.isListed = false;
		expect((await acme.run()).exitCode).toBe(exitCodes.incomplete);
		acme.sandbox.removeWorkspace('acme');
		const {exitCode, reports} = await acme.run();

		expect(exitCode).toBe(exitCodes.incomplete);
		expect(reports[0]?.shrinkage).toMatchObject({missingCount: 1});
		expect(recordOf('acme#api')['goneSince']).toBeUndefined();
	});

	it('whose pages fail says nothing about anything', async () => {
		await acme.addSaved('api');
		acme.sandbox.addFault({
			match: {service: 'api'},
			answer: {
				kind: 'answer',
				status: 200,
				headers: {'content-type': 'text/html'},
				body: '<html>',
			},
		});

		const {exitCode, reports} = await acme.run();

		expect(exitCode).toBe(exitCodes.incomplete);
		expect(reports[0]).toMatchObject({problem: {kind: 'unexpected-answer'}, gone: []});
	});
});
