import {existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {lockFolder} from '../../source/adapters/files/lock.ts';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import type {World} from '../../source/ports/world.ts';
import {commitFile, readRefs} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

/** Takes a folder away as soon as a copy is about to be built aside, as a pulled disk goes. */
const pulledOut =
	(folder: () => string, away: string) =>
	(world: World): World => ({
		...world,
		files: {
			...world.files,
			remove: async (path) => {
				await world.files.remove(path);
				if (path.includes('/work/') && !existsSync(away)) {
					renameSync(folder(), away);
				}
			},
		},
	});

describe('a folder that no record gives to a repository', () => {
	it('is left alone by one that takes its name, and by the copy of another', async () => {
		const [api, web] = await acme.addSaved('api', 'web');
		mkdirSync(acme.path('acme#shop'));
		writeFileSync(acme.path('acme#shop', 'notes.txt'), 'mine');
		mkdirSync(acme.path('acme#web-copy'));
		const record = readFileSync(acme.path('acme#web', 'cistern.json'));
		writeFileSync(acme.path('acme#web-copy', 'cistern.json'), record);
		acme.sandbox.renameRepository(api, 'shop');
		const copy = await acme.add('web-copy');

		const {exitCode} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		const [apiFolder, copyFolder] = [api, copy].map(({slug, uuid}) =>
			acme.path(`acme#${slug}~${uuid.slice(1, 9)}`, 'repo'),
		);
		expect(await readRefs(apiFolder ?? '')).toEqual(await readRefs(api.path));
		expect(await readRefs(copyFolder ?? '')).toEqual(await readRefs(copy.path));
		expect(await readRefs(acme.mirror('web'))).toEqual(await readRefs(web.path));
		expect(readFileSync(acme.path('acme#shop', 'notes.txt'), 'utf8')).toBe('mine');
		expect(existsSync(acme.path('acme#web-copy', 'repo'))).toBe(false);
	});

	it("is not taken if a newer Cistern's record in it names another repository", async () => {
		await acme.addSaved('web');
		mkdirSync(acme.path('acme#api'));
		writeFileSync(acme.path('acme#api', 'cistern.json'), '{"version": 3, "uuid": "another"}');
		const {path, uuid} = await acme.add('api');

		const {exitCode} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect(await readRefs(acme.path(`acme#api~${uuid.slice(1, 9)}`, 'repo'))).toEqual(
			await readRefs(path),
		);
	});
});

describe('what is in the way of one repository fails that one alone', () => {
	it('where its folder cannot be renamed, and nothing is put into a place not yet left', async () => {
		const [api, web] = await acme.addSaved('api', 'web');
		const old = await readRefs(api.path);
		writeFileSync(acme.path('acme#shop'), 'a file');
		acme.sandbox.renameRepository(api, 'shop');
		acme.sandbox.renameRepository(web, 'site');
		await acme.add('api');

		const {exitCode, outcomes, reports} = await acme.run();

		expect(exitCode).toBe(exitCodes.incomplete);
		expect(reports[0]?.problem).toBeUndefined();
		for (const name of ['acme/shop', 'acme/api']) {
			expect(outcomes.get(name)).toMatchObject({
				failure: {kind: 'repository-unusable', detail: expect.stringContaining('already')},
			});
		}

		expect(outcomes.get('acme/site')).toMatchObject({result: 'unchanged'});
		expect(await readRefs(acme.mirror('api'))).toEqual(old);

		rmSync(acme.path('acme#shop'));
		expect((await acme.run()).exitCode).toBe(exitCodes.done);
		expect(await readRefs(acme.mirror('shop'))).toEqual(old);
	});

	it('where its folder is a file, its record is a folder, or its day of going cannot be written', async () => {
		const [gone] = await acme.addSaved('gone', 'odd', 'web');
		writeFileSync(acme.path('acme#api'), 'a file');
		await acme.add('api');
		for (const name of ['acme#gone', 'acme#odd']) {
			rmSync(acme.path(name, 'cistern.json'));
			mkdirSync(acme.path(name, 'cistern.json', 'x'), {recursive: true});
		}

		acme.sandbox.deleteRepository(gone);
		const {exitCode, outcomes, reports} = await acme.run();

		expect(exitCode).toBe(exitCodes.incomplete);
		expect(reports[0]?.problem).toBeUndefined();
		expect(outcomes.get('acme/web')).toMatchObject({result: 'unchanged'});
		for (const name of ['acme/api', 'acme/odd']) {
			const kind = name === 'acme/odd' ? 'record-unreadable' : 'repository-unusable';
			expect(outcomes.get(name)).toMatchObject({failure: {kind}});
		}
	});
});

describe("a source's folder that goes away under a run", () => {
	it('ends the source with 1', async () => {
		await acme.add('api');
		await acme.add('web');
		acme.sandbox.addFault({
			match: {service: 'git', method: 'POST'},
			times: 1,
			answer: {
				kind: 'meanwhile',
				run: () => {
					renameSync(acme.path(), join(acme.folder, 'away'));
					writeFileSync(acme.path(), 'a file');
				},
			},
		});

		const {exitCode, reports} = await acme.run();

		expect(exitCode).toBe(exitCodes.failed);
		expect(reports[0]?.problem).toMatchObject({kind: 'folder-unusable', path: acme.path()});
	});

	it('and with it the lock, lets no further repository be touched', async () => {
		const both = await acme.addSaved('api', 'web');
		await Promise.all(both.map(({path}) => commitFile(path)));
		const before = await Promise.all(both.map(({slug}) => readRefs(acme.mirror(slug))));
		acme.sandbox.addFault({
			match: {service: 'git', method: 'POST'},
			times: 1,
			answer: {kind: 'meanwhile', run: () => rmSync(acme.path('.cistern', 'lock'))},
		});

		const {exitCode, outcomes} = await acme.run({run: {concurrency: 1}});

		expect(exitCode).toBe(exitCodes.failed);
		expect(outcomes.get('acme/web')).toMatchObject({failure: {kind: 'folder-unusable'}});
		expect(await readRefs(acme.mirror('web'))).toEqual(before[1]);
	});

	it('is not made anew by a first copy that begins in this moment, nor taken for saved', async () => {
		await acme.add('api');
		const away = join(acme.folder, 'away');

		const {exitCode, outcomes} = await acme.run({
			wrapWorld: pulledOut(() => acme.path(), away),
		});

		expect(exitCode).toBe(exitCodes.failed);
		expect(outcomes.get('acme/api')).toMatchObject({failure: {kind: 'folder-unusable'}});
		expect(existsSync(acme.mirror('api'))).toBe(false);
	});

	it.each([
		['the folder', () => acme.path()],
		['only the lock', () => acme.path('.cistern', 'lock')],
	])(
		'is not made anew by a mending under which %s is gone, nor taken for saved',
		async (_, gone) => {
			await acme.addSaved('api');
			writeFileSync(join(acme.mirror('api'), 'packed-refs'), 'junk');
			const away = join(acme.folder, 'away');

			const {exitCode, outcomes} = await acme.run({
				wrapWorld: pulledOut(gone, away),
			});

			expect(exitCode).toBe(exitCodes.failed);
			expect(outcomes.get('acme/api')).toMatchObject({failure: {kind: 'folder-unusable'}});
			const left = join(gone() === acme.path() ? away : acme.path(), 'acme#api');
			expect(readFileSync(join(left, 'repo', 'packed-refs'), 'utf8')).toBe('junk');
			expect(existsSync(acme.path('acme#api'))).toBe(gone() !== acme.path());
		},
	);
});

describe('a folder that another run holds', () => {
	it('ends the source with 11 and says still when all was last saved', async () => {
		await acme.add('api');
		const at = new Date(acme.clock.now()).toISOString();
		await acme.run();
		await lockFolder(acme.path('.cistern'), 'another');

		const {exitCode, reports} = await acme.run();

		expect(exitCode).toBe(exitCodes.locked);
		expect(reports[0]).toMatchObject({problem: {kind: 'folder-locked'}, lastComplete: at});
	});
});
