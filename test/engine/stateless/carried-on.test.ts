import {mkdirSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {FailureError} from '../../../source/domain/failure/failure.ts';
import {parseRecord} from '../../../source/domain/record/record.ts';
import type {StoreSettings} from '../../../source/domain/settings/settings.ts';
import {readIndexes} from '../../../source/engine/store/read-store.ts';
import {parts} from '../../../source/parts/registry.ts';
import type {World} from '../../../source/ports/world.ts';
import {makeSource, runBackup} from '../../helpers/backup.ts';
import {keptIn} from '../../helpers/stateless.ts';
import {fetchAll, makeStore, openFetching} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, forcePush, readOid, readRefs} from '../../helpers/upstream.ts';
import {runVerify} from '../../helpers/verify.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

const runStateless = (
	store: StoreSettings,
	wrapWorld: (world: World) => World = (world) => world,
) =>
	runBackup(makeTemporaryFolder(), [makeSource(acme.sandbox)], {
		clock: acme.clock,
		run: keptIn(store),
		wrapWorld,
	});

/** The record of each repository that the store has, by its full name. */
const readRecords = async (store: StoreSettings) => {
	const found = (await readIndexes(openFetching(store))).get('acme');
	return new Map(
		Object.values(found?.repos ?? {}).map(({name, record}) => {
			const read = parseRecord(record ?? '', parts);
			return [name, read.state === 'read' ? read.record : undefined];
		}),
	);
};

it('goes on where a folder ended, and keeps what that folder had kept', async () => {
	const place = makeTemporaryFolder();
	const store = makeStore(join(place, 'store'));
	const {path} = await acme.add('api');
	const source = {stores: [store]};
	await acme.run({source});
	const first = await readOid(path, 'main');
	await forcePush(path);
	await acme.run({source});
	const second = await readOid(path, 'main');
	await forcePush(path);
	const {outcomes} = await runStateless(store);
	expect(outcomes.get('acme/api')).toMatchObject({how: 'updated', changes: {rewritten: 1}});
	await commitFile(path, {file: 'more.txt'});
	await runStateless(store);

	const folder = join(place, 'back');
	mkdirSync(join(folder, 'acme', '.cistern'), {recursive: true});
	await fetchAll(store, folder);
	const refs = await readRefs(join(folder, 'acme', 'acme#api', 'repo'), 'refs/cistern/kept/');
	expect([...refs.values()].toSorted()).toEqual([first, second].toSorted());
	const {findings} = await runVerify({folder, clock: acme.clock});
	expect(findings.get('acme/api')).toEqual([]);
});

it('goes on where a folder ended also if a step of one repository is damaged: that one is sent whole', async () => {
	const place = join(makeTemporaryFolder(), 'store');
	const store = makeStore(place);
	const [api, web] = [await acme.add('api'), await acme.add('web')];
	await acme.run({source: {stores: [store]}});
	const objects = join(place, 'repos', api.uuid.slice(1, -1));
	const [step = ''] = readdirSync(objects).filter((name) => name.endsWith('.repo.step'));
	rmSync(join(objects, step));
	writeFileSync(join(objects, step), 'something else');
	await commitFile(web.path);
	const {exitCode, outcomes, reports} = await runStateless(store);
	expect(exitCode).toBe(exitCodes.incomplete);
	expect(reports[0]?.lost).toEqual(['acme/api']);
	expect([...outcomes.values()].map(({result}) => result)).toEqual(['saved', 'saved']);

	const next = await runStateless(store);
	expect(next.exitCode).toBe(exitCodes.done);
	const folder = makeTemporaryFolder();
	await fetchAll(store, folder);
	for (const {slug, path} of [api, web]) {
		const mirror = join(folder, 'acme', `acme#${slug}`, 'repo');
		expect(await readOid(mirror, 'main')).toBe(await readOid(path, 'main'));
	}
});

it('knows repositories by their ids, believes no short listing, and counts nothing that was not sent', async () => {
	const store = makeStore(join(makeTemporaryFolder(), 'store'));
	const [api, web, app, old] = [
		await acme.add('api'),
		await acme.add('web'),
		await acme.add('app'),
		await acme.add('old'),
	];
	expect((await runStateless(store)).exitCode).toBe(exitCodes.done);
	acme.sandbox.renameRepository(api, 'core');
	acme.sandbox.deleteRepository(old);
	const second = await runStateless(store);
	expect(second.exitCode).toBe(exitCodes.done);
	expect(second.events.map(({type}) => type)).toContain('repository-renamed');
	const records = await readRecords(store);
	expect([...records.keys()].toSorted()).toEqual(['acme/app', 'acme/core', 'acme/old', 'acme/web']);
	expect(records.get('acme/core')?.formerNames).toEqual(['acme/api']);
	expect(records.get('acme/old')?.goneSince).toBeDefined();

	await commitFile(web.path, {file: 'more.txt'});
	const full = await runStateless(store, (world) => ({
		...world,
		openStore: (settings) => ({
			...world.openStore(settings),
			put: async () => {
				throw new FailureError({kind: 'store-full', store: 'offsite', detail: 'no room'});
			},
		}),
	}));
	expect(full.exitCode).toBe(exitCodes.incomplete);
	expect(full.reports[0]?.problem?.kind).toBe('store-full');
	expect(await readRecords(store)).toEqual(records);
	const next = await runStateless(store);
	expect(next.outcomes.get('acme/web')).toMatchObject({changes: {forwarded: 1}});

	for (const one of [api, web, app]) {
		acme.sandbox.deleteRepository(one);
	}

	const short = await runStateless(store);
	expect(short.exitCode).toBe(exitCodes.incomplete);
	expect(short.reports[0]?.shrinkage).toMatchObject({expected: 3, found: 0});
	expect((await readRecords(store)).get('acme/web')?.goneSince).toBeUndefined();
});
