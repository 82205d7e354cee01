import {join} from 'node:path';
import {expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {lastComplete} from '../../../source/domain/run/run-line.ts';
import type {StoreSettings} from '../../../source/domain/settings/settings.ts';
import type {Shard} from '../../../source/domain/store/shard.ts';
import {readRuns, readSavedState} from '../../../source/engine/saved/saved-state.ts';
import {readIndexes} from '../../../source/engine/store/read-store.ts';
import {parts} from '../../../source/parts/registry.ts';
import {auditStore} from '../../helpers/audit-store.ts';
import {makeSource, makeWorld, type RunResult, runBackup} from '../../helpers/backup.ts';
import {keptIn} from '../../helpers/stateless.ts';
import {fetchBackup, makeStore, openFetching} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, forcePush, readOid, readRefs} from '../../helpers/upstream.ts';
import {runVerify} from '../../helpers/verify.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

const runShard = (store: StoreSettings, shard: Shard | undefined): Promise<RunResult> =>
	runBackup(makeTemporaryFolder(), [makeSource(acme.sandbox)], {
		clock: acme.clock,
		run: keptIn(store, [], shard),
	});

/** Runs these shards side by side. */
const runShards = (
	store: StoreSettings,
	of: number,
	indexes = Array.from({length: of}, (_, index) => index + 1),
): Promise<readonly RunResult[]> =>
	Promise.all(indexes.map((index) => runShard(store, {index, of})));

const codesOf = (results: readonly RunResult[]) => results.map(({exitCode}) => exitCode);

/** With this first digit of its uuid, of sixteen. */
const add = (slug: string, digit: string) =>
	acme.add(slug, {uuid: `{${digit}0000000-0000-4000-8000-00000000000${digit}}`});

const readStored = async (store: StoreSettings) =>
	(await readIndexes(openFetching(store))).get('acme');

it('shards write what one run would have written, whichever of them ran and however many there were', async () => {
	const store = makeStore(join(makeTemporaryFolder(), 'store'));
	const [api, web, old] = [await add('api', '0'), await add('web', '6'), await add('old', 'c')];
	await add('core', 'e');
	const first = await runShards(store, 3);
	expect(codesOf(first)).toEqual([0, 0, 0]);
	expect(first.map(({outcomes}) => [...outcomes.keys()].toSorted())).toEqual([
		['acme/api'],
		['acme/web'],
		['acme/core', 'acme/old'],
	]);
	expect(first[2]?.reports[0]).toMatchObject({shard: '3/3', inScope: 2, new: 2});
	expect((await readStored(store))?.isComplete).toBe(true);

	const lost = await readOid(api.path, 'main');
	await forcePush(api.path);
	const unseen = await commitFile(web.path, {file: 'unseen.txt'});
	acme.sandbox.deleteRepository(old);
	expect(codesOf(await runShards(store, 3, [1, 3]))).toEqual([0, 0]);
	await auditStore(store);
	const [, again] = await runShards(store, 3, [2, 2]);
	expect(again?.exitCode).toBe(exitCodes.done);

	await forcePush(web.path);
	expect(codesOf(await runShards(store, 2))).toEqual([0, 0]);
	await commitFile(web.path, {file: 'more.txt'});
	expect((await runShard(store, undefined)).outcomes.get('acme/web')).toMatchObject({
		how: 'updated',
		changes: {forwarded: 1},
	});
	await auditStore(store);
	expect((await readStored(store))?.objects).toHaveLength(1);

	const folder = makeTemporaryFolder();
	expect((await fetchBackup(store, folder, acme.clock)).failed.size).toBe(0);
	const {files} = makeWorld(acme.clock);
	const {repositories} = await readSavedState(files, join(folder, 'acme'), parts);
	const gone = repositories.filter(({record}) => record.goneSince !== undefined);
	expect(gone.map(({record}) => record.slug)).toEqual(['old']);
	for (const [{path, slug}, tip] of [
		[api, lost],
		[web, unseen],
	] as const) {
		const refs = await readRefs(join(folder, 'acme', `acme#${slug}`, 'repo'), 'refs/');
		const kept = [...refs].filter(([ref]) => ref.startsWith('refs/cistern/kept/'));
		expect(kept.map(([, oid]) => oid)).toEqual([tip]);
		expect(new Map([...refs].filter(([ref]) => !ref.startsWith('refs/cistern/')))).toEqual(
			await readRefs(path, 'refs/'),
		);
	}

	const {exitCode} = await runVerify({folder, clock: acme.clock});
	expect(exitCode).toBe(exitCodes.done);
	const next = await runBackup(folder, [makeSource(acme.sandbox)], {clock: acme.clock});
	expect([...next.outcomes.values()].map(({result}) => result)).toEqual(
		Array.from({length: 3}, () => 'unchanged'),
	);
});

it('a store is complete once every shard was, and a shard that never ran is known', async () => {
	const store = makeStore(join(makeTemporaryFolder(), 'store'));
	await add('api', '0');
	await runShards(store, 3, [1, 2]);
	expect((await readStored(store))?.isComplete).toBe(false);
	await runShards(store, 3, [3]);
	expect((await readStored(store))?.isComplete).toBe(true);
	const folder = makeTemporaryFolder();
	await fetchBackup(store, folder, acme.clock);
	const {lines} = await readRuns(makeWorld(acme.clock).files, join(folder, 'acme'));
	expect(lines).toMatchObject([{complete: true, inScope: 1, new: 1}]);
	expect(lastComplete(lines)).toBeDefined();
});

it('the whole listing is judged, and only the shard of a repository marks it as gone', async () => {
	const store = makeStore(join(makeTemporaryFolder(), 'store'));
	const repositories = [];
	for (const digit of ['0', '6', 'c', 'f']) {
		repositories.push(await add(`repo-${digit}`, digit));
	}

	await runShards(store, 3);
	for (const one of repositories.slice(1)) {
		acme.sandbox.deleteRepository(one);
	}

	const short = await runShards(store, 3);
	expect(codesOf(short)).toEqual([0, 3, 3]);
	expect(short[1]?.reports[0]?.shrinkage).toMatchObject({expected: 4, found: 1, missingCount: 3});
	const stored = await readStored(store);
	expect(Object.values(stored?.repos ?? {}).some(({record}) => record?.includes('goneSince'))).toBe(
		false,
	);
});
