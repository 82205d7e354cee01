import {randomUUID} from 'node:crypto';
import {
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
import {describe, expect, it} from 'vitest';
import {StopError} from '../../source/domain/failure/failure.ts';
import type {Part, Restored} from '../../source/domain/restore/restored.ts';
import {
	type FoundRepository,
	findRepositories,
} from '../../source/engine/look/find-repositories.ts';
import {lookAtFolder, restoreToFolder} from '../../source/engine/restore/restore-to-folder.ts';
import {makeWorld} from '../helpers/backup.ts';
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

const acme = setUpWorkspace();

const find = async (...names: readonly string[]): Promise<readonly FoundRepository[]> => {
	const source = {source: 'acme', folder: acme.path()};
	return findRepositories(makeWorld(acme.clock).files, [source], names);
};

type Options = {
	at?: number;
	bare?: boolean;
	part?: Part;
	target?: string;
	signal?: AbortSignal;
};

const tryToRestore = async (name: string, target: string, options: Options): Promise<Restored> => {
	const {files, openGit, endProcesses} = makeWorld(acme.clock);
	const [repository] = await find(name);
	if (repository === undefined) {
		throw new Error(`no ${name}`);
	}

	const {bare = false, part = 'repo', at} = options;
	const {signal = new AbortController().signal} = options;
	const run = `restore-${randomUUID()}`;
	const tools = {git: openGit(run), files, endProcesses, run, signal};
	const origin = 'https://bitbucket.org/acme/api.git';
	const beside = `${target}-in-progress`;
	const request = {kind: 'folder', repository, part, target, beside, bare, at, origin} as const;
	return (await lookAtFolder(tools, request)) ?? restoreToFolder(tools, request);
};

const restore = async (name: string, options: Options = {}): Promise<string> => {
	const target = options.target ?? join(makeTemporaryFolder(), 'restored');
	expect(await tryToRestore(name, target, options)).toMatchObject({result: 'restored'});
	return target;
};

/** What upstream is at one moment. */
type Moment = {readonly at: number; readonly refs: Map<string, string>; readonly head: string};

/** Backs up, and remembers how upstream was. */
const save = async (path: string): Promise<Moment> => {
	await acme.run();
	const head = await git(path, 'symbolic-ref', 'HEAD');
	return {at: acme.clock.now() - 1, refs: await readRefs(path), head};
};

const expectAsOf = async (
	{at, refs, head}: Moment,
	{name = 'api', bare = false} = {},
): Promise<void> => {
	const target = await restore(name, {at, bare});
	expect(await readRefs(target, 'refs/')).toEqual(refs);
	expect(await git(target, 'symbolic-ref', 'HEAD')).toBe(head);
	await git(target, 'fsck', '--strict');
	expect(bare ? '' : await git(target, 'status', '--porcelain')).toBe('');
};

describe('a restored repository', () => {
	it('has the refs and the default branch that upstream had at three points in time', async () => {
		const {path} = await acme.add('api');
		await tagAnnotated(path, 'v1');
		await tag(path, 'light');
		const moments = [await save(path)];
		await forcePush(path);
		await commitFile(path, {branch: 'feature'});
		await tag(path, 'light', 'feature');
		await git(path, 'symbolic-ref', 'HEAD', 'refs/heads/feature');
		moments.push(await save(path));
		await git(path, 'symbolic-ref', 'HEAD', 'refs/heads/main');
		await deleteRef(path, 'refs/heads/feature');
		await commitFile(path, {branch: 'feature/x'});
		await tagAnnotated(path, 'v1');
		await deleteRef(path, 'refs/tags/light');
		moments.push(await save(path));

		for (const moment of moments) {
			await expectAsOf(moment);
			await expectAsOf(moment, {bare: true});
		}
	});

	it('has a branch that was deleted and made again as it was each time', async () => {
		const {path} = await acme.add('api');
		await commitFile(path, {branch: 'release'});
		const first = await save(path);
		await deleteRef(path, 'refs/heads/release');
		const without = await save(path);
		await forcePush(path, {branch: 'release'});
		const again = await save(path);

		expect(first.refs.get('refs/heads/release')).not.toBe(again.refs.get('refs/heads/release'));
		for (const moment of [first, without, again]) {
			await expectAsOf(moment);
		}
	});

	it('is found by its old name and by its new one, from before it was renamed and after', async () => {
		const repository = await acme.add('old-name');
		const before = await save(repository.path);
		acme.sandbox.renameRepository(repository, 'new-name');
		await forcePush(repository.path);
		const after = await save(repository.path);

		for (const name of ['old-name', 'new-name']) {
			await expectAsOf(before, {name});
			await expectAsOf(after, {name});
		}
	});

	it('has what it had before it was emptied, deleted, and its name used again', async () => {
		const first = await acme.add('api');
		await acme.add('web');
		const full = await save(first.path);
		await deleteRef(first.path, 'refs/heads/main');
		const emptied = await save(first.path);
		acme.sandbox.deleteRepository(first);
		await acme.add('api');
		await acme.run();

		const aside = `acme#api~${first.uuid.slice(1, 9)}`;
		await expectAsOf(full, {name: aside});
		await expectAsOf(emptied, {name: aside});
	});

	it('holds nothing of ours', async () => {
		const {path} = await acme.add('api');
		await acme.run();
		await forcePush(path);
		await acme.run();

		const target = await restore('api');

		const inGit = readdirSync(join(target, '.git')).sort();
		expect(inGit).toEqual(['HEAD', 'config', 'index', 'objects', 'packed-refs', 'refs']);
		expect(readdirSync(join(target, '.git', 'objects', 'info'))).toEqual([]);
		expect(await git(target, 'config', '--local', '--list')).not.toMatch(/cistern|gc\.|fsync/);
		expect(readdirSync(target).sort()).toEqual(['.git', 'README.md']);
	});

	it('that could not be finished leaves nothing', async () => {
		await acme.add('api');
		await acme.run();
		const folder = makeTemporaryFolder();
		const target = join(folder, 'restored');
		const controller = new AbortController();
		controller.abort(new Error('enough'));

		await expect(restore('api', {target, signal: controller.signal})).rejects.toThrow('enough');
		expect(readdirSync(folder)).toEqual([]);

		rmSync(join(acme.mirror('api'), 'objects', 'pack'), {recursive: true});
		for (const place of [target, folder]) {
			const failed = await tryToRestore('api', place, {});
			expect(failed).toMatchObject({result: 'failed', failure: {kind: 'mirror-unusable'}});
			expect(readdirSync(folder)).toEqual([]);
		}
	});

	it('goes into a folder that is there and empty, which stays the same folder', async () => {
		await acme.add('api');
		await acme.run();
		const target = makeTemporaryFolder();
		const {ino} = statSync(target);

		await restore('api', {target});

		expect(statSync(target).ino).toBe(ino);
		expect(readdirSync(target).sort()).toEqual(['.git', 'README.md']);
		expect(await git(target, 'status', '--porcelain')).toBe('');
	});

	it('is left alone where it is there already, and refused where it is of another moment', async () => {
		const {path} = await acme.add('api');
		const {at} = await save(path);
		await forcePush(path);
		await acme.run();

		for (const bare of [false, true]) {
			const target = await restore('api', {bare});
			writeFileSync(join(target, 'mine.txt'), '');
			const again = await tryToRestore('api', target, {bare});
			expect(again).toMatchObject({result: 'already-there', refs: 1});
			expect(existsSync(join(target, 'mine.txt'))).toBe(true);
			await expect(tryToRestore('api', target, {bare, at})).rejects.toBeInstanceOf(StopError);
			await expect(tryToRestore('api', target, {bare: !bare})).rejects.toBeInstanceOf(StopError);
		}
	});

	it('that was stopped anywhere is made again or finished, and nothing of it stays', async () => {
		await acme.add('api');
		await acme.run();
		const whole = await restore('api');
		const folder = makeTemporaryFolder();
		const halfMade = join(folder, 'half-made');
		mkdirSync(join(folder, 'half-made-in-progress', 'run-1', '.git'), {recursive: true});
		const inside = join(folder, 'inside');
		mkdirSync(join(inside, '.cistern-restore', 'run-1', '.git'), {recursive: true});
		const moving = join(folder, 'moving');
		mkdirSync(join(moving, '.cistern-restore'), {recursive: true});
		renameSync(whole, join(moving, '.cistern-restore', 'whole'));
		renameSync(join(moving, '.cistern-restore', 'whole', 'README.md'), join(moving, 'README.md'));

		for (const target of [halfMade, inside, moving]) {
			await tryToRestore('api', target, {});
			expect(readdirSync(target).sort()).toEqual(['.git', 'README.md']);
			expect(await git(target, 'status', '--porcelain')).toBe('');
		}
		expect(readdirSync(folder).sort()).toEqual(['half-made', 'inside', 'moving']);
	});

	it('is a working copy of the default branch whose origin is upstream', async () => {
		await acme.add('api');
		await acme.run();

		const target = await restore('api');

		expect(readFileSync(join(target, 'README.md'), 'utf8')).toBe('api\n');
		expect(await git(target, 'remote', 'get-url', 'origin')).toBe(
			'https://bitbucket.org/acme/api.git\n',
		);
		expect(existsSync(join(target, '.git', 'objects', 'info', 'alternates'))).toBe(false);
	});

	it('holds nothing that was only kept', async () => {
		const {path} = await acme.add('api');
		await acme.run();
		const old = (await readRefs(path)).get('refs/heads/main') ?? '';
		await forcePush(path);
		await acme.run();

		const target = await restore('api', {bare: true});

		expect((await readRefs(target, 'refs/cistern/')).size).toBe(0);
		await expect(git(target, 'cat-file', '-e', old)).rejects.toThrow();
	});

	it('has its wiki, as of the same moment, one that only another tool ever saved too', async () => {
		const {path, wikiPath = ''} = await acme.add('api', {withWiki: true});
		await commitFile(wikiPath, {branch: 'master'});
		const {at} = await save(path);
		const before = await readRefs(wikiPath);
		await forcePush(wikiPath, {branch: 'master'});
		await acme.run();

		const then = await restore('api', {part: 'wiki', at});
		expect(await readRefs(then, 'refs/')).toEqual(before);
		const now = await restore('api', {part: 'wiki'});
		expect(await readRefs(now, 'refs/')).toEqual(await readRefs(wikiPath));

		await git(acme.path('acme#api', 'wiki'), 'update-ref', '-d', 'refs/cistern/history');
		const other = await restore('api', {part: 'wiki'});
		expect(await readRefs(other, 'refs/')).toEqual(await readRefs(wikiPath));
	});

	it('may be empty', async () => {
		acme.sandbox.addRepository({workspace: 'acme', slug: 'empty'});
		await acme.run();
		expect((await readRefs(await restore('empty'))).size).toBe(0);
	});

	it('never goes into a folder that is not empty, nor to a file or a link to nowhere', async () => {
		await acme.add('api');
		await acme.run();
		const target = makeTemporaryFolder();
		writeFileSync(join(target, 'mine.txt'), '');
		await expect(restore('api', {target})).rejects.toBeInstanceOf(StopError);
		await expect(restore('api', {target: join(target, 'mine.txt')})).rejects.toBeInstanceOf(
			StopError,
		);
		const other = makeTemporaryFolder();
		symlinkSync(join(other, 'nowhere'), join(other, 'link'));
		await expect(restore('api', {target: other})).rejects.toBeInstanceOf(StopError);
		await expect(restore('api', {target: join(other, 'link')})).rejects.toBeInstanceOf(StopError);
	});

	it('cannot be had as of a time before its first backup', async () => {
		await acme.add('api');
		const first = acme.clock.now();
		await acme.run();
		const target = join(makeTemporaryFolder(), 'restored');
		expect(await tryToRestore('api', target, {at: first - 1000})).toEqual({
			result: 'not-yet-saved',
			first: new Date(first).toISOString(),
		});
		expect(existsSync(target)).toBe(false);
	});
});

describe('a name', () => {
	it('that now is another repository means that one; the old one is called by its folder', async () => {
		const first = await acme.add('api');
		await acme.add('web');
		await acme.run();
		acme.sandbox.deleteRepository(first);
		await acme.add('api');
		await acme.run();
		const aside = `acme#api~${first.uuid.slice(1, 9)}`;

		expect((await find('api')).map(({folder}) => folder)).toEqual(['acme#api']);
		expect((await find(aside)).map(({folder}) => folder)).toEqual([aside]);
		expect(await find('acme/*')).toHaveLength(3);
	});

	it('that fits none is answered with the likely one', async () => {
		await acme.add('api');
		await acme.run();
		await expect(find('apy')).rejects.toMatchObject({advice: expect.stringContaining('"api"')});
	});
});
