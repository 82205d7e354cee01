import {copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import type {StoreSettings} from '../../../source/domain/settings/settings.ts';
import {indexName} from '../../../source/domain/store/names.ts';
import {pktLine} from '../../../source/sandbox/git-backend.ts';
import {makeSource, runBackup} from '../../helpers/backup.ts';
import {packBroken} from '../../helpers/hostile-objects.ts';
import {writeRefFile} from '../../helpers/ref-files.ts';
import {keptIn} from '../../helpers/stateless.ts';
import {fetchBackup, makeStore, openFetching} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, git, readRefs} from '../../helpers/upstream.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

const openPlace = () => {
	const path = join(makeTemporaryFolder(), 'store');
	return {path, store: makeStore(path)};
};

const runStateless = (store: StoreSettings) =>
	runBackup(makeTemporaryFolder(), [makeSource(acme.sandbox)], {
		clock: acme.clock,
		run: keptIn(store),
	});

/** Brings everything back: the failures, and upstream's refs of each repository that came. */
const bringBack = async (store: StoreSettings) => {
	const folder = makeTemporaryFolder();
	const {failed} = await fetchBackup(store, folder, acme.clock);
	const mirrorOf = (slug: string): string => join(folder, 'acme', `acme#${slug}`, 'repo');
	return {
		failed,
		readRefs: async (slug: string, ...prefixes: readonly string[]) =>
			readRefs(mirrorOf(slug), ...prefixes),
		expectWhole: async (slug: string) =>
			expect(await git(mirrorOf(slug), 'fsck', '--full')).toBe(''),
	};
};

type Harm = (answer: Buffer) => Buffer;

/** Changes the answers to requests for objects. `times`: of these and of requests for refs. */
const harmPacks = (harm: Harm, times?: number): void => {
	const isOfFetch = (answer: Buffer): boolean =>
		/^[\da-f]{4}(?:acknowledgments|packfile)\n/.test(answer.toString('latin1', 0, 30));
	acme.sandbox.addFault({
		match: {service: 'git', method: 'POST'},
		...(times === undefined ? {} : {times}),
		answer: {kind: 'changed', change: (answer) => (isOfFetch(answer) ? harm(answer) : answer)},
	});
};

const flip: Harm = (answer) => {
	const harmed = Buffer.from(answer);
	const at = Math.floor(harmed.length * 0.8);
	harmed.writeUInt8(harmed.readUInt8(at) ^ 1, at);
	return harmed;
};

/** A whole pack of other objects, after whatever the server acknowledged. */
const replacePack =
	(pack: Buffer): Harm =>
	(answer) => {
		const start = answer.indexOf('packfile\n') - 4;
		const size = (pack.length + 5).toString(16).padStart(4, '0');
		return Buffer.concat([
			answer.subarray(0, start),
			Buffer.from(`${pktLine('packfile\n')}${size}\u0001`),
			pack,
			Buffer.from('0000'),
		]);
	};

const acknowledgeOther: Harm = (answer) =>
	answer.includes('acknowledgments\n')
		? Buffer.from(`${pktLine('acknowledgments\n')}${pktLine(`ACK ${'1'.repeat(40)}\n`)}0000`)
		: answer;

