import {randomUUID} from 'node:crypto';
import {
	cpSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, describe, expect, it} from 'vitest';
import {StopError} from '../../source/domain/failure/failure.ts';
import type {Restored} from '../../source/domain/restore/restored.ts';
import {inspect, restorePart} from '../../source/engine/restore/restore.ts';
import {
	type FoundRepository,
	findRepositories,
} from '../../source/engine/saved/find-repositories.ts';
import {parts} from '../../source/parts/registry.ts';
import {makeWorld} from '../helpers/backup.ts';
import {findPart} from '../helpers/find-part.ts';
import {flipByte} from '../helpers/flip-byte.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {
	commitFile,
	deleteRef,
	forcePush,
	git,
	readRefs,
	tag,
	tagAnnotated,
} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace('all');

const find = async (
	name: string,
	folder: string = acme.path(),
): Promise<readonly FoundRepository[]> =>
	findRepositories(makeWorld(acme.clock).files, [{source: 'acme', folder}], [name], parts);

type Options = {
	at?: number;
	bare?: boolean;
	part?: string;
	target?: string;
	/** The source's folder in a backup, where it is not the one that all share. */
	from?: string;
	signal?: AbortSignal;
};

const tryToRestore = async (name: string, target: string, options: Options): Promise<Restored> => {
	const {files, openGit, endProcesses, digest} = makeWorld(acme.clock);
	const [repository] = await find(name, options.from);
	if (repository === undefined) {
		throw new Error(`no ${name}`);
	}

	const {bare = false, at} = options;
	const {signal = new AbortController().signal} = options;
	const part = findPart(options.part ?? 'repo');
	const run = `restore-${randomUUID()}`;
	const git = openGit(run);
	const publish = () => {};
	const around = {git, digest, files, endProcesses, run, signal, parts};
	const tools = {...around, at, leftOut: [], mayAsk: false, publish};
	const origin = 'https://bitbucket.org/acme/api.git';
	const beside = `${target}-in-progress`;
	const as = bare ? 'bare' : {origin};
	const request = {kind: 'folder', repository, part, target, beside, as} as const;
	return (await inspect(tools, request)) ?? restorePart(tools, request);
};

const restore = async (name: string, options: Options = {}): Promise<string> => {
	const target = options.target ?? join(makeTemporaryFolder(), 'restored');
	expect(await tryToRestore(name, target, options)).toMatchObject({result: 'restored'});
	return target;
};

/** Upstream at one moment. */
type Moment = {readonly at: number; readonly refs: Map<string, string>; readonly head: string};

const momentOf = async (path: string): Promise<Moment> => ({
	at: acme.clock.now() - 1,
	refs: await readRefs(path),
	head: readFileSync(join(path, 'HEAD'), 'utf8'),
});

const expectAsOf = async (
	name: string,
	{at, refs, head}: Moment,
	bare = false,
): Promise<string> => {
	const target = await restore(name, {at, bare});
	expect(await readRefs(target, 'refs/')).toEqual(refs);
	expect(readFileSync(join(target, bare ? 'HEAD' : '.git/HEAD'), 'utf8')).toBe(head);
	return target;
};

/** A copy of the shared backup, to be damaged. */
const copyBackup = (): string => {
	const folder = makeTemporaryFolder();
	cpSync(acme.path(), folder, {recursive: true, preserveTimestamps: true});
	return folder;
};

// One history for all: three backups, each of another state of everything.
let firstRun: number;
let moments: readonly [Moment, Moment, Moment];
let wikiMoments: readonly [Moment, Moment];
let shopMoments: readonly [Moment, Moment];
let shopAside: string;
/** A tip that upstream no longer had at the last backup. */
let oldTip: string;

beforeAll(async () => {
	const api = await acme.add('old-name', {withWiki: true});
	const {path, wikiPath = ''} = api;
	const shop = await acme.add('shop');
	acme.sandbox.addRepository({workspace: 'acme', slug: 'empty'});
	await tagAnnotated(path, 'v1');
	await tag(path, 'light');
	oldTip = await commitFile(path, {branch: 'release'});
	await commitFile(wikiPath, {branch: 'master'});
	firstRun = acme.clock.now();
	await acme.run();
	const [first, wikiFirst] = [await momentOf(path), await momentOf(wikiPath)];
	const full = await momentOf(shop.path);

	acme.sandbox.renameRepository(api, 'api');
	await forcePush(path, {content: 'rewritten\n'});
	await commitFile(path, {branch: 'feature'});
	await tag(path, 'light', 'feature');
	await git(path, 'symbolic-ref', 'HEAD', 'refs/heads/feature');
	await deleteRef(path, 'refs/heads/release');
	await deleteRef(shop.path, 'refs/heads/main');
	await forcePush(wikiPath, {branch: 'master'});
	await acme.run();
	const second = await momentOf(path);
	shopMoments = [full, await momentOf(shop.path)];
	wikiMoments = [wikiFirst, await momentOf(wikiPath)];

	await git(path, 'symbolic-ref', 'HEAD', 'refs/heads/main');
	await deleteRef(path, 'refs/heads/feature');
	await commitFile(path, {branch: 'feature/x'});
	await tagAnnotated(path, 'v1');
	await deleteRef(path, 'refs/tags/light');
	await forcePush(path, {branch: 'release'});
	acme.sandbox.deleteRepository(shop);
	shopAside = `acme#shop~${shop.uuid.slice(1, 9)}`;
	await acme.add('shop');
	await acme.run();
	moments = [first, second, await momentOf(path)];
});

