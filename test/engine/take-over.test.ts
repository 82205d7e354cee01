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

	it('that is shallow or partial, borrows its objects or cannot be used is set aside and cloned', async () => {
		const ways = {
			shallow: ['--depth=1', '--no-single-branch'],
			borrowing: ['--shared'],
			partial: ['--filter=blob:none'],
		};
		for (const [slug, options] of Object.entries(ways)) {
			const {path} = await acme.add(slug);
			await commitFile(path);
			await git(path, 'config', 'uploadpack.allowFilter', 'true');
			mkdirSync(acme.path(`acme#${slug}`), {recursive: true});
			const from = slug === 'borrowing' ? path : `file://${path}`;
			await git(acme.folder, 'clone', '--bare', ...options, from, acme.mirror(slug));
		}

		const {path} = await acme.add('unusable');
		await commitFile(path);
		mkdirSync(acme.mirror('unusable'), {recursive: true});
		writeFileSync(join(acme.mirror('unusable'), 'HEAD'), 'ref: refs/heads/main\n');

		const {exitCode, outcomes} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		for (const slug of [...Object.keys(ways), 'unusable']) {
			const mirror = acme.mirror(slug);
			expect(outcomes.get(`acme/${slug}`)).toMatchObject({
				mended: [{setAside: expect.stringMatching(/^repo\.damaged-/)}],
			});
			expect(await git(mirror, 'rev-list', '--count', 'main')).toBe('2\n');
			expect(existsSync(join(mirror, 'shallow'))).toBe(false);
			expect(readdirSync(acme.path(`acme#${slug}`)).sort()).toMatchObject([
				'cistern.json',
				'repo',
				expect.stringMatching(/^repo\.damaged-/),
			]);
		}
	});
});
