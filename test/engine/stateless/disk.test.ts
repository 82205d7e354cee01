import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {FailureError} from '../../../source/domain/failure/failure.ts';
import type {World} from '../../../source/ports/world.ts';
import {makeSource, runBackup} from '../../helpers/backup.ts';
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

/** The disk is full when the record of a repository is first written. */
const fullOnce =
	(record: string) =>
	(world: World): World => {
		let isFull = true;
		return {
			...world,
			files: {
				...world.files,
				writeText: async (path, text) => {
					if (isFull && path.endsWith(record) && text.includes('"refs"')) {
						isFull = false;
						throw new FailureError({kind: 'disk-full', path});
					}

					await world.files.writeText(path, text);
				},
			},
		};
	};

it('a repository that found the disk full after its news came is saved again with all of them', async () => {
	const {path} = await acme.add('api');
	await acme.add('web');
	const store = makeStore(join(makeTemporaryFolder(), 'store'));
	const run = (wrapWorld: (world: World) => World = (world) => world) =>
		runBackup(makeTemporaryFolder(), [makeSource(acme.sandbox)], {
			clock: acme.clock,
			run: keptIn(store),
			wrapWorld,
		});
	await run();
	await commitFile(path, {file: 'new.txt'});
	await forcePush(path, {branch: 'other'});
	const {exitCode, outcomes} = await run(fullOnce('acme#api/cistern.json'));
	expect(exitCode).toBe(exitCodes.done);
	expect(outcomes.get('acme/api')).toMatchObject({
		result: 'saved',
		changes: {created: 1, forwarded: 1},
	});

	const folder = makeTemporaryFolder();
	await fetchAll(store, folder);
	await expectWhole(path, join(folder, 'acme', 'acme#api', 'repo'), []);
});
