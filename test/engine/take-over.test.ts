import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import type {SandboxRepository} from '../../source/sandbox/model.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {commitFile, forcePush, git, readOid, readRefs} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

/** A folder as SCM Backup leaves it: its own git commands, HEAD at a branch that is not there. */
const saveWithScmBackup = async (upstream: string, folder: string): Promise<void> => {
	mkdirSync(folder, {recursive: true});
	await git(folder, 'init', '--bare', '--initial-branch=master');
	const refspecs = ['refs/heads/*:refs/heads/*', 'refs/tags/*:refs/tags/*'];
	await git(folder, 'fetch', '--force', '--prune', upstream, ...refspecs);
};

const saveAll = async ({path, wikiPath, slug}: SandboxRepository): Promise<void> => {
	await saveWithScmBackup(path, acme.path(`acme#${slug}`, 'repo'));
	if (wikiPath !== undefined) {
		await saveWithScmBackup(wikiPath, acme.path(`acme#${slug}`, 'wiki'));
	}
};

describe("SCM Backup's folder", () => {
	it('is carried on without cloning again, and its HEAD is mended', async () => {
		const repository = await acme.add('api');
		await saveAll(repository);
		await git(acme.mirror('api'), 'remote', 'add', 'origin', 'https://example.com/x.git');

		const {exitCode, outcomes} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect(outcomes.get('acme/api')).toMatchObject({
			result: 'saved',
			how: 'taken-over',
			received: 0,
		});
		expect(acme.sandbox.requests.filter(({method}) => method === 'POST')).toEqual([]);
		const clone = makeTemporaryFolder();
		await git(clone, 'clone', '--quiet', acme.mirror('api'), 'api');
		expect(readFileSync(join(clone, 'api', 'README.md'), 'utf8')).toBe('api\n');
		expect(readFileSync(join(acme.mirror('api'), 'config'), 'utf8')).not.toContain('remote');
	});

	it('loses nothing that upstream rewrote since', async () => {
		const repository = await acme.add('api');
		await saveAll(repository);
		const old = await readOid(repository.path, 'main');
		await forcePush(repository.path);

		await acme.run();

		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(repository.path));
		await git(acme.mirror('api'), 'gc', '--quiet', '--prune=now');
		expect(await git(acme.mirror('api'), 'cat-file', '-t', old)).toBe('commit\n');
	});

	it('keeps its wiki, though Bitbucket has none any more', async () => {
		const repository = await acme.add('docs', {withWiki: true});
		await commitFile(repository.wikiPath ?? '', {branch: 'master'});
		await saveAll(repository);
		acme.sandbox.addFault({
			match: {path: /\/wiki\//},
			answer: {kind: 'answer', status: 404, body: 'no wiki'},
		});

		const {exitCode} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect((await readRefs(acme.path('acme#docs', 'wiki'))).size).toBe(1);
	});

	it.each([
		['is a shallow clone', ['--depth=1', '--no-single-branch'], 'file://'],
		['borrows the objects of another', ['--shared'], ''],
		['is a partial clone', ['--filter=blob:none'], 'file://'],
	])('that %s is no whole copy: it is set aside and cloned', async (_, options, scheme) => {
		const repository = await acme.add('api');
		await commitFile(repository.path);
		await git(repository.path, 'config', 'uploadpack.allowFilter', 'true');
		mkdirSync(acme.path('acme#api'), {recursive: true});
		const target = acme.mirror('api');
		await git(acme.folder, 'clone', '--bare', ...options, `${scheme}${repository.path}`, target);

		const {exitCode, outcomes} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect(outcomes.get('acme/api')).toMatchObject({
			mended: [{setAside: expect.stringMatching(/^repo\.damaged-/)}],
		});
		expect(await git(target, 'rev-list', '--count', 'main')).toBe('2\n');
		expect(existsSync(join(target, 'shallow'))).toBe(false);
		expect(readdirSync(acme.path('acme#api')).sort()).toMatchObject([
			'cistern.json',
			'repo',
			expect.stringMatching(/^repo\.damaged-/),
		]);
	});

	it('that cannot be used is set aside, and the repository saved anew', async () => {
		const repository = await acme.add('api');
		mkdirSync(acme.mirror('api'), {recursive: true});
		writeFileSync(join(acme.mirror('api'), 'HEAD'), 'ref: refs/heads/main\n');

		const {exitCode} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(repository.path));
		expect(existsSync(acme.path('acme#api'))).toBe(true);
	});
});
