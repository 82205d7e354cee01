import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {FailureError} from '../../../source/domain/failure/failure.ts';
import type {Source, StoreSettings} from '../../../source/domain/settings/settings.ts';
import {day} from '../../../source/domain/text/format.ts';
import {readIndexes} from '../../../source/engine/store/read-store.ts';
import type {SealedStore, StoredObject} from '../../../source/ports/store.ts';
import type {World} from '../../../source/ports/world.ts';
import type {SandboxRepository} from '../../../source/sandbox/model.ts';
import {acceptAll} from '../../helpers/accept-all.ts';
import {makeSource, type RunResult, runBackup} from '../../helpers/backup.ts';
import {Death} from '../../helpers/dying-world.ts';
import {placeOf, pointerTo, sha256} from '../../helpers/lfs-files.ts';
import {keptIn} from '../../helpers/stateless.ts';
import {fetchAll, fetchBackup, makeStore, openFetching} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, forcePush} from '../../helpers/upstream.ts';
import {runVerify} from '../../helpers/verify.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

type Options = {
	readonly source?: Partial<Source>;
	readonly wrapWorld?: (world: World) => World;
	readonly folder?: string;
};

const runStateless = (
	store: StoreSettings,
	{source, wrapWorld = (world) => world, folder = makeTemporaryFolder()}: Options = {},
): Promise<RunResult> =>
	runBackup(folder, [makeSource(acme.sandbox, source)], {
		clock: acme.clock,
		run: keptIn(store),
		wrapWorld,
	});

/** Commits an LFS file, and puts its content onto the server. Gives its id. */
const addLarge = async (
	repository: SandboxRepository,
	content: string,
	options: {readonly file?: string; readonly branch?: string} = {},
): Promise<string> => {
	const {file = 'art/hero.psd', branch = 'main'} = options;
	acme.sandbox.putLfs(repository, content);
	await commitFile(repository.path, {file, branch, content: pointerTo(content)});
	return sha256(content);
};

/** A world in which `onPut` comes before each object that is written, and `afterPut` after it. */
const watching =
	(onPut: (name: string) => unknown, afterPut: (name: string) => void = () => {}) =>
	(world: World): World => ({
		...world,
		openStore: (settings): SealedStore => {
			const store = world.openStore(settings);
			return {
				...store,
				put: async (name, body, signal) => {
					await onPut(name);
					const result = await store.put(name, body, signal);
					afterPut(name);
					return result;
				},
			};
		},
	});

/** The ids of the files that were sent to a store, each as often as it was. */
const sentTo = ({place}: StoreSettings): readonly string[] => {
	const path = place.type === 'folder' ? join(place.path, 'repos') : '';
	return readdirSync(path, {recursive: true, encoding: 'utf8'}).flatMap(
		(name) => /\.lfs\.([0-9a-f]{64})\.file/.exec(name)?.[1] ?? [],
	);
};

const askedOf = (service: 'batch' | 'media'): number =>
	acme.sandbox.requests.filter(({path}) =>
		service === 'batch' ? path.endsWith('/objects/batch') : path.includes('/media/'),
	).length;

/** The heads of each part of the only repository. */
const countHeads = async (store: StoreSettings) => {
	const found = (await readIndexes(openFetching(store))).get('acme');
	const [entry] = Object.values(found?.repos ?? {});
	const chains = Object.entries(entry?.parts ?? {});
	return Object.fromEntries(chains.map(([name, {heads}]) => [name, heads.length]));
};

const fetchFolder = async (store: StoreSettings): Promise<string> => {
	const folder = makeTemporaryFolder();
	mkdirSync(join(folder, 'acme', '.cistern'), {recursive: true});
	await fetchAll(store, folder);
	return folder;
};

const mirrorIn = (folder: string): string => join(folder, 'acme', 'acme#api', 'repo');

const isSavedIn = (folder: string, oid: string): boolean => {
	const path = placeOf(mirrorIn(folder), oid);
	return existsSync(path) && sha256(readFileSync(path)) === oid;
};

