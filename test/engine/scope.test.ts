import {readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {
	isOutdated,
	readStatus,
	type SourceStatus,
} from '../../source/domain/status/source-status.ts';
import {day} from '../../source/domain/text/format.ts';
import {filterRun} from '../../source/engine/backup/run-filter.ts';
import {readRuns, readSavedState} from '../../source/engine/saved/saved-state.ts';
import {parts} from '../../source/parts/registry.ts';
import {makeWorld} from '../helpers/backup.ts';
import {commitFile} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();
const status = async (): Promise<SourceStatus> => {
	const {files} = makeWorld(acme.clock);
	const folder = acme.path();
	const {lines} = await readRuns(files, folder);
	const saved = await readSavedState(files, folder, parts);
	return readStatus({source: 'acme', folder}, saved, lines, parts);
};

const lastGood = async (slug: string): Promise<string | undefined> =>
	(await status()).repositories.find(({repository}) => repository === `acme/${slug}`)?.lastGood;

const nextDay = (): string => {
	acme.clock.advance(day);
	return new Date(acme.clock.now()).toISOString();
};

describe('a repository out of scope', () => {
	it('is dated by the last run that looked at it, and marked', async () => {
		const [api] = await acme.addSaved('api', 'web');
		const looked = nextDay();
		await acme.run();
		await commitFile(api.path);
		const later = nextDay();
		expect((await acme.run({source: {ignoreRepos: ['api']}})).exitCode).toBe(exitCodes.done);

		expect([await lastGood('api'), await lastGood('web')]).toEqual([looked, later]);
		const marked = (await status()).repositories.filter(({outOfScope}) => outOfScope);
		expect(marked.map(({repository}) => repository)).toEqual(['acme/api']);

		const back = nextDay();
		await acme.run();
		expect(await lastGood('api')).toBe(back);
		expect((await status()).repositories.some(({outOfScope}) => outOfScope)).toBe(false);
	});

	it('by its new name, which its record does not have yet, is dated likewise', async () => {
		const [api] = await acme.addSaved('api', 'web');
		const looked = nextDay();
		await acme.run();
		acme.sandbox.renameRepository(api, 'old-api');
		nextDay();
		await acme.run({source: {ignoreRepos: ['old-*']}});
		expect(await lastGood('api')).toBe(looked);
	});
});

it('a repository that a shrunken listing lacks is dated by the last listing that had it', async () => {
	const slugs = Array.from({length: 25}, (_, index) => `r${index}`);
	const repositories = await acme.addSaved(...slugs);
	const looked = nextDay();
	await acme.run();
	for (const repository of repositories.slice(1)) {
		repository.isListed = false;
	}

	const later = nextDay();
	await acme.run();

	const dates = await Promise.all(slugs.map(lastGood));
	expect(dates).toEqual([later, ...slugs.slice(1).map(() => looked)]);
});

describe('a name of includeRepos that fits no repository', () => {
	it.each([[['apo']], [['web', 'apo-*']]])(
		'%j: 3, named, and never complete',
		async (includeRepos) => {
			await acme.addSaved('api', 'web');
			acme.clock.advance(day);
			const {exitCode, reports} = await acme.run({source: {includeRepos}});
			expect(exitCode).toBe(exitCodes.incomplete);
			expect(reports[0]?.unmatched).toEqual([includeRepos.at(-1)]);
			const found = await status();
			expect(found.unmatched).toEqual([includeRepos.at(-1)]);
			expect(found.lastRun?.complete).toBe(false);
			expect(isOutdated(found, day / 2, acme.clock.now())).toBe(true);
		},
	);

	it('is right if that repository is gone and its backup stays', async () => {
		const [api] = await acme.addSaved('api', 'web');
		acme.sandbox.deleteRepository(api);
		const scope = {source: {includeRepos: ['api', 'web']}};
		expect((await acme.run(scope)).exitCode).toBe(exitCodes.done);
		expect((await acme.run(scope)).exitCode).toBe(exitCodes.done);
	});

	it('is no matter of a run that asks for another one', async () => {
		await acme.addSaved('api');
		const {exitCode} = await acme.run({
			source: {includeRepos: ['api', 'wbe']},
			run: {filter: filterRun(['api'], [])},
		});
		expect(exitCode).toBe(exitCodes.done);
	});
});

it('a run without limits writes no word about scope into its line', async () => {
	await acme.addSaved('api');
	const [line = ''] = readFileSync(acme.path('.cistern', 'runs.jsonl'), 'utf8').split('\n');
	expect(Object.keys(JSON.parse(line))).not.toEqual(
		expect.arrayContaining([expect.stringMatching(/scope|unseen|unmatched|unread/)]),
	);
});