describe('objects that are harmed on their way', () => {
	it.each([
		['a pack with a changed bit', flip, 'failed'],
		['an acknowledgement of what was not offered', acknowledgeOther, 'saved'],
	] as const)('%s costs a request, and never a state', async (_, harm, eachTime) => {
		const {store} = openPlace();
		const {path} = await acme.add('api');
		await runStateless(store);
		await commitFile(path, {content: Array.from({length: 300}, (__, n) => n * n).join(' ')});
		harmPacks(harm, 1);
		const {outcomes} = await runStateless(store);
		expect(outcomes.get('acme/api')).toMatchObject({result: 'saved', changes: {forwarded: 1}});

		const before = await readRefs(path);
		const tip = await commitFile(path);
		harmPacks(harm);
		const harmed = await runStateless(store);
		expect(harmed.outcomes.get('acme/api')?.result).toBe(eachTime);
		acme.sandbox.clearFaults();
		const back = await bringBack(store);
		const expected = eachTime === 'failed' ? before : new Map([['refs/heads/main', tip]]);
		expect(await back.readRefs('api')).toEqual(expected);
	});

	it('other objects in place of a first copy fail the repository, which the next run saves', async () => {
		const {store} = openPlace();
		await acme.add('api');
		harmPacks(replacePack(packBroken('lacking').pack));
		const {outcomes} = await runStateless(store);
		expect(outcomes.get('acme/api')?.result).toBe('failed');
		acme.sandbox.clearFaults();
		expect((await runStateless(store)).outcomes.get('acme/api')?.result).toBe('saved');
	});
});

describe('objects that upstream keeps back', () => {
	it('are missed by verify and fetch, never taken for whole, and come with the next full copy', async () => {
		const {store} = openPlace();
		const {path} = await acme.add('api');
		await runStateless(store);
		await commitFile(path);
		harmPacks(replacePack(packBroken('lacking').pack));
		await runStateless(store);
		acme.sandbox.clearFaults();
		const harmed = await bringBack(store);
		expect([...harmed.failed.keys()]).toEqual(['acme/api']);

		await commitFile(path);
		acme.clock.advance(store.fullAfter);
		expect((await runStateless(store)).exitCode).toBe(exitCodes.done);
		const back = await bringBack(store);
		expect(back.failed).toEqual(new Map());
		expect(await back.readRefs('api')).toEqual(await readRefs(path));
	});
});

describe('refs that lie', () => {
	it('hide a branch: its tip is kept as that of any deleted branch', async () => {
		const {store} = openPlace();
		const {path} = await acme.add('api');
		const hidden = await commitFile(path, {branch: 'hidden', file: 'hidden.txt'});
		await runStateless(store);
		acme.sandbox.addFault({
			match: {service: 'git', method: 'GET'},
			answer: {
				kind: 'changed',
				change: (answer) =>
					Buffer.from(
						answer.toString('latin1').replace(/[\da-f]{44} refs\/heads\/hidden\n/, ''),
						'latin1',
					),
			},
		});
		const {outcomes} = await runStateless(store);
		expect(outcomes.get('acme/api')).toMatchObject({changes: {deleted: 1}});
		acme.sandbox.clearFaults();
		const back = await bringBack(store);
		const kept = await back.readRefs('api', 'refs/cistern/kept/');
		expect([...kept.values()]).toEqual([hidden]);
		await back.expectWhole('api');
	});

	it('lead to an object that upstream does not have: the store keeps what it had, and all others are saved', async () => {
		const {store} = openPlace();
		const {path} = await acme.add('api');
		await acme.add('web');
		await runStateless(store);
		const before = await readRefs(path);
		writeRefFile(path, 'refs/heads/broken', '1'.repeat(40));
		await acme.add('new');
		const {exitCode, outcomes} = await runStateless(store);
		expect(exitCode).toBe(exitCodes.incomplete);
		expect(outcomes.get('acme/api')?.result).toBe('failed');
		expect(outcomes.get('acme/new')?.result).toBe('saved');
		const back = await bringBack(store);
		expect(back.failed).toEqual(new Map());
		expect(await back.readRefs('api')).toEqual(before);
	});
});