it('LFS files of every night come into the store once, and into a folder that goes on', async () => {
	const place = makeTemporaryFolder();
	const store = makeStore(join(place, 'store'));
	const api = await acme.add('api');
	const old = await addLarge(api, 'the first version');
	const draft = await addLarge(api, 'on a branch', {branch: 'draft', file: 'draft.psd'});
	const folder = makeTemporaryFolder();
	let onDisk = 0;
	const countFiles = watching(() => {
		const names = readdirSync(folder, {recursive: true, encoding: 'utf8'});
		onDisk = Math.max(onDisk, names.filter((name) => /[0-9a-f]{64}$/.test(name)).length);
	});
	const first = await runStateless(store, {folder, wrapWorld: countFiles});
	expect(first.exitCode).toBe(exitCodes.done);
	expect(first.outcomes.get('acme/api')).toMatchObject({
		json: {usesLfs: false, lfs: {objects: 2, missing: 0, accepted: 0, received: 28}},
	});
	expect(onDisk).toBeGreaterThan(0);
	expect(readdirSync(join(folder, 'acme', 'acme#api'))).toEqual(['cistern.json']);

	acme.sandbox.clearRequests();
	const names: string[] = [];
	const quiet = await runStateless(store, {wrapWorld: watching((name) => names.push(name))});
	expect(quiet.outcomes.get('acme/api')).toMatchObject({result: 'unchanged'});
	expect(acme.sandbox.requestsTo('git')).toHaveLength(1);
	expect(askedOf('batch')).toBe(0);
	expect(names.map((name) => name.slice(0, 6))).toEqual(['index/']);

	await forcePush(api.path);
	const next = await addLarge(api, 'the second version');
	const second = await runStateless(store);
	expect(second.outcomes.get('acme/api')).toMatchObject({
		how: 'updated',
		json: {lfs: {objects: 3}},
	});
	expect(second.events.filter(({type}) => type === 'repository-fell-back')).toEqual([]);
	expect(sentTo(store).toSorted()).toEqual([old, draft, next].toSorted());

	const back = await fetchFolder(store);
	expect([old, draft, next].map((oid) => isSavedIn(back, oid))).toEqual([true, true, true]);
	expect((await runVerify({folder: back, clock: acme.clock})).exitCode).toBe(exitCodes.done);
	const same = await runBackup(back, [makeSource(acme.sandbox)], {clock: acme.clock});
	expect(same.outcomes.get('acme/api')?.result).toBe('unchanged');
	const last = await addLarge(api, 'the last version');
	acme.sandbox.clearRequests();
	const more = await runBackup(back, [makeSource(acme.sandbox)], {clock: acme.clock});
	expect(more.outcomes.get('acme/api')).toMatchObject({json: {lfs: {objects: 4, received: 16}}});
	expect(isSavedIn(back, last)).toBe(true);
});

it('a file that is not upstream is named with its path, asked for alone, accepted in a folder, and comes when it is back', async () => {
	const place = makeTemporaryFolder();
	const store = makeStore(join(place, 'store'));
	const api = await acme.add('api');
	await addLarge(api, 'kept upstream', {file: 'kept.psd'});
	expect((await runStateless(store)).exitCode).toBe(exitCodes.done);
	const lost = await addLarge(api, 'lost upstream');
	acme.sandbox.forgetLfs(api, lost);
	const missing = {path: 'art/hero.psd', oid: lost, size: 13, why: 'not-upstream'};
	for (let run = 0; run < 2; run += 1) {
		acme.sandbox.clearRequests();
		const {exitCode, reports} = await runStateless(store);
		expect(exitCode).toBe(exitCodes.incomplete);
		expect(reports[0]?.json['lfsMissing']).toEqual([{repository: 'acme/api', ...missing}]);
		expect(askedOf('batch')).toBe(1);
	}

	const folder = makeTemporaryFolder();
	expect((await fetchBackup(store, folder, acme.clock)).failed).toEqual(new Map());
	expect(await acceptAll({folder, clock: acme.clock}, 'acme/api', 'lfs')).toHaveLength(1);
	const source = makeSource(acme.sandbox, {stores: [store]});
	expect((await runBackup(folder, [source], {clock: acme.clock})).exitCode).toBe(exitCodes.done);
	await commitFile(api.path, {file: 'more.txt'});
	const known = await runStateless(store);
	expect(known.exitCode).toBe(exitCodes.done);
	expect(known.outcomes.get('acme/api')).toMatchObject({json: {lfs: {missing: 1, accepted: 1}}});

	acme.sandbox.putLfs(api, 'lost upstream');
	acme.clock.advance(8 * day);
	const again = await runStateless(store);
	expect(again.outcomes.get('acme/api')).toMatchObject({json: {lfs: {objects: 2, missing: 0}}});
	const back = await fetchFolder(store);
	expect(isSavedIn(back, lost)).toBe(true);
	expect(existsSync(join(back, 'acme', 'acme#api', 'lfs-missing.json'))).toBe(false);
});

it('another content than the name says is named, and never stored', async () => {
	const store = makeStore(join(makeTemporaryFolder(), 'store'));
	const api = await acme.add('api');
	const oid = await addLarge(api, 'as it should be');
	writeFileSync(join(`${api.path}.lfs`, oid), 'as it must not');
	const {exitCode, reports} = await runStateless(store);
	expect(exitCode).toBe(exitCodes.incomplete);
	expect(reports[0]?.json).toMatchObject({lfsMissing: [{why: 'not-as-named'}]});
	expect(sentTo(store)).toEqual([]);
});

it('a store that refuses a file ends the run, and the next one sends it', async () => {
	const store = makeStore(join(makeTemporaryFolder(), 'store'));
	const api = await acme.add('api');
	const oid = await addLarge(api, 'too much');
	const full = watching((name) => {
		if (name.includes('.file')) {
			throw new FailureError({kind: 'store-full', store: 'offsite', detail: 'no room'});
		}
	});
	const {exitCode, reports} = await runStateless(store, {wrapWorld: full});
	expect(exitCode).toBe(exitCodes.incomplete);
	expect(reports[0]?.problem?.kind).toBe('store-full');
	expect((await runStateless(store)).exitCode).toBe(exitCodes.done);
	expect(sentTo(store)).toEqual([oid]);
});

