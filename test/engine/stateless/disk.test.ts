import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {FailureError} from '../../../source/domain/failure/failure.ts';
import type {StoreSettings} from '../../../source/domain/settings/settings.ts';
import type {World} from '../../../source/ports/world.ts';
import {makeSource, type RunResult, runBackup} from '../../helpers/backup.ts';
import {withFate} from '../../helpers/fated-store.ts';
import {keptIn} from '../../helpers/stateless.ts';
import {fetchAll, makeStore} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, forcePush} from '../../helpers/upstream.ts';
import {expectWhole} from '../../helpers/whole-mirror.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

it('the disk holds one repository after the other, and none in a night without news', async () => {
	for (const slug of ['api', 'core', 'web']) {
		await acme.add(slug);
	}

	const store = makeStore(join(makeTemporaryFolder(), 'store'));
	const run = async () => {
		const folder = makeTemporaryFolder();
		const packs: number[] = [];
		await runBackup(folder, [makeSource(acme.sandbox)], {
			clock: acme.clock,
			run: {...keptIn(store), concurrency: 1},
			onEvent: ({type}) => {
				if (type === 'repository-started' || type === 'repository-finished') {
					const names = readdirSync(folder, {recursive: true, encoding: 'utf8'});
					packs.push(names.filter((name) => name.endsWith('.pack')).length);
				}
			},
		});
		return {packs, left: readdirSync(join(folder, 'acme'))};
	};
	expect((await run()).packs).toEqual([0, 0, 0, 0, 0, 0]);
	expect(await run()).toEqual({packs: [0, 0, 0], left: ['.cistern']});
});

type Wrap = (world: World) => World;

const runWith = (store: StoreSettings, wrapWorld: Wrap = (world) => world): Promise<RunResult> =>
	runBackup(makeTemporaryFolder(), [makeSource(acme.sandbox)], {
		clock: acme.clock,
		run: keptIn(store),
		wrapWorld,
	});

/** The record of acme/api cannot be written where `isFull` says so. */
const fullFor =
	(isFull: () => boolean): Wrap =>
	(world) => ({
		...world,
		files: {
			...world.files,
			writeText: async (path, text) => {
				if (path.endsWith('acme#api/cistern.json') && isFull()) {
					throw new FailureError({kind: 'disk-full', path});
				}

				await world.files.writeText(path, text);
			},
		},
	});

const expectBack = async (store: StoreSettings, upstream: string): Promise<void> => {
	const folder = makeTemporaryFolder();
	await fetchAll(store, folder);
	await expectWhole(upstream, join(folder, 'acme', 'acme#api', 'repo'), []);
};

it('a repository that found the disk full after its news came is saved again with all of them', async () => {
	const {path} = await acme.add('api');
	await acme.add('web');
	const store = makeStore(join(makeTemporaryFolder(), 'store'));
	await runWith(store);
	await commitFile(path, {file: 'new.txt'});
	await forcePush(path, {branch: 'other'});
	const room = [true, false];
	const {exitCode, outcomes} = await runWith(
		store,
		fullFor(() => room.pop() === false),
	);
	expect(room).toEqual([]);
	expect(exitCode).toBe(exitCodes.done);
	expect(outcomes.get('acme/api')).toMatchObject({
		result: 'saved',
		changes: {created: 1, forwarded: 1},
	});
	await expectBack(store, path);
});

it('a repository that the store refused counts as not saved, on a full disk too', async () => {
	const {path} = await acme.add('api');
	const store = makeStore(join(makeTemporaryFolder(), 'store'));
	await runWith(store);
	await commitFile(path, {file: 'new.txt'});
	let isRefused = false;
	const refusing = withFate((object) => {
		isRefused = true;
		return object === 1 ? 'refused' : 'written';
	});
	const full = fullFor(() => isRefused);
	const {exitCode} = await runWith(store, (world) => refusing(full(world)));
	expect(exitCode).toBe(exitCodes.incomplete);
	expect((await runWith(store)).outcomes.get('acme/api')).toMatchObject({how: 'updated'});
	await expectBack(store, path);
});
