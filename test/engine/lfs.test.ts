import {chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {day} from '../../source/domain/text/format.ts';
import type {Bitbucket} from '../../source/ports/bitbucket.ts';
import type {Git} from '../../source/ports/git.ts';
import type {FoundPointer} from '../../source/ports/lfs.ts';
import type {World} from '../../source/ports/world.ts';
import type {SandboxRepository} from '../../source/sandbox/model.ts';
import type {RunResult} from '../helpers/backup.ts';
import {Death, dyingWorld} from '../helpers/dying-world.ts';
import {placeOf, pointerTo, sha256} from '../helpers/lfs-files.ts';
import {createRandom} from '../helpers/random.ts';
import {expectEach, seedsOf} from '../helpers/seeds.ts';
import {commitFile, deleteRef, forcePush, readOid} from '../helpers/upstream.ts';
import {runVerify} from '../helpers/verify.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();
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

const isSaved = (oid: string): boolean => {
	const path = placeOf(acme.mirror('api'), oid);
	return existsSync(path) && sha256(readFileSync(path)) === oid;
};

const isMissingIn = ({reports}: RunResult): unknown => reports[0]?.json['lfsMissing'];

const requestsToMedia = (): number =>
	acme.sandbox.requests.filter(({service}) => service !== 'api' && service !== 'git').length;

describe('LFS files', () => {
	it('of every state that was ever saved are fetched, and an unchanged repository costs nothing', async () => {
		const api = await acme.add('api');
		const old = await addLarge(api, 'the first version');
		const other = await addLarge(api, 'on a branch', {branch: 'draft', file: 'draft.psd'});
		const first = await acme.run();
		expect(first.exitCode).toBe(exitCodes.done);
		expect([old, other].map(isSaved)).toEqual([true, true]);
		expect(existsSync(join(acme.mirror('api'), 'lfs', 'incomplete'))).toBe(false);
		expect(first.outcomes.get('acme/api')).toMatchObject({
			result: 'saved',
			json: {usesLfs: false, lfs: {objects: 2, missing: 0, accepted: 0, received: 28}},
			notes: ['2 LFS files (28 B)'],
		});
		expect(first.reports[0]?.json).toMatchObject({lfs: [], lfsReceived: 28});

		await forcePush(api.path);
		await deleteRef(api.path, 'refs/heads/draft');
		const next = await addLarge(api, 'the second version');
		expect((await acme.run()).exitCode).toBe(exitCodes.done);
		expect([old, other, next].map(isSaved)).toEqual([true, true, true]);

		acme.sandbox.clearRequests();
		const same = await acme.run();
		expect(same.outcomes.get('acme/api')).toMatchObject({
			result: 'unchanged',
			json: {lfs: {objects: 3}},
		});
		expect(acme.sandbox.requestsTo('git')).toHaveLength(1);
		expect(requestsToMedia()).toBe(0);
	});

	it('that are not upstream are named with 3 by every run, asked for again, and come when they are back', async () => {
		const api = await acme.add('api');
		const lost = await addLarge(api, 'lost upstream');
		const kept = await addLarge(api, 'kept upstream', {file: 'kept.psd'});
		acme.sandbox.forgetLfs(api, lost);
		const first = await acme.run();
		expect(first.exitCode).toBe(exitCodes.incomplete);
		expect(isSaved(kept)).toBe(true);
		expect(isMissingIn(first)).toEqual([
			{repository: 'acme/api', path: 'art/hero.psd', oid: lost, size: 13, why: 'not-upstream'},
		]);
		expect(first.outcomes.get('acme/api')).toMatchObject({
			result: 'saved',
			gaps: [{detail: expect.stringContaining('1 of 2 is not on Bitbucket (art/hero.psd, 13 B)')}],
		});

		for (let run = 0; run < 3; run += 1) {
			expect((await acme.run()).exitCode).toBe(exitCodes.incomplete);
		}

		acme.sandbox.clearRequests();
		const silent = await acme.run();
		expect([silent.exitCode, isMissingIn(silent)]).toEqual([3, isMissingIn(first)]);
		expect(acme.sandbox.requestsTo('git')).toHaveLength(1);

		acme.sandbox.putLfs(api, 'lost upstream');
		acme.clock.advance(8 * day);
		const back = await acme.run();
		expect(back.exitCode).toBe(exitCodes.done);
		expect(isSaved(lost)).toBe(true);
		expect(existsSync(acme.path('acme#api', 'lfs-missing.json'))).toBe(false);
	});

	it('that another content came for are named, and never stored', async () => {
		const api = await acme.add('api');
		const oid = await addLarge(api, 'as it should be');
		writeFileSync(join(`${api.path}.lfs`, oid), 'as it must not');
		const {exitCode, reports} = await acme.run();
		expect(exitCode).toBe(exitCodes.incomplete);
		expect(reports[0]?.json).toMatchObject({lfsMissing: [{why: 'not-as-named'}]});
		expect(existsSync(placeOf(acme.mirror('api'), oid))).toBe(false);
	});

	it('that do not fit on the disk are named, with the room there is; all else is saved, and they come when there is room', async () => {
		const [api, web] = [await acme.add('api'), await acme.add('web')];
		const small = await addLarge(api, 'small');
		const large = await addLarge(api, 'l'.repeat(5000), {file: 'large.psd'});
		await addLarge(web, 'of the web');
		const free = 16 * 1024 ** 2 + 1000;
		const wrapWorld = (world: World): World => ({
			...world,
			files: {...world.files, readFreeSpace: async () => free},
		});

		for (let run = 0; run < 2; run += 1) {
			const short = await acme.run({wrapWorld});
			expect(short.exitCode).toBe(exitCodes.incomplete);
			expect(short.reports[0]?.json).toMatchObject({
				lfs: ['acme/api'],
				lfsMissing: [{path: 'large.psd', size: 5000, why: 'no-room'}],
			});
			expect(short.reports[0]?.gaps).toMatchObject([
				{
					detail: expect.stringMatching(
						/^1 of 2 is not fetched: only (?:9\d\d B|1\.0 kB) are free \(large\.psd, 5\.0 kB\), first seen/,
					),
					advice: 'Free some space or use a larger disk. The next backup goes on.',
				},
			]);
			expect([small, large].map(isSaved)).toEqual([true, false]);
		}

		expect((await acme.run()).exitCode).toBe(exitCodes.done);
		expect(isSaved(large)).toBe(true);
	});

	it('that may not fit are announced before they are fetched, the smallest first', async () => {
		const api = await acme.add('api');
		const sizes = [7000, 2000, 9000, 3000];
		const asked: number[] = [];
		for (const size of sizes) {
			await addLarge(api, 'x'.repeat(size), {file: `${size}.psd`});
		}

		const wrapWorld = (world: World): World => ({
			...world,
			files: {...world.files, readFreeSpace: async () => 1000},
			connect: (source, run) => {
				const {bitbucket, git} = world.connect(source, run);
				const fetchLfs: Bitbucket['fetchLfs'] = (url, mirror, wanted, options) => {
					asked.push(...wanted.map(({size}) => size));
					return bitbucket.fetchLfs(url, mirror, wanted, options);
				};
				return {bitbucket: {...bitbucket, fetchLfs}, git};
			},
		});
		const {events, exitCode} = await acme.run({wrapWorld});
		expect(exitCode).toBe(exitCodes.incomplete);
		expect(asked).toEqual([2000, 3000, 7000, 9000]);
		expect(
			events.flatMap((event) => (event.type === 'noticed' ? [event.text] : [])),
		).toContainEqual(
			`acme/api: 4 LFS files (21.0 kB) are to be fetched, and 1.0 kB are free in ${acme.path('acme#api')}. The smallest come first; those that do not fit are named. Free some space or use a larger disk.`,
		);
	});

	it('cost a repository that has none neither a request nor a file nor a word', async () => {
		const [api] = await acme.addSaved('api');
		await commitFile(api.path);
		const {events} = await acme.run();
		expect(acme.sandbox.requestsTo('media')).toEqual([]);
		expect(acme.sandbox.requests.filter(({path}) => /lfs/.test(path))).toEqual([]);
		expect(JSON.stringify(events)).not.toMatch(/LFS/);
		expect(existsSync(join(acme.mirror('api'), 'lfs'))).toBe(false);
		expect(readFileSync(join(acme.mirror('api'), 'config'), 'utf8')).not.toContain('lfs');
	});

	it('are only reported, or left out without a word, where the settings say so', async () => {
		const api = await acme.add('api');
		const oid = await addLarge(api, 'a large file');
		const ignoring = await acme.run({source: {ofParts: {lfs: 'ignore'}}});
		expect([ignoring.exitCode, ignoring.reports[0]?.json]).toEqual([exitCodes.done, {lfs: []}]);
		expect(existsSync(acme.path('acme#api', 'lfs-missing.json'))).toBe(false);
		for (let run = 0; run < 2; run += 1) {
			const reporting = await acme.run({source: {ofParts: {lfs: 'report'}}});
			expect(reporting.exitCode).toBe(exitCodes.incomplete);
			expect(reporting.reports[0]?.json).toMatchObject({lfs: ['acme/api']});
		}

		expect(isSaved(oid)).toBe(false);
		expect((await acme.run()).exitCode).toBe(exitCodes.done);
		expect(isSaved(oid)).toBe(true);
	});

	it('that another server has are named with it, and the token does not go there', async () => {
		const api = await acme.add('api');
		await commitFile(api.path, {
			file: '.lfsconfig',
			content: '[lfs]\n\turl = https://lfs.example.com/acme\n',
		});
		await commitFile(api.path, {file: 'a.psd', content: pointerTo('elsewhere')});
		const {exitCode, reports} = await acme.run();
		expect(exitCode).toBe(exitCodes.incomplete);
		expect(reports[0]?.gaps[0]?.detail).toContain(
			'on lfs.example.com, where your token does not go',
		);
	});

	it('are taken over into a mirror that was built anew', async () => {
		const api = await acme.add('api');
		const oid = await addLarge(api, 'fetched once');
		await acme.run();
		acme.sandbox.forgetLfs(api, oid);
		rmSync(join(acme.mirror('api'), 'HEAD'));
		const {exitCode} = await acme.run();
		expect([exitCode, isSaved(oid)]).toEqual([exitCodes.done, true]);
	});

	it('that were damaged or taken away are named by verify with path and commit, and fetched again', async () => {
		const api = await acme.add('api');
		const damaged = await addLarge(api, 'damaged here');
		const taken = await addLarge(api, 'taken away', {file: 'b.psd'});
		await acme.run();
		const path = placeOf(acme.mirror('api'), damaged);
		chmodSync(path, 0o600);
		writeFileSync(path, 'other words!');
		rmSync(placeOf(acme.mirror('api'), taken));

		const rehearsed = await runVerify(acme, ['--sample', '1', '--json']);
		expect(rehearsed.events).toContainEqual(
			expect.objectContaining({
				type: 'rehearsed',
				rehearsed: expect.objectContaining({state: 'different'}),
			}),
		);
		const verified = await runVerify(acme);
		expect(verified.exitCode).toBe(exitCodes.incomplete);
		const [first, second] = [await readOid(api.path, 'main~1'), await readOid(api.path, 'main')];
		expect(verified.findings.get('acme/api')).toMatchObject([
			{kind: 'file-damaged', mirror: 'lfs', path: 'art/hero.psd', size: 12, commit: first},
			{kind: 'file-missing', mirror: 'lfs', path: 'b.psd', size: 10, commit: second},
		]);
		expect((await acme.run()).exitCode).toBe(exitCodes.done);
		expect([damaged, taken].map(isSaved)).toEqual([true, true]);
		expect((await runVerify(acme, ['--sample', '1'])).exitCode).toBe(exitCodes.done);
	});

	it('that are damaged here and lost upstream are named as lost', async () => {
		const api = await acme.add('api');
		const oid = await addLarge(api, 'the only copy');
		await acme.run();
		acme.sandbox.forgetLfs(api, oid);
		const path = placeOf(acme.mirror('api'), oid);
		chmodSync(path, 0o600);
		writeFileSync(path, 'damaged words');
		await runVerify(acme);
		for (let run = 0; run < 2; run += 1) {
			const {exitCode, outcomes} = await acme.run();
			expect(exitCode).toBe(exitCodes.incomplete);
			expect(outcomes.get('acme/api')).toMatchObject({
				gaps: [{detail: expect.stringContaining('art/hero.psd, 13 B, LOST here too')}],
			});
		}

		expect(readdirSync(join(acme.mirror('api'), 'lfs', 'replaced'))).toHaveLength(1);
	});

	it.each([
		['as git gives them', (pointers: readonly FoundPointer[]) => pointers],
		['the other way round', (pointers: readonly FoundPointer[]) => pointers.toReversed()],
	])('come whole, whatever size another pointer claims: %s', async (_, order) => {
		const api = await acme.add('api');
		const content = 'twelve bytes';
		const oid = await addLarge(api, content);
		const claim = pointerTo(content).replace('size 12', 'size 3');
		await commitFile(api.path, {file: 'b.psd', content: claim});
		const wrapWorld = (world: World): World => ({
			...world,
			connect: (source, run) => {
				const {bitbucket, git} = world.connect(source, run);
				const findPointers = async function* (...args: Parameters<Git['findPointers']>) {
					const all: FoundPointer[] = [];
					for await (const pointer of git.findPointers(...args)) {
						all.push(pointer);
					}
					yield* order(all);
				};
				return {bitbucket, git: {...git, findPointers}};
			},
		});
		expect((await acme.run({wrapWorld})).exitCode).toBe(exitCodes.done);
		expect(isSaved(oid)).toBe(true);
	});

	it('that never came are no damage', async () => {
		const api = await acme.add('api');
		acme.sandbox.forgetLfs(api, await addLarge(api, 'lost upstream'));
		await acme.run();
		const verified = await runVerify(acme);
		expect(verified.exitCode).toBe(exitCodes.done);
		expect(verified.findings.get('acme/api')).toEqual([
			{mirror: 'lfs', kind: 'files-absent', count: 1, size: 13, paths: ['art/hero.psd']},
		]);
	});
});

describe('wherever a run dies', () => {
	const ended = expectEach(['died', 'came through']);

	it('what it had fetched stays, the code is recorded, and the next run counts all', async () => {
		const api = await acme.add('api');
		const one = await addLarge(api, 'one');
		await acme.run();
		const two = await addLarge(api, 'two', {file: 'two.psd'});
		/** All files are here, and the record does not say so yet. */
		const moment = (name: string, [path]: readonly unknown[]): boolean =>
			name === 'remove' && String(path).endsWith('lfs-missing.json');
		await acme
			.run({wrapWorld: (world) => dyingWorld(world, moment, createRandom(1))})
			.catch((error: unknown) => expect(error).toBeInstanceOf(Death));
		expect([one, two].map(isSaved)).toEqual([true, true]);
		expect(JSON.parse(readFileSync(acme.path('acme#api', 'cistern.json'), 'utf8'))).toMatchObject({
			parts: {repo: {state: 'saved'}, lfs: {objects: 1, unfinished: true}},
		});

		acme.sandbox.clearRequests();
		const next = await acme.run();
		expect(next.exitCode).toBe(exitCodes.done);
		expect(next.outcomes.get('acme/api')).toMatchObject({json: {lfs: {objects: 2}}});
		expect(requestsToMedia()).toBe(0);
	});

	it.each(seedsOf([1, 2]))(
		'each LFS file is what its name says, the record says no more than is there, and the next run has all: seed %i',
		async (seed) => {
			const random = createRandom(seed);
			const api = await acme.add('api');
			const oids: string[] = [];
			for (let round = 0; round < 3; round += 1) {
				oids.push(await addLarge(api, `version ${seed} ${round}`));
				if (random(2) === 0) {
					await forcePush(api.path);
				}

				const moment = 1 + random(60);
				const run = acme.run({wrapWorld: (world) => dyingWorld(world, moment, random)});
				const [end] = await Promise.allSettled([run]);
				if (end.status === 'rejected') {
					expect(end.reason).toBeInstanceOf(Death);
				}

				ended(end.status === 'rejected' ? 'died' : 'came through');
				expectHonest();
			}

			oids.push(await addLarge(api, `version ${seed} last`));
			const last = await acme.run();
			expect(last.exitCode).toBe(exitCodes.done);
			expect(last.outcomes.get('acme/api')).toMatchObject({json: {lfs: {missing: 0}}});
			expectHonest();
			expect(isSaved(oids.at(-1) ?? '')).toBe(true);
			expect((await runVerify(acme)).exitCode).toBe(exitCodes.done);
		},
	);
});

/** Every stored file has its name's content, and a record that is not marked as unfinished has all. */
const expectHonest = (): void => {
	const store = join(acme.mirror('api'), 'lfs', 'objects');
	const stored = existsSync(store)
		? readdirSync(store, {recursive: true, encoding: 'utf8'}).filter((name) =>
				/[\da-f]{64}$/.test(name),
			)
		: [];
	for (const name of stored) {
		expect(sha256(readFileSync(join(store, name)))).toBe(name.slice(-64));
	}

	const record = acme.path('acme#api', 'cistern.json');
	const {lfs} = existsSync(record) ? JSON.parse(readFileSync(record, 'utf8')).parts : {};
	expect(lfs?.objects ?? 0).toBeLessThanOrEqual(stored.length);
};
