import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {day} from '../../source/domain/text/format.ts';
import {acceptMissing, findMissing} from '../../source/engine/backup/accept-missing.ts';
import {noFilter} from '../../source/engine/backup/run-filter.ts';
import {openSession, type Session} from '../../source/engine/session.ts';
import {parts} from '../../source/parts/registry.ts';
import type {SandboxRepository} from '../../source/sandbox/model.ts';
import {makeSource, makeWorld} from '../helpers/backup.ts';
import {readRefs} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();
const removing = {settings: {removeDeletedRepos: true}};

const addMany = (count: number): Promise<readonly SandboxRepository[]> =>
	acme.addSaved(...Array.from({length: count}, (_, index) => `r${index}`));

const hide = (repositories: readonly SandboxRepository[]): void => {
	for (const repository of repositories) {
		repository.isListed = false;
	}
};

const namesIn = (path: string): readonly string[] => (existsSync(path) ? readdirSync(path) : []);
const trash = (): readonly string[] => namesIn(acme.path('.cistern', 'trash'));
const savedFolders = (): string[] =>
	namesIn(acme.path()).filter((name) => name.startsWith('acme#'));

const recordIn = (folder: string): {readonly uuid: unknown; readonly goneSince: unknown} =>
	JSON.parse(readFileSync(join(folder, 'cistern.json'), 'utf8'));

const goneSince = (folder: string): unknown => recordIn(acme.path(folder)).goneSince;

/** The session of `cistern accept-missing`. */
const openWork = (changes: Parameters<typeof makeSource>[1] = {}): Session => {
	const world = makeWorld(acme.clock);
	const source = makeSource(acme.sandbox, changes);
	const {signal} = new AbortController();
	return openSession(
		{
			world,
			settings: {
				localFolder: acme.folder,
				sources: [source],
				concurrency: undefined,
				maxWait: undefined,
				removeDeletedRepos: false,
				notices: [],
			},
			parts,
			followUps: [],
			leavesOut: new Set(),
			name: world.newRunName(),
			at: acme.clock.now(),
			signal,
			publish: () => {},
			isWatched: false,
			filter: noFilter,
			concurrency: 1,
			maxWait: Number.POSITIVE_INFINITY,
			waitsForLock: false,
			startsOver: false,
		},
		source,
	);
};

const missingSlugs = async (work = openWork()): Promise<readonly string[]> =>
	(await findMissing(work)).map(({record}) => record.slug).sort();