describe('a restored repository', () => {
	it('has the refs and the default branch of three moments, including a recreated branch', async () => {
		const [first, second, last] = moments;
		const releases = moments.map(({refs}) => refs.get('refs/heads/release'));
		expect([new Set(releases).size, releases[1]]).toEqual([3, undefined]);

		const target = await expectAsOf('api', first);
		expect(await git(target, 'status', '--porcelain')).toBe('');
		await expectAsOf('api', second, true);
		await git(await expectAsOf('api', last, true), 'fsck', '--strict');
	});

	it('is found by its old and its new name, before and after the rename', async () => {
		expect(await find('old-name')).toEqual(await find('api'));
		await expectAsOf('old-name', moments[1]);
	});

	it('has its content from before it was emptied or deleted and its name was used again', async () => {
		const [full, emptied] = shopMoments;
		await expectAsOf(shopAside, full, true);
		await expectAsOf(shopAside, emptied);
	});

	it('is a working copy of the default branch with upstream as origin, and holds nothing of Cistern', async () => {
		const target = await restore('api');

		expect(readdirSync(target).sort()).toEqual(['.git', 'README.md']);
		expect(readFileSync(join(target, 'README.md'), 'utf8')).toBe('rewritten\n');
		const inGit = readdirSync(join(target, '.git')).sort();
		expect(inGit).toEqual(['HEAD', 'config', 'index', 'objects', 'packed-refs', 'refs']);
		expect(readdirSync(join(target, '.git', 'objects', 'info'))).toEqual([]);
		const config = await git(target, 'config', '--local', '--list');
		expect(config).toContain('remote.origin.url=https://bitbucket.org/acme/api.git\n');
		expect(config).not.toMatch(/cistern|gc\.|fsync/);
		// A tip that was only kept stays in the backup.
		await git(acme.mirror('api'), 'cat-file', '-e', oldTip);
		await expect(git(target, 'cat-file', '-e', oldTip)).rejects.toThrow();
	});

	it('leaves nothing behind when the restore fails', async () => {
		const folder = makeTemporaryFolder();
		const target = join(folder, 'restored');
		const controller = new AbortController();
		controller.abort(new Error('enough'));

		await expect(restore('api', {target, signal: controller.signal})).rejects.toThrow('enough');
		expect(readdirSync(folder)).toEqual([]);

		const from = copyBackup();
		rmSync(join(from, 'acme#api', 'repo', 'objects', 'pack'), {recursive: true});
		for (const place of [target, folder]) {
			const failed = await tryToRestore('api', place, {from});
			expect(failed).toMatchObject({result: 'failed', failure: {kind: 'mirror-unusable'}});
			expect(readdirSync(folder)).toEqual([]);
		}
	});

	it('goes into an existing empty folder, and a second restore leaves it alone', async () => {
		const [{at}, , {refs}] = moments;
		const target = makeTemporaryFolder();
		const {ino} = statSync(target);

		await restore('api', {target});

		expect(statSync(target).ino).toBe(ino);
		expect(readdirSync(target).sort()).toEqual(['.git', 'README.md']);
		expect(await git(target, 'status', '--porcelain')).toBe('');

		const bareTarget = await restore('api', {bare: true});
		for (const [folder, bare] of [
			[target, false],
			[bareTarget, true],
		] as const) {
			writeFileSync(join(folder, 'mine.txt'), '');
			const again = await tryToRestore('api', folder, {bare});
			expect(again).toMatchObject({result: 'already-there', refs: refs.size});
			expect(existsSync(join(folder, 'mine.txt'))).toBe(true);
			await expect(tryToRestore('api', folder, {bare, at})).rejects.toBeInstanceOf(StopError);
			await expect(tryToRestore('api', folder, {bare: !bare})).rejects.toBeInstanceOf(StopError);
		}
	});

	it('is restored again or completed after a kill at any point, without leftovers', async () => {
		const folder = makeTemporaryFolder();
		const halfMade = join(folder, 'half-made');
		mkdirSync(join(folder, 'half-made-in-progress', 'run-1', '.git'), {recursive: true});
		const inside = join(folder, 'inside');
		mkdirSync(join(inside, '.cistern-restore', 'run-1', '.git'), {recursive: true});
		const moving = join(folder, 'moving');
		for (const target of [halfMade, inside]) {
			await restore('api', {target});
		}
		const whole = join(moving, '.cistern-restore', 'whole');
		mkdirSync(join(moving, '.cistern-restore'), {recursive: true});
		cpSync(inside, whole, {recursive: true, preserveTimestamps: true});
		renameSync(join(whole, 'README.md'), join(moving, 'README.md'));

		await tryToRestore('api', moving, {});

		for (const target of [halfMade, inside, moving]) {
			expect(readdirSync(target).sort()).toEqual(['.git', 'README.md']);
			expect(await readRefs(target, 'refs/')).toEqual(moments[2].refs);
		}
		expect(await git(moving, 'status', '--porcelain')).toBe('');
		expect(readdirSync(folder).sort()).toEqual(['half-made', 'inside', 'moving']);
	});

	it('has its wiki of the same moment, also one that only another tool saved', async () => {
		const [then, now] = wikiMoments;
		const target = await restore('api', {part: 'wiki', at: then.at});
		expect(await readRefs(target, 'refs/')).toEqual(then.refs);

		const from = copyBackup();
		await git(join(from, 'acme#api', 'wiki'), 'update-ref', '-d', 'refs/cistern/history');
		const other = await restore('api', {part: 'wiki', from});
		expect(await readRefs(other, 'refs/')).toEqual(now.refs);
	});

	it('has only its recorded state when its history is lost, and never a part of its refs', async () => {
		const [then, , now] = moments;
		const from = copyBackup();
		const damaged = join(from, 'acme#api', 'repo');
		await git(damaged, 'update-ref', '-d', 'refs/cistern/history');
		expect(await readRefs(await restore('api', {from, bare: true}))).toEqual(now.refs);

		const half = copyBackup();
		const mirror = join(half, 'acme#api', 'repo');
		const state = (await git(mirror, 'rev-parse', 'refs/cistern/history:refs')).trim();
		rmSync(join(mirror, 'objects', state.slice(0, 2), state.slice(2)));
		expect(await readRefs(await restore('api', {from: half, bare: true}))).toEqual(now.refs);

		const lost = {result: 'failed', failure: {kind: 'mirror-unusable'}};
		const target = join(makeTemporaryFolder(), 'restored');
		expect(await tryToRestore('api', target, {from, at: then.at})).toMatchObject(lost);
		rmSync(join(damaged, 'packed-refs'));
		expect(await tryToRestore('api', target, {from})).toMatchObject(lost);
		expect(existsSync(target)).toBe(false);
	});

	it('comes back as of a moment that the damage does not reach', async () => {
		const [then, , now] = moments;
		const from = copyBackup();
		await flipByte(join(from, 'acme#api', 'repo'), now.refs.get('refs/heads/main') ?? '');

		const target = await restore('api', {from, at: then.at});
		expect(await readRefs(target, 'refs/')).toEqual(then.refs);
		const place = join(makeTemporaryFolder(), 'restored');
		expect(await tryToRestore('api', place, {from})).toMatchObject({
			result: 'failed',
			failure: {kind: 'mirror-unusable'},
		});
	});

	it('may be empty', async () => {
		expect((await readRefs(await restore('empty'))).size).toBe(0);
	});

	it('never goes into a folder that is not empty, a file, or a dangling link', async () => {
		const target = makeTemporaryFolder();
		writeFileSync(join(target, 'mine.txt'), '');
		const other = makeTemporaryFolder();
		symlinkSync(join(other, 'nowhere'), join(other, 'link'));
		for (const place of [target, join(target, 'mine.txt'), other, join(other, 'link')]) {
			await expect(restore('api', {target: place})).rejects.toBeInstanceOf(StopError);
		}
	});

	it('cannot be restored as of a moment before its first backup', async () => {
		const target = join(makeTemporaryFolder(), 'restored');
		expect(await tryToRestore('api', target, {at: firstRun - 1000})).toEqual({
			result: 'not-yet-saved',
			first: new Date(firstRun).toISOString(),
		});
		expect(existsSync(target)).toBe(false);
	});
});

describe('a name', () => {
	it('means the repository that has it now; its former owner is named by its folder', async () => {
		expect((await find('shop')).map(({folder}) => folder)).toEqual(['acme#shop']);
		expect((await find(shopAside)).map(({folder}) => folder)).toEqual([shopAside]);
		expect(await find('acme/*')).toHaveLength(4);
	});

	it('that fits none gets a suggestion', async () => {
		await expect(find('apy')).rejects.toMatchObject({advice: expect.stringContaining('"api"')});
	});
});
