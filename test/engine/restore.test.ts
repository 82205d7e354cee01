import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {StopError} from '../../source/domain/failure.ts';
import {type FoundRepository, findRepositories} from '../../source/engine/find-repositories.ts';
import {readHistory} from '../../source/engine/read-history.ts';
import {restoreRepository} from '../../source/engine/restore-repository.ts';
import {makeWorld} from '../helpers/backup.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {
	commitFile,
	deleteRef,
	forcePush,
	git,
	readRefs,
	tagAnnotated,
} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

const find = async (...names: readonly string[]): Promise<readonly FoundRepository[]> => {
	const source = {source: 'acme', folder: acme.path()};
	return findRepositories(makeWorld(acme.clock).files, [source], names);
};

const restore = async (
	name: string,
	options: {at?: number; bare?: boolean; target?: string} = {},
): Promise<string> => {
	const {files, openGit} = makeWorld(acme.clock);
	const [repository] = await find(name);
	if (repository === undefined) {
		throw new Error(`no ${name}`);
	}

	const target = options.target ?? join(makeTemporaryFolder(), 'restored');
	await restoreRepository(
		{git: openGit('restore'), files},
		{
			repository,
			target,
			bare: options.bare ?? false,
			at: options.at,
			origin: 'https://bitbucket.org/acme/api.git',
		},
	);
	return target;
};

describe('a restored repository', () => {
	it('has the refs that upstream had at three points in time', async () => {
		const {path} = await acme.add('api');
		await tagAnnotated(path, 'v1');
		const moments: {at: number; refs: Map<string, string>}[] = [];
		const save = async (): Promise<void> => {
			await acme.run();
			moments.push({at: acme.clock.now() - 1, refs: await readRefs(path)});
		};

		await save();
		await forcePush(path);
		await commitFile(path, {branch: 'feature'});
		await save();
		await deleteRef(path, 'refs/heads/feature');
		await commitFile(path, {branch: 'feature/x'});
		await tagAnnotated(path, 'v1');
		await save();

		for (const {at, refs} of moments) {
			const target = await restore('api', {at});
			expect(await readRefs(target, 'refs/')).toEqual(refs);
			await git(target, 'fsck', '--strict');
			expect(await git(target, 'status', '--porcelain')).toBe('');
		}
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

	it('may be empty', async () => {
		acme.sandbox.addRepository({workspace: 'acme', slug: 'empty'});
		await acme.run();
		expect((await readRefs(await restore('empty'))).size).toBe(0);
	});

	it('never goes into a folder that is not empty', async () => {
		await acme.add('api');
		await acme.run();
		const target = makeTemporaryFolder();
		writeFileSync(join(target, 'mine.txt'), '');
		await expect(restore('api', {target})).rejects.toBeInstanceOf(StopError);
		mkdirSync(join(target, 'folder'));
		await expect(restore('api', {target})).rejects.toBeInstanceOf(StopError);
	});

	it('cannot be had as of a time before its first backup', async () => {
		await acme.add('api');
		const before = acme.clock.now() - 1000;
		await acme.run();
		await expect(restore('api', {at: before})).rejects.toThrow(
			'Nothing of acme/api was saved by then.',
		);
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

describe('the history of a repository', () => {
	it('tells every change, the newest first, with the commits that are only here now', async () => {
		const {path} = await acme.add('api');
		await commitFile(path);
		await commitFile(path, {branch: 'release/1'});
		await acme.run();
		await forcePush(path);
		await deleteRef(path, 'refs/heads/release/1');
		await acme.run();
		await commitFile(path);
		await acme.run();

		const [found] = await find('api');
		const {runs} = await readHistory(makeWorld(acme.clock).openGit('x'), found as FoundRepository);

		expect(runs.map(({refs, isFirst}) => ({refs, isFirst}))).toEqual([
			{refs: 1, isFirst: false},
			{refs: 1, isFirst: false},
			{refs: 2, isFirst: true},
		]);
		expect(runs[0]?.changes).toMatchObject([
			{ref: 'refs/heads/main', kind: 'forwarded', kept: false},
		]);
		expect(runs[1]?.changes).toMatchObject([
			{ref: 'refs/heads/main', kind: 'rewritten', kept: true, onlyHere: 2},
			{ref: 'refs/heads/release/1', kind: 'deleted', kept: true, onlyHere: 1},
		]);
	});
});
