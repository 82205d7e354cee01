import {chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {makeKeyPair} from '../../../source/adapters/seal/age.ts';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {Secret} from '../../../source/domain/settings/settings.ts';
import type {World} from '../../../source/ports/world.ts';
import {auditStore} from '../../helpers/audit-store.ts';
import {placeOf, pointerTo, sha256} from '../../helpers/lfs-files.ts';
import {fetchAll, makeStore} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, forcePush, readRefs} from '../../helpers/upstream.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

it('a store that lost everything gets it again, whatever the folder remembers', async () => {
	const place = join(makeTemporaryFolder(), 'store');
	const store = makeStore(place);
	await acme.addSaved('api');
	await acme.run({source: {stores: [store]}});
	rmSync(place, {recursive: true});
	mkdirSync(place);

	const {exitCode, events} = await acme.run({source: {stores: [store]}});
	expect(exitCode).toBe(exitCodes.done);
	expect(events.flatMap((event) => (event.type === 'noticed' ? [event.text] : []))).toEqual([
		expect.stringContaining('The store offsite does not have what was sent to it before'),
	]);
	expect(await auditStore(store)).toBe(1);
	const back = makeTemporaryFolder();
	await fetchAll(store, back);
	expect(await readRefs(join(back, 'acme', 'acme#api', 'repo'), 'refs/')).toEqual(
		await readRefs(acme.mirror('api'), 'refs/'),
	);
});

it('after fullAfter a repository is sent whole, and comes back without anything older', async () => {
	const place = join(makeTemporaryFolder(), 'store');
	const store = makeStore(place);
	const source = {stores: [store]};
	const [{path}] = await acme.addSaved('api');
	const list = (): readonly string[] =>
		readdirSync(join(place, 'repos'), {recursive: true, encoding: 'utf8'}).filter((name) =>
			/\.(?:step|bundle)$/.test(name),
		);
	const isFull = (names: readonly string[]): boolean =>
		names.some((name) => /^full$/m.test(readFileSync(join(place, 'repos', name), 'utf8')));
	await acme.run({source});
	await commitFile(path, {file: 'small.txt'});
	const first = list();
	await acme.run({source});
	const older = list();
	expect(isFull(older.filter((name) => !first.includes(name)))).toBe(false);

	acme.clock.advance(store.fullAfter);
	await forcePush(path);
	await acme.run({source});
	expect(isFull(list().filter((name) => !older.includes(name)))).toBe(true);
	for (const name of older) {
		rmSync(join(place, 'repos', name));
	}

	const back = makeTemporaryFolder();
	await fetchAll(store, back);
	expect(await readRefs(join(back, 'acme', 'acme#api', 'repo'), 'refs/')).toEqual(
		await readRefs(acme.mirror('api'), 'refs/'),
	);
});

it('a backup without a store opens none, and neither remembers nor tells anything of one', async () => {
	await acme.add('api');
	const {exitCode, events} = await acme.run({
		wrapWorld: (world) => ({...world, openStore: () => expect.fail('a store was opened')}),
	});
	expect(exitCode).toBe(exitCodes.done);
	expect(events.filter(({type}) => type.startsWith('follow-up'))).toEqual([]);
	expect(readdirSync(acme.path('.cistern'))).not.toContain('stores');
});

it('a key that is none is named before any git is started for what is sent', async () => {
	await acme.addSaved('api');
	const runner = new Secret('no key');
	const bundled: string[] = [];
	const wrapWorld = (world: World): World => ({
		...world,
		connect: (source, run) => {
			const {git, ...others} = world.connect(source, run);
			const makeBundle: typeof git.makeBundle = (mirror, ...rest) => {
				bundled.push(mirror);
				return git.makeBundle(mirror, ...rest);
			};
			return {...others, git: {...git, makeBundle}};
		},
	});
	const {recipient} = await makeKeyPair();
	for (const keys of [{recipients: [recipient], runner}, {recipients: ['age1none']}]) {
		const store = makeStore(join(makeTemporaryFolder(), 'store'), keys);
		const {reports} = await acme.run({source: {stores: [store]}, wrapWorld});
		expect(reports[0]?.gaps).toHaveLength(1);
	}

	expect(bundled).toEqual([]);
});

it('a name that is taken, and a file that is not what it should be, are named and not counted as sent', async () => {
	const store = makeStore(join(makeTemporaryFolder(), 'store'));
	const [taken] = await acme.addSaved('taken');
	const uuid = taken.uuid.replaceAll(/[{}]/g, '');
	const large = await acme.add('large');
	acme.sandbox.putLfs(large, 'a large file');
	await commitFile(large.path, {file: 'large.psd', content: pointerTo('a large file')});
	await acme.run();
	const file = placeOf(acme.mirror('large'), sha256('a large file'));
	chmodSync(file, 0o600);
	writeFileSync(file, 'another file');

	const wrapWorld = (world: World): World => ({
		...world,
		openStore: (settings) => {
			const inner = world.openStore(settings);
			return {
				...inner,
				put: async (name, body, signal) => {
					if (name.includes(uuid) && name.includes('.bundle')) {
						const content = Buffer.from('another object');
						const about = {size: content.length, sha256: sha256('another object')};
						await inner.put(name, {...body, ...about, content}, signal);
					}

					return inner.put(name, body, signal);
				},
			};
		},
	});
	const {exitCode, reports} = await acme.run({source: {stores: [store]}, wrapWorld});
	expect(exitCode).toBe(exitCodes.incomplete);
	expect(reports[0]?.gaps.map(({repository}) => repository).toSorted()).toEqual([
		'acme/large',
		'acme/taken',
	]);
	const again = await acme.run({source: {stores: [store]}});
	expect(again.reports[0]?.gaps.map(({repository}) => repository)).toEqual(['acme/large']);
	expect(again.reports[0]?.json).toMatchObject({stores: [{sent: 1}]});
	const back = makeTemporaryFolder();
	await fetchAll(store, back);
	expect(await readRefs(join(back, 'acme', 'acme#taken', 'repo'), 'refs/')).toEqual(
		await readRefs(acme.mirror('taken'), 'refs/'),
	);
});

it('a night without news asks the store beside the looks, reads each record once, and writes the index alone', async () => {
	const store = makeStore(join(makeTemporaryFolder(), 'store'));
	await acme.addSaved('api', 'web');
	await acme.run({source: {stores: [store]}});
	const seen = {records: 0, done: [] as string[]};
	await acme.run({
		source: {stores: [store]},
		wrapWorld: (world) => ({
			...world,
			files: {
				...world.files,
				readText: (path) => {
					seen.records += path.endsWith('/cistern.json') && path.includes('#') ? 1 : 0;
					return world.files.readText(path);
				},
				appendLine: (path, line) => {
					seen.done.push('line of the run');
					return world.files.appendLine(path, line);
				},
			},
			openStore: (settings) => {
				const opened = world.openStore(settings);
				const note =
					<Rest extends unknown[], Result>(act: (name: string, ...rest: Rest) => Result) =>
					(name: string, ...rest: Rest): Result => {
						seen.done.push(name.replace(/^index.*/, act.name));
						return act(name, ...rest);
					};
				return {...opened, put: note(opened.put), list: note(opened.list)};
			},
		}),
	});
	expect(seen).toEqual({records: 2, done: ['list', 'line of the run', 'put', 'line of the run']});
});