describe('objects of the store', () => {
	const indexesOf = (path: string): readonly string[] =>
		readdirSync(join(path, 'index'))
			.toSorted()
			.map((name) => join(path, 'index', name));

	const stepsOf = (path: string, {uuid}: {readonly uuid: string}): readonly string[] => {
		const folder = join(path, 'repos', uuid.slice(1, -1));
		return readdirSync(folder)
			.filter((name) => name.endsWith('.step'))
			.toSorted()
			.map((name) => join(folder, name));
	};

	it('an older index in place of the newest ends the run, which writes nothing', async () => {
		const {path, store} = openPlace();
		const api = await acme.add('api');
		await runStateless(store);
		await commitFile(api.path);
		await runStateless(store);
		const [older = '', newest = ''] = indexesOf(path);
		rmSync(newest, {force: true});
		copyFileSync(older, newest);
		const before = readdirSync(path, {recursive: true});
		const {exitCode, reports} = await runStateless(store);
		expect(exitCode).toBe(exitCodes.incomplete);
		expect(reports[0]?.problem).toMatchObject({kind: 'object-damaged'});
		expect(readdirSync(path, {recursive: true})).toEqual(before);
	});

	it('an index or a step of a newer version is named as that, and nothing is written by it', async () => {
		const {path, store} = openPlace();
		const [api] = [await acme.add('api'), await acme.add('web')];
		await runStateless(store);
		const [step = ''] = stepsOf(path, api);
		const text = readFileSync(step, 'utf8');
		writeFileSync(step, text.replace('cistern-step 1', 'cistern-step 2'));
		await commitFile(api.path);
		const newer = await runStateless(store);
		expect(newer.exitCode).toBe(exitCodes.incomplete);
		expect(newer.outcomes.get('acme/web')?.result).toBe('unchanged');
		const failure = {kind: 'object-newer', name: expect.stringContaining('.repo.step')};
		expect(newer.outcomes.get('acme/api')).toMatchObject({result: 'failed', failure});
		writeFileSync(step, text);

		const {store: opened, signal} = openFetching(store);
		const body = await opened.sealCompressed(['{"version":2}\n']);
		const at = acme.clock.now();
		await opened.put(
			indexName(body.sha256, {at, before: [], shard: undefined, suffix: opened.suffix}),
			body,
			signal,
		);
		const before = readdirSync(path, {recursive: true});
		const {exitCode, reports} = await runStateless(store);
		expect(exitCode).toBe(exitCodes.incomplete);
		expect(reports[0]?.problem).toMatchObject({kind: 'object-newer'});
		expect(readdirSync(path, {recursive: true})).toEqual(before);
	});

	it('an index that is taken away makes the run build on the one before it', async () => {
		const {path, store} = openPlace();
		const api = await acme.add('api');
		await runStateless(store);
		await commitFile(api.path);
		await runStateless(store);
		rmSync(indexesOf(path)[1] ?? '');
		await commitFile(api.path);
		expect((await runStateless(store)).exitCode).toBe(exitCodes.done);
		const back = await bringBack(store);
		expect(await back.readRefs('api')).toEqual(await readRefs(api.path));
		await back.expectWhole('api');
	});

	it('a step that is gone or of another repository is named once, and its repository is saved whole', async () => {
		const {path, store} = openPlace();
		const [api, web] = [await acme.add('api'), await acme.add('web')];
		const good = await acme.add('good');
		await runStateless(store);
		const [ofApi = ''] = stepsOf(path, api);
		const [ofWeb = ''] = stepsOf(path, web);
		const [ofGood = ''] = stepsOf(path, good);
		rmSync(ofApi);
		rmSync(ofWeb);
		copyFileSync(ofGood, ofWeb);
		for (const repository of [api, web, good]) {
			await commitFile(repository.path);
		}

		const {outcomes, exitCode, reports} = await runStateless(store);
		expect([...outcomes.values()].map(({result}) => result)).toEqual(['saved', 'saved', 'saved']);
		expect(exitCode).toBe(exitCodes.incomplete);
		expect(reports[0]?.lost.toSorted()).toEqual(['acme/api', 'acme/web']);
		expect((await runStateless(store)).exitCode).toBe(exitCodes.done);
		const back = await bringBack(store);
		expect(back.failed).toEqual(new Map());
		for (const {slug, path: upstream} of [api, web]) {
			expect(await back.readRefs(slug)).toEqual(await readRefs(upstream));
		}
	});
});