describe('removeDeletedRepos', () => {
	it('moves to the trash only after three complete listings over seven days, and empties it after 30', async () => {
		const [gone] = await acme.addSaved('gone', 'api');
		acme.sandbox.deleteRepository(gone);
		const isThere = (): boolean => existsSync(acme.path('acme#gone'));

		for (let run = 0; run < 4; run += 1) {
			await acme.run(removing);
			expect(isThere()).toBe(true);
		}

		acme.clock.advance(7 * day);
		await acme.run(removing);
		expect([isThere(), trash().length]).toEqual([false, 1]);

		for (const days of [15, 14]) {
			acme.clock.advance(days * day);
			await acme.run(removing);
			expect(trash()).toHaveLength(1);
		}

		acme.clock.advance(2 * day);
		await acme.run(removing);
		expect(trash()).toHaveLength(0);
	});

	it('takes nothing on the evidence of two listings, however long ago', async () => {
		const [gone] = await acme.addSaved('gone', 'api');
		acme.sandbox.deleteRepository(gone);
		await acme.run(removing);
		acme.clock.advance(100 * day);
		await acme.run(removing);
		await acme.run(removing);
		expect(existsSync(acme.path('acme#gone'))).toBe(true);
	});

	it('takes nothing while the listing is 6 of 8 short, and once that is accepted no less', async () => {
		const repositories = await addMany(8);
		hide(repositories.slice(0, 6));

		for (let run = 0; run < 4; run += 1) {
			acme.clock.advance(5 * day);
			expect((await acme.run(removing)).exitCode).toBe(exitCodes.incomplete);
		}

		const work = openWork();
		await acceptMissing(work, await findMissing(work));
		for (let run = 0; run < 3; run += 1) {
			const {exitCode, reports} = await acme.run(removing);
			expect([exitCode, reports[0]?.gone.length]).toEqual([exitCodes.done, 6]);
			expect(savedFolders()).toHaveLength(8);
			expect(trash()).toEqual([]);
		}

		acme.clock.advance(7 * day);
		await acme.run(removing);
		expect(savedFolders()).toHaveLength(2);
		for (const {slug, uuid, path} of repositories.slice(0, 6)) {
			const folder = trash().find((name) => name.endsWith(`acme#${slug}`));
			const inTrash = acme.path('.cistern', 'trash', folder ?? '');
			expect(await readRefs(join(inTrash, 'repo'))).toEqual(await readRefs(path));
			expect(`{${recordIn(inTrash).uuid}}`).toBe(uuid);
		}
	});

	it('neither takes nor empties anything in a run whose own listing shrank, however ripe it is', async () => {
		const [first, second, ...others] = await addMany(6);
		hide([first].filter((one) => one !== undefined));
		for (const days of [1, 1, 8, 31]) {
			await acme.run(removing);
			acme.clock.advance(days * day);
		}

		hide([second].filter((one) => one !== undefined));
		for (const days of [1, 1, 8]) {
			await acme.run(removing);
			acme.clock.advance(days * day);
		}

		expect([savedFolders().length, trash().length]).toEqual([5, 1]);

		hide(others.slice(0, 3));
		expect((await acme.run(removing)).exitCode).toBe(exitCodes.incomplete);
		expect([savedFolders().length, trash().length]).toEqual([5, 1]);
	});

	it('takes what stepped aside for another of its name, too', async () => {
		const [first] = await acme.addSaved('api', 'web');
		first.isListed = false;
		for (let run = 0; run < 3; run += 1) {
			await acme.run(removing);
		}

		acme.sandbox.deleteRepository(first);
		await acme.add('api');
		acme.clock.advance(8 * day);
		const {exitCode} = await acme.run(removing);

		expect(exitCode).toBe(exitCodes.done);
		expect(savedFolders().sort()).toEqual(['acme#api', 'acme#web']);
		expect(trash()).toHaveLength(1);
	});

	it('leaves what cannot be moved, fails that one alone, and goes on with the others', async () => {
		const names = ['x'.repeat(100), 'gone'];
		const repositories = await acme.addSaved(...names, 'api');
		for (const repository of repositories.slice(0, 2)) {
			acme.sandbox.deleteRepository(repository);
		}

		for (let run = 0; run < 3; run += 1) {
			await acme.run(removing);
		}

		acme.clock.advance(8 * day);
		// The run's name is part of a name in the trash, which may have 255 characters.
		const {exitCode, outcomes, reports} = await acme.run({
			...removing,
			run: {name: 'r'.repeat(140)},
		});

		expect(exitCode).toBe(exitCodes.incomplete);
		expect(reports[0]).toMatchObject({problem: undefined, failed: 1, unchanged: 1});
		expect(outcomes.get(`acme/${names[0]}`)).toMatchObject({
			failure: {kind: 'repository-unusable'},
		});
		expect(savedFolders().toSorted()).toEqual(['acme#api', `acme#${names[0]}`]);
		expect(trash()).toHaveLength(1);
		expect((await acme.run(removing)).exitCode).toBe(exitCodes.done);
		expect(trash()).toHaveLength(2);
	});

	it('is false unless the settings say true', async () => {
		const [gone] = await acme.addSaved('gone', 'api');
		acme.sandbox.deleteRepository(gone);
		for (let run = 0; run < 5; run += 1) {
			acme.clock.advance(5 * day);
			await acme.run();
		}

		expect(existsSync(acme.path('acme#gone'))).toBe(true);
	});
});

describe('what is missing from the listing', () => {
	it('is what was saved, is in scope, is not listed and not known to be gone', async () => {
		const repositories = await addMany(6);
		hide(repositories.slice(0, 1));
		await acme.run();
		hide(repositories.slice(0, 5));

		expect(await missingSlugs()).toEqual(['r1', 'r2', 'r3', 'r4']);
		expect(await missingSlugs(openWork({ignoreRepos: ['r2', 'r3']}))).toEqual(['r1', 'r4']);
	});

	it('is everything if the workspace is not there any more', async () => {
		await addMany(3);
		acme.sandbox.removeWorkspace('acme');
		expect(await missingSlugs()).toEqual(['r0', 'r1', 'r2']);
	});

	it('is not known if the listing fails', async () => {
		await addMany(3);
		acme.sandbox.addFault({
			match: {service: 'api'},
			answer: {kind: 'answer', status: 500, body: 'oops'},
		});
		await expect(missingSlugs()).rejects.toMatchObject({failure: {kind: 'server-error'}});
	});

	it('is marked as gone only while no run holds the folder', async () => {
		const repositories = await addMany(4);
		hide(repositories);
		const work = openWork();
		const missing = await findMissing(work);
		const lock = await work.files.lock(acme.path('.cistern'), 'another');

		await expect(acceptMissing(work, missing)).rejects.toMatchObject({
			failure: {kind: 'folder-locked'},
		});
		expect(goneSince('acme#r0')).toBeUndefined();

		await ('release' in lock ? lock.release() : undefined);
		await acceptMissing(work, missing);
		expect(goneSince('acme#r0')).toBe(new Date(work.run.at).toISOString());
	});
});
