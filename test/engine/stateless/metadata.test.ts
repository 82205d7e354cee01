import {existsSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {makeKeyPair} from '../../../source/adapters/seal/age.ts';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {FailureError} from '../../../source/domain/failure/failure.ts';
import {contentPath} from '../../../source/domain/metadata/downloads.ts';
import {Secret, type StoreSettings} from '../../../source/domain/settings/settings.ts';
import {workspaceId} from '../../../source/domain/store/names.ts';
import {parseShard} from '../../../source/domain/store/shard.ts';
import {fetchRepository} from '../../../source/engine/store/fetch-repository.ts';
import {readIndexes} from '../../../source/engine/store/read-store.ts';
import type {SealedStore, StoredObject} from '../../../source/ports/store.ts';
import type {World} from '../../../source/ports/world.ts';
import type {SandboxRepository} from '../../../source/sandbox/model.ts';
import {makeSource, type RunResult, runBackup} from '../../helpers/backup.ts';
import {sha256} from '../../helpers/lfs-files.ts';
import {addReader, pullRequestPath, readSaved, settingsScopes} from '../../helpers/metadata.ts';
import {keptIn} from '../../helpers/stateless.ts';
import {fetchBackup, makeStore, openFetching} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {git} from '../../helpers/upstream.ts';
import {runVerify} from '../../helpers/verify.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

const minute = 60_000;

const setUp = async (...slugs: readonly string[]) => {
	const place = makeTemporaryFolder();
	const store = makeStore(join(place, 'store'));
	const repositories = await Promise.all(slugs.map((slug) => acme.add(slug)));
	const [api, web = api] = repositories;
	if (api === undefined || web === undefined) {
		throw new Error('no repository');
	}

	const {account: by, source} = addReader(acme.sandbox, settingsScopes);
	const {pullRequests, downloads} = acme.sandbox.metadata;
	const run = (
		options: {
			readonly store?: StoreSettings;
			readonly identities?: readonly string[];
			readonly shard?: string;
			readonly settings?: Readonly<Record<string, string>>;
			readonly wrapWorld?: (world: World) => World;
		} = {},
	): Promise<RunResult> => {
		const {settings, wrapWorld, identities} = options;
		const ofParts = {metadata: 'true', ...settings};
		return runBackup(makeTemporaryFolder(), [makeSource(acme.sandbox, {...source, ofParts})], {
			clock: acme.clock,
			run: keptIn(options.store ?? store, identities, parseShard(options.shard ?? '')),
			...(wrapWorld && {wrapWorld}),
		});
	};

	return {store, api, web, by, source, pullRequests, downloads, run};
};

/** A world in which `onRead` and `onPut` hear of each object that is read or written. */
const watching =
	(onRead: (name: string) => void, onPut: (name: string) => void = () => {}) =>
	(world: World): World => ({
		...world,
		openStore: (settings): SealedStore => {
			const store = world.openStore(settings);
			return {
				...store,
				open: (name, reading) => {
					onRead(name);
					return store.open(name, reading);
				},
				put: (name, body, signal) => {
					onPut(name);
					return store.put(name, body, signal);
				},
			};
		},
	});

/** A world in which `act` happens once a run has begun, before it reads the store. */
const meanwhile = (act: () => Promise<void>) => {
	let isOver = false;
	return (world: World): World => ({
		...world,
		openStore: (settings): SealedStore => {
			const store = world.openStore(settings);
			return {
				...store,
				list: async function* (prefix, options) {
					const there: StoredObject[] = [];
					for await (const object of store.list(prefix, options)) {
						there.push(object);
					}

					if (!isOver) {
						isOver = true;
						await act();
					}

					yield* there;
				},
			};
		},
	});
};

const countHeads = async (store: StoreSettings, {uuid}: SandboxRepository) => {
	const found = (await readIndexes(openFetching(store))).get('acme');
	return found?.repos[uuid.slice(1, -1)]?.parts['metadata']?.heads.length;
};

const fetchFolder = async (
	store: StoreSettings,
	identities: readonly string[] = [],
): Promise<string> => {
	const folder = makeTemporaryFolder();
	expect((await fetchBackup(store, folder, acme.clock, identities)).failed).toEqual(new Map());
	return folder;
};

const mirrorIn = (folder: string, name = 'acme#api'): string =>
	join(folder, 'acme', name, 'metadata');

/** The path of each file of pull requests and settings, and the id of its content. */
const listSaved = async (mirror: string): Promise<readonly string[]> => {
	const lines = (await git(mirror, 'ls-tree', '-r', 'main')).trim().split('\n');
	return lines.filter((line) => line.endsWith('.json') && !line.endsWith('\treading.json'));
};

const namesIn = ({place}: StoreSettings): readonly string[] => {
	const path = place.type === 'folder' ? join(place.path, 'repos') : '';
	return readdirSync(path, {recursive: true, encoding: 'utf8'}).filter((name) =>
		name.includes('.'),
	);
};

const askedSince = (from: number): readonly string[] =>
	acme.sandbox.requests
		.slice(from)
		.filter(({service}) => service === 'api')
		.map(({path}) => path);

it('metadata comes into the store, costs a look where nothing is new, and makes a folder that goes on', async () => {
	const {store, api, by, source, pullRequests, downloads, run} = await setUp('api', 'web');
	const open = pullRequests.open(api, {by, title: 'Wait at the gate'});
	pullRequests.comment(open, {by, text: 'First words'});
	pullRequests.close(pullRequests.open(api, {by}), 'MERGED', {by});
	downloads.add(api, {name: 'setup.exe', content: 'a large file', by});
	const first = await run();
	expect(first.reports[0]?.gaps).toEqual([]);
	expect(first.exitCode).toBe(exitCodes.done);

	// The second look shows those that were closed lately, too.
	await run();
	const before = acme.sandbox.requests.length;
	const touched: string[] = [];
	const note = (name: string) => void touched.push(name);
	expect((await run({wrapWorld: watching(note, note)})).exitCode).toBe(exitCodes.done);
	expect(touched.map((name) => name.replace(/^index.*/, 'index'))).toEqual(['index']);
	expect(askedSince(before).filter((path) => path.includes('/pullrequests'))).toHaveLength(2);

	pullRequests.editComment(open, open.comments[0] ?? expect.fail(), 'Other words');
	const read: string[] = [];
	const changed = await run({wrapWorld: watching((name) => void read.push(name))});
	expect(changed.exitCode).toBe(exitCodes.done);
	expect(read.length).toBeGreaterThan(0);
	expect(read.every((name) => name.includes(`${api.uuid.slice(1, -1)}/`))).toBe(true);

	const back = await fetchFolder(store);
	const mirror = mirrorIn(back);
	expect(readSaved(mirror, pullRequestPath(1, 'comments'))).toMatchObject([
		{content: {raw: 'Other words'}},
	]);
	expect(await git(mirror, 'log', '-p', 'main')).toContain('First words');
	const content = join(back, 'acme', 'acme#api', contentPath(sha256('a large file')));
	expect(readFileSync(content, 'utf8')).toBe('a large file');
	expect(namesIn(store).filter((name) => name.includes('.file'))).toHaveLength(1);
	expect(
		[...(await runVerify({folder: back, clock: acme.clock})).findings.values()].flat(),
	).toEqual([]);

	await acme.run({source});
	for (const name of ['acme#api', 'acme#web', 'workspace']) {
		const saved = await listSaved(mirrorIn(acme.folder, name));
		expect(await listSaved(mirrorIn(back, name))).toEqual(saved);
	}

	const goOn = () => runBackup(back, [makeSource(acme.sandbox, source)], {clock: acme.clock});
	const tip = await git(mirror, 'rev-parse', 'main');
	expect((await goOn()).exitCode).toBe(exitCodes.done);
	const record = readFileSync(join(back, 'acme', 'acme#api', 'cistern.json'), 'utf8');
	expect((await goOn()).exitCode).toBe(exitCodes.done);
	expect(await git(mirror, 'rev-parse', 'main')).toBe(tip);
	expect(readFileSync(join(back, 'acme', 'acme#api', 'cistern.json'), 'utf8')).toBe(record);
});

it('contents that take longer than ten minutes are sent once, and those before a kill are not lost', async () => {
	const {store, api, by, downloads, run} = await setUp('api');
	const contents = ['first', 'second', 'third'].map((name) => `the ${name} file`);
	for (const content of contents) {
		downloads.add(api, {name: content.replaceAll(' ', '-'), content, by});
	}

	const slowly = watching(
		() => {},
		(name) => acme.clock.advance(name.includes('.file') ? 11 * minute : 0),
	);
	expect((await run({wrapWorld: slowly})).exitCode).toBe(exitCodes.done);
	const back = await fetchFolder(store);
	const paths = contents.map((content) => contentPath(sha256(content)));
	expect(paths.filter((path) => !existsSync(join(back, 'acme', 'acme#api', path)))).toEqual([]);
	expect(namesIn(store).filter((name) => name.includes('.file'))).toHaveLength(3);
});

it('what two runs at once have read is all there, and the next run joins it', async () => {
	const {store, api, by, pullRequests, run} = await setUp('api');
	const open = pullRequests.open(api, {by});
	const comment = pullRequests.comment(open, {by, text: 'of both'});
	await run();
	const twin = await run({
		wrapWorld: meanwhile(async () => {
			pullRequests.editComment(open, comment, 'of the first alone');
			await run();
			pullRequests.editComment(open, comment, 'of the second alone');
		}),
	});
	expect(twin.exitCode).toBe(exitCodes.done);
	expect(await countHeads(store, api)).toBe(2);
	expect((await run()).exitCode).toBe(exitCodes.done);
	expect(await countHeads(store, api)).toBe(1);

	const back = await fetchFolder(store);
	const log = await git(mirrorIn(back), 'log', '-p', '--all');
	expect(log).toContain('of the first alone');
	expect(readSaved(mirrorIn(back), pullRequestPath(1, 'comments'))).toMatchObject([
		{content: {raw: 'of the second alone'}},
	]);
	expect((await runVerify({folder: back, clock: acme.clock})).exitCode).toBe(exitCodes.done);
});

it('metadata that git cannot unpack fails its repository alone, and that of all others goes on', async () => {
	const {store, api, web, by, pullRequests, run} = await setUp('api', 'web');
	const open = pullRequests.open(api, {by});
	await run({
		wrapWorld: meanwhile(async () => {
			pullRequests.comment(open, {by, text: 'First words'});
			await run();
			pullRequests.comment(open, {by, text: 'Second words'});
		}),
	});
	expect(await countHeads(store, api)).toBe(2);

	pullRequests.open(web, {by});
	const {exitCode, reports, events} = await run({
		wrapWorld: (world) => ({
			...world,
			connect: (...given) => {
				const {git: whole, bitbucket} = world.connect(...given);
				const unpackBundle: typeof whole.unpackBundle = async (mirror, content, signal) => {
					if (mirror.includes('acme#api')) {
						throw new FailureError({kind: 'git-failed', detail: 'signal 9'});
					}

					await whole.unpackBundle(mirror, content, signal);
				};
				return {bitbucket, git: {...whole, unpackBundle}};
			},
		}),
	});
	expect(exitCode).toBe(exitCodes.incomplete);
	expect(reports[0]?.json).toMatchObject({metadata: {failed: ['acme/api']}});
	const saved = events.filter(({type}) => type === 'follow-up-saved');
	expect(saved).toMatchObject([{repository: 'acme/web', json: {pullRequests: 1}}]);
	expect((await run()).exitCode).toBe(exitCodes.done);
	expect(await countHeads(store, api)).toBe(1);
	const back = await fetchFolder(store);
	expect(readSaved(mirrorIn(back), pullRequestPath(1, 'comments'))).toHaveLength(2);
	expect(readSaved(mirrorIn(back, 'acme#web'), pullRequestPath(1, 'pull-request'))).toBeDefined();
});

it('metadata that is not sealed for the key of the run is sent whole once, and opens from then on', async () => {
	const {api, by, pullRequests, run} = await setUp('api');
	const [recovery, runner] = [await makeKeyPair(), await makeKeyPair()];
	const store = makeStore(join(makeTemporaryFolder(), 'store'), {
		recipients: [recovery.recipient],
		runner: new Secret(runner.identity),
	});
	const open = pullRequests.open(api, {by});
	pullRequests.comment(open, {by, text: 'First words'});
	const asEarlier = (world: World): World => ({
		...world,
		openStore: (settings): SealedStore => {
			const opened = world.openStore(settings);
			const {sealInto} = opened;
			return {...opened, sealInto: (file, content, signal) => sealInto(file, content, signal)};
		},
	});
	const keys = {store, identities: [runner.identity]};
	await run({...keys, wrapWorld: asEarlier});
	const then = acme.clock.now() - 1000;
	const said: string[] = [];
	for (const text of ['Second words', 'Third words']) {
		pullRequests.comment(open, {by, text});
		const {exitCode, events} = await run(keys);
		expect(exitCode).toBe(exitCodes.done);
		said.push(...events.flatMap((event) => (event.type === 'noticed' ? [event.text] : [])));
	}

	const ofApi = said.filter((text) => text.includes('acme/api'));
	expect(ofApi).toEqual([expect.stringContaining('is not sealed for the key of this run')]);
	const back = await fetchFolder(store, [recovery.identity]);
	expect(readSaved(mirrorIn(back), pullRequestPath(1, 'comments'))).toHaveLength(3);

	const fetching = {...openFetching(store, [recovery.identity]), at: then};
	const {repos = {}} = (await readIndexes(fetching)).get('acme') ?? {};
	const folder = join(makeTemporaryFolder(), 'then');
	const uuid = api.uuid.slice(1, -1);
	await fetchRepository(fetching, uuid, repos[uuid] ?? expect.fail(), folder);
	expect(readSaved(join(folder, 'metadata'), pullRequestPath(1, 'comments'))).toHaveLength(1);

	const {store: opened, signal} = fetching;
	const canOpen = async (name: string): Promise<boolean> => {
		try {
			for await (const _ of await opened.open(`repos/${name}`, {
				identities: [runner.identity],
				signal,
			})) {
				// To its end.
			}

			return true;
		} catch {
			return false;
		}
	};
	const bundles = namesIn(store).filter((name) => name.endsWith('.bundle.age'));
	const code = bundles.filter((name) => name.includes('.repo.'));
	expect(await Promise.all(code.map(canOpen))).toEqual(code.map(() => false));
	const newest =
		bundles
			.filter((name) => name.includes('.metadata.'))
			.toSorted()
			.at(-1) ?? '';
	expect(await canOpen(newest)).toBe(true);
});

it('shards keep the metadata of their own repositories, and one of them that of the workspace', async () => {
	const {store, run} = await setUp('api', 'web', 'app');
	for (const shard of ['1/2', '2/2']) {
		expect((await run({shard})).exitCode).toBe(exitCodes.done);
	}

	const ofWorkspace = namesIn(store).filter((name) => name.startsWith(workspaceId(sha256('acme'))));
	expect(ofWorkspace.filter((name) => name.includes('.step'))).toHaveLength(1);
	const back = await fetchFolder(store);
	for (const name of ['acme#api', 'acme#web', 'acme#app', 'workspace']) {
		expect(existsSync(mirrorIn(back, name))).toBe(true);
	}
});

it('commits of a merged pull request are compared by the first backup of a fetched folder', async () => {
	const {store, api, by, source, pullRequests, run} = await setUp('api');
	const gone = ['1', '2', '3'].map((digit) => digit.padEnd(40, 'a'));
	pullRequests.close(pullRequests.open(api, {by, commits: gone.slice(0, 1)}), 'DECLINED', {by});
	const [, , merge = ''] = gone;
	const merged = pullRequests.open(api, {by, commits: gone.slice(1, 2)});
	pullRequests.close(merged, 'MERGED', {by, mergeCommit: merge});
	expect((await run()).exitCode).toBe(exitCodes.done);
	const back = await fetchFolder(store);
	const commitsOf = (id: number) => readSaved(mirrorIn(back), pullRequestPath(id, 'commits'));
	expect(commitsOf(1)).toMatchObject([{hash: gone[0]}]);
	expect(commitsOf(2)).toBeUndefined();

	await runBackup(back, [makeSource(acme.sandbox, source)], {clock: acme.clock});
	expect(commitsOf(2)).toMatchObject([{hash: gone[1]}]);
});

it('a bundle that is gone from the store is named once, and all of its metadata sent again', async () => {
	const {store, api, by, pullRequests, run} = await setUp('api');
	const open = pullRequests.open(api, {by});
	await run();
	const bundle = namesIn(store).find(
		(name) => name.includes('.metadata.bundle') && name.startsWith(api.uuid.slice(1, -1)),
	);
	const path = store.place.type === 'folder' ? store.place.path : '';
	rmSync(join(path, 'repos', bundle ?? ''));
	const codes: number[] = [];
	for (const text of ['First words', 'Second words']) {
		pullRequests.comment(open, {by, text});
		codes.push((await run()).exitCode);
	}

	expect(codes).toEqual([exitCodes.incomplete, exitCodes.done]);
	const back = await fetchFolder(store);
	expect(readSaved(mirrorIn(back), pullRequestPath(1, 'comments'))).toHaveLength(2);
});