it('a run that is killed after ten minutes of files costs those that came since', async () => {
	const store = makeStore(join(makeTemporaryFolder(), 'store'));
	const api = await acme.add('api');
	const contents = Array.from({length: 3}, (_, index) => `file ${index}`);
	for (const [index, content] of contents.entries()) {
		await addLarge(api, content, {file: `${index}.psd`});
	}

	let index = Promise.withResolvers<void>();
	let files = 0;
	let isDead = false;
	const slow = (isKilled: boolean) =>
		watching(
			async (name) => {
				if (name.includes('.file')) {
					files += 1;
					acme.clock.advance(11 * 60_000);
					await (files === 1 ? undefined : index.promise);
				}

				if (isDead) {
					throw new Death('killed');
				}
			},
			(name) => {
				if (name.startsWith('index/')) {
					isDead = isKilled;
					index.resolve();
				}
			},
		);
	await runStateless(store, {wrapWorld: slow(true)}).catch(() => undefined);
	isDead = false;
	expect(sentTo(store)).toHaveLength(1);
	const next = await runStateless(store);
	expect(next.exitCode).toBe(exitCodes.done);
	expect(sentTo(store)).toHaveLength(contents.length);
	const back = await fetchFolder(store);
	expect(contents.map((content) => isSavedIn(back, sha256(content)))).toEqual(
		contents.map(() => true),
	);

	index = Promise.withResolvers();
	files = 0;
	const other = makeStore(join(makeTemporaryFolder(), 'store'));
	const names: string[] = [];
	const listing = watching((name) => names.push(name));
	const whole = await runStateless(other, {wrapWorld: (world) => listing(slow(false)(world))});
	expect(whole.exitCode).toBe(exitCodes.done);
	expect(names.filter((name) => name.includes('.repo.bundle'))).toHaveLength(1);
	expect(names.filter((name) => name.includes('.lfs.step'))).toHaveLength(2);
});

it('the files of two runs at once are all there, also after the next run has joined them', async () => {
	const store = makeStore(join(makeTemporaryFolder(), 'store'));
	const api = await acme.add('api');
	const first = await addLarge(api, 'of both');
	let isChanged = false;
	const oids = [first];
	const changing = (world: World): World => ({
		...world,
		openStore: (settings): SealedStore => {
			const opened = world.openStore(settings);
			return {
				...opened,
				list: async function* (prefix, options) {
					const there: StoredObject[] = [];
					for await (const object of opened.list(prefix, options)) {
						there.push(object);
					}

					if (!isChanged) {
						isChanged = true;
						oids.push(await addLarge(api, 'of the first alone', {file: 'draft.psd'}));
						await runStateless(store);
						await forcePush(api.path);
						oids.push(await addLarge(api, 'of the second alone'));
					}

					yield* there;
				},
			};
		},
	});
	expect((await runStateless(store, {wrapWorld: changing})).exitCode).toBe(exitCodes.done);
	expect(await countHeads(store)).toEqual({repo: 2, lfs: 2});
	for (let run = 0; run < 2; run += 1) {
		const back = await fetchFolder(store);
		expect(oids.map((oid) => isSavedIn(back, oid))).toEqual([true, true, true]);
		acme.sandbox.clearRequests();
		expect((await runStateless(store)).exitCode).toBe(exitCodes.done);
		expect(askedOf('batch')).toBe(0);
		expect(await countHeads(store)).toEqual({repo: 1, lfs: 1});
		expect(acme.sandbox.requestsTo('git').length).toBe(run === 0 ? 3 : 1);
	}
});

it('files that only a lost step named come again', async () => {
	const path = join(makeTemporaryFolder(), 'store');
	const store = makeStore(path);
	const api = await acme.add('api');
	const oids = [await addLarge(api, 'the first')];
	await runStateless(store);
	const names = readdirSync(path, {recursive: true, encoding: 'utf8'});
	rmSync(join(path, names.find((name) => name.endsWith('.lfs.step')) ?? ''));
	oids.push(await addLarge(api, 'the second', {file: 'second.psd'}));
	await runStateless(store);
	const back = await fetchFolder(store);
	expect(oids.map((oid) => isSavedIn(back, oid))).toEqual([true, true]);
});

it('files that the settings left out come once they do not, of every ref', async () => {
	const store = makeStore(join(makeTemporaryFolder(), 'store'));
	const api = await acme.add('api');
	const old = await addLarge(api, 'an old file');
	await commitFile(api.path, {file: 'art/hero.psd', content: 'no pointer'});
	const ignoring = {source: {ofParts: {lfs: 'ignore', metadata: 'false'}}};
	expect((await runStateless(store, ignoring)).exitCode).toBe(exitCodes.done);
	const {outcomes, exitCode} = await runStateless(store);
	expect(exitCode).toBe(exitCodes.done);
	expect(outcomes.get('acme/api')).toMatchObject({json: {lfs: {objects: 1}}});
	expect(sentTo(store)).toEqual([old]);
	expect((await runStateless(store)).outcomes.get('acme/api')?.result).toBe('unchanged');
});
