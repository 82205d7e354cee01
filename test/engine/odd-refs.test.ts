import {
	appendFileSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {makeBareRepository} from '../../source/sandbox/bare-repository.ts';
import {makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {
	branch,
	commitFile,
	deleteRef,
	forcePush,
	git,
	readOid,
	readRefs,
	tag,
	tagAnnotated,
} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

describe('branches and tags whose names git reads as two', () => {
	const addTwins = async (): Promise<string> => {
		const {path} = await acme.add('api');
		await branch(path, 'feature');
		for (const name of ['refs/heads/main', 'heads/feature', 'refs/cistern/history', 'HEAD']) {
			await commitFile(path, {branch: name, file: 'twin.txt'});
		}

		await tag(path, 'main', 'feature');
		return path;
	};

	it('take no old tip away, and history names the rewrite', async () => {
		const path = await addTwins();
		await commitFile(path, {branch: 'feature', file: 'lost.txt'});
		await acme.run();
		const old = await readOid(path, 'refs/heads/feature');
		await commitFile(path);
		await forcePush(path, {branch: 'feature'});
		const {exitCode, outcomes} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect(outcomes.get('acme/api')).toMatchObject({changes: {forwarded: 1, rewritten: 1}});
		const mirror = acme.mirror('api');
		await git(mirror, 'gc', '--quiet', '--prune=now');
		expect([...(await readRefs(mirror, 'refs/cistern/kept/')).values()]).toEqual([old]);
		expect(
			await git(mirror, 'log', '-1', '--format=%B', '--glob=refs/cistern/histor[y]'),
		).toContain(`rewritten ${old}`);
	});

	it('are pushed on restore, each below its own name, also after an interrupted push', async () => {
		const path = await addTwins();
		const home = makeHome(acme.sandbox);
		await runHere(home, ['--yes']);
		const remote = join(home.folder, 'remote.git');
		makeBareRepository(remote, 'main');
		const twin = 'refs/heads/refs/heads/main';
		await git(remote, 'fetch', '--quiet', path, `${twin}:${twin}`);
		const {exitCode} = await runHere(home, ['restore', 'api', '--push', remote]);

		expect(exitCode).toBe(exitCodes.done);
		expect(await readRefs(remote)).toEqual(await readRefs(path));
	});
});

/** All refs but our own, as git lists them, byte by byte. */
const listRefs = (path: string): string =>
	readFileSync(join(path, 'packed-refs'), 'latin1')
		.split('\n')
		.filter((line) => / refs\/(?!cistern)/.test(line))
		.join('\n');

describe('refs beside branches and tags', () => {
	it('are saved, kept and restored, and come into an existing backup once', async () => {
		const [{path}] = await acme.addSaved('api');
		const home = makeHome(acme.sandbox, {}, acme.folder);
		await git(path, 'notes', 'add', '-m', 'one', 'main');
		await git(path, 'update-ref', 'refs/pull/1/head', 'main');
		await git(path, 'update-ref', 'refs/Heads/main', await commitFile(path));
		const updated = await acme.run();
		expect(updated.outcomes.get('acme/api')).toMatchObject({how: 'updated', changes: {created: 3}});
		expect((await acme.run()).outcomes.get('acme/api')).toMatchObject({result: 'unchanged'});
		await git(path, 'notes', 'add', '-f', '-m', 'two', 'main');
		expect((await acme.run()).outcomes.get('acme/api')).toMatchObject({
			changes: {forwarded: 1, moved: 0},
			kept: [],
		});
		const second = await readOid(path, 'refs/notes/commits');
		await git(path, 'update-ref', 'refs/notes/commits', await forcePush(path, {branch: 'other'}));
		await deleteRef(path, 'refs/pull/1/head');
		expect((await acme.run()).outcomes.get('acme/api')).toMatchObject({
			changes: {rewritten: 1, moved: 0, deleted: 1},
		});

		const mirror = acme.mirror('api');
		expect(await readRefs(mirror, 'refs/notes/', 'refs/pull/', 'refs/Heads/')).toEqual(
			await readRefs(path, 'refs/notes/', 'refs/Heads/'),
		);
		await git(mirror, 'gc', '--quiet', '--prune=now');
		expect([...(await readRefs(mirror, 'refs/cistern/kept/')).values()]).toEqual([second]);
		expect((await runHere(home, ['history', 'api'])).stdout).toContain('refs/notes/commits');
		expect((await runHere(home, ['verify'])).exitCode).toBe(exitCodes.done);

		const restore = async (...options: string[]): Promise<string> => {
			const target = join(home.folder, `restored-${options.length}`);
			expect((await runHere(home, ['restore', 'api', '--to', target, ...options])).exitCode).toBe(
				0,
			);
			return target;
		};
		const working = await readRefs(join(await restore(), '.git'), 'refs/');
		expect(working).toEqual(await readRefs(path, 'refs/heads/', 'refs/tags/', 'refs/notes/'));
		expect(await readRefs(await restore('--bare'), 'refs/')).toEqual(await readRefs(path, 'refs/'));
	});

	it('are all that a repository has, and it is not empty', async () => {
		const {path} = await acme.add('api');
		await git(path, 'update-ref', 'refs/notes/x', 'main');
		await deleteRef(path, 'refs/heads/main');
		expect((await acme.run()).exitCode).toBe(exitCodes.done);
		const notes = await readRefs(path, 'refs/notes/');
		expect(await readRefs(acme.mirror('api'), 'refs/notes/')).toEqual(notes);
	});

	it('are named when their names are kept for Cistern, and all else is saved', async () => {
		const {path} = await acme.add('api');
		await git(path, 'update-ref', 'refs/cistern/kept/x', 'main');
		for (const round of ['first', 'second', 'unchanged']) {
			const {exitCode, outcomes} = await acme.run();
			expect(exitCode).toBe(exitCodes.incomplete);
			expect(outcomes.get('acme/api')).toMatchObject({
				failure: {kind: 'ref-refused', names: ['refs/cistern/kept/x']},
				lastGood: undefined,
			});
			expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));
			expect((await readRefs(acme.mirror('api'), 'refs/cistern/kept/')).size).toBe(0);
			if (round === 'first') {
				await commitFile(path);
			}
		}
	});
});

describe('refs that git itself would not write again', () => {
	it('are saved, kept and restored if their names are not UTF-8', async () => {
		const {path} = await acme.add('api');
		const name = (oid: string, ...names: readonly string[]): void => {
			const lines = names.map((one) => `${oid} refs/${one}\n`).join('');
			appendFileSync(join(path, 'packed-refs'), Buffer.from(lines, 'latin1'));
		};
		await git(path, 'pack-refs', '--all');
		const old = await readOid(path, 'main');
		name(old, 'heads/caf\u00e9', 'tags/z\u00fcrich');
		writeFileSync(join(path, 'HEAD'), Buffer.from('ref: refs/heads/caf\u00e9\n', 'latin1'));
		const home = makeHome(acme.sandbox, {}, acme.folder);
		expect((await acme.run()).exitCode).toBe(exitCodes.done);
		expect((await acme.run()).outcomes.get('acme/api')).toMatchObject({result: 'unchanged'});
		await deleteRef(path, 'refs/heads/main');
		writeFileSync(join(path, 'packed-refs'), '');
		name(await forcePush(path, {branch: 'next'}), 'heads/caf\u00e9', 'heads/caf\u00e8');
		await git(path, 'pack-refs', '--all');
		expect((await acme.run()).exitCode).toBe(exitCodes.done);

		const mirror = acme.mirror('api');
		expect(listRefs(mirror)).toBe(listRefs(path));
		expect(await git(mirror, 'cat-file', '-t', old)).toBe('commit\n');
		expect((await runHere(home, ['verify', '--sample', '1'])).exitCode).toBe(exitCodes.done);
		expect((await runHere(home, ['history', 'api'])).stdout).toContain(String.raw`caf\xe9`);
		for (const options of [[], ['--bare']]) {
			const target = join(home.folder, `restored-${options.length}`);
			expect((await runHere(home, ['restore', 'api', '--to', target, ...options])).exitCode).toBe(
				0,
			);
			const gitDir = options.length === 0 ? join(target, '.git') : target;
			expect(listRefs(gitDir)).toBe(listRefs(path));
			expect(readFileSync(join(gitDir, 'HEAD'), 'latin1')).toBe('ref: refs/heads/caf\u00e9\n');
		}

		const remote = join(home.folder, 'remote.git');
		makeBareRepository(remote, 'main');
		expect((await runHere(home, ['restore', 'api', '--push', remote])).exitCode).toBe(
			exitCodes.done,
		);
		await git(remote, 'pack-refs', '--all');
		expect(listRefs(remote)).toBe(listRefs(path));
	});

	it('are saved, kept and restored if branches name tag objects and trees', async () => {
		const {path} = await acme.add('api');
		await tagAnnotated(path, 'v1');
		const tagged = await readOid(path, 'refs/tags/v1');
		const tree = await readOid(path, 'main^{tree}');
		const write = async (...refs: readonly string[]): Promise<void> => {
			await git(path, 'pack-refs', '--all');
			const lines = refs.map((ref) => `${ref}\n`).join('');
			writeFileSync(
				join(path, 'packed-refs'),
				`${readFileSync(join(path, 'packed-refs'), 'utf8').replace(/^[#^].*\n|^.*refs\/heads\/odd.*\n/gm, '')}${lines}`,
			);
		};
		await write(`${tagged} refs/heads/odd-tag`);
		const home = makeHome(acme.sandbox, {}, acme.folder);
		expect((await acme.run()).exitCode).toBe(exitCodes.done);
		await commitFile(path);
		await write(`${tree} refs/heads/odd-tag`, `${tagged} refs/heads/odd-tree`);
		expect((await acme.run()).exitCode).toBe(exitCodes.done);
		await write(`${tagged} refs/heads/odd-tag`, `${tree} refs/heads/odd-tree`);
		await deleteRef(path, 'refs/tags/v1');
		expect((await acme.run()).exitCode).toBe(exitCodes.done);
		expect((await acme.run()).outcomes.get('acme/api')).toMatchObject({result: 'unchanged'});

		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));
		expect((await runHere(home, ['verify', '--sample', '1'])).exitCode).toBe(exitCodes.done);
		const target = join(home.folder, 'restored');
		expect((await runHere(home, ['restore', 'api', '--bare', '--to', target])).exitCode).toBe(0);
		expect(await readRefs(target)).toEqual(await readRefs(path));
	});
});

describe('a repository with SHA-256', () => {
	it('is saved, kept, verified and restored in each way', async () => {
		const folder = makeTemporaryFolder();
		const path = join(folder, 'sha256.git');
		await git(folder, 'init', '--quiet', '--bare', '--object-format=sha256', path);
		await git(path, 'symbolic-ref', 'HEAD', 'refs/heads/main');
		const commit = async (branch: string, message: string): Promise<string> => {
			const tree = (await git(path, 'write-tree')).trim();
			const oid = (await git(path, 'commit-tree', '-m', message, tree)).trim();
			await git(path, 'update-ref', `refs/heads/${branch}`, oid);
			return oid;
		};
		const old = await commit('main', 'one');
		await commit('other', 'two');
		acme.sandbox.addRepository({workspace: 'acme', slug: 'api', path});
		const home = makeHome(acme.sandbox, {}, acme.folder);
		expect((await acme.run()).exitCode).toBe(exitCodes.done);
		await commit('main', 'three');
		await commit('other', 'four');
		expect((await acme.run()).exitCode).toBe(exitCodes.done);
		await git(path, 'pack-refs', '--all');

		expect(await git(acme.mirror('api'), 'cat-file', '-t', old)).toBe('commit\n');
		expect(listRefs(acme.mirror('api'))).toBe(listRefs(path));
		expect((await runHere(home, ['verify', '--sample', '1'])).exitCode).toBe(exitCodes.done);
		const target = join(home.folder, 'restored');
		expect((await runHere(home, ['restore', 'api', '--to', target])).exitCode).toBe(exitCodes.done);
		expect(listRefs(join(target, '.git'))).toBe(listRefs(path));
		const remote = join(home.folder, 'remote.git');
		await git(folder, 'init', '--quiet', '--bare', '--object-format=sha256', remote);
		expect((await runHere(home, ['restore', 'api', '--push', remote])).exitCode).toBe(
			exitCodes.done,
		);
		await git(remote, 'pack-refs', '--all');
		expect(listRefs(remote)).toBe(listRefs(path));
	});
});

describe('an upstream that is shallow', () => {
	it('is saved as it is, said to be so, and restored', async () => {
		const [{path}] = await acme.addSaved('full');
		await commitFile(path);
		const folder = makeTemporaryFolder();
		const shallow = join(folder, 'shallow.git');
		await git(folder, 'clone', '--quiet', '--bare', '--depth=1', `file://${path}`, shallow);
		acme.sandbox.addRepository({workspace: 'acme', slug: 'api', path: shallow});
		for (const night of ['first', 'second']) {
			expect((await acme.run()).outcomes.get('acme/api'), night).toMatchObject({
				result: 'saved',
				notes: [expect.stringContaining('begins in the middle')],
			});
			await commitFile(shallow);
		}

		// This one was whole until now.
		await commitFile(path);
		await git(folder, 'clone', '--quiet', '--bare', '--depth=1', `file://${path}`, 'again.git');
		rmSync(path, {recursive: true});
		renameSync(join(folder, 'again.git'), path);
		for (const night of ['third', 'fourth']) {
			expect((await acme.run()).exitCode, night).toBe(exitCodes.done);
			expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(shallow));
			expect(await readRefs(acme.mirror('full'))).toEqual(await readRefs(path));
			expect(readdirSync(acme.path('acme#full'))).toEqual(['cistern.json', 'repo']);
			await commitFile(path);
			await commitFile(shallow);
		}

		const home = makeHome(acme.sandbox, {}, acme.folder);
		const verified = await runHere(home, ['verify', '--sample', '2']);
		expect([verified.exitCode, verified.stdout]).toEqual([0, expect.stringContaining('shallow')]);
		const {stdout} = await runHere(home, ['status']);
		expect(stdout.match(/its history begins in the middle/g)).toHaveLength(2);
		const target = join(home.folder, 'restored');
		const {exitCode} = await runHere(home, ['restore', 'api', '--to', target]);
		expect(exitCode).toBe(exitCodes.done);
		expect(await git(target, 'log', '--format=%s')).toMatch(/^Change/);
		expect(await git(target, 'status', '--porcelain')).toBe('');
	});
});

describe('a HEAD that names no branch', () => {
	const restoreFrom = async (head: string) => {
		const {path} = await acme.add('api', {mainBranch: 'gone'});
		const lone = await commitFile(path, {branch: 'lone', file: 'lone.txt'});
		await commitFile(path);
		await deleteRef(path, 'refs/heads/lone');
		writeFileSync(join(path, 'HEAD'), head === '' ? `${lone}\n` : head);
		expect((await acme.run()).exitCode).toBe(exitCodes.done);
		expect((await acme.run()).outcomes.get('acme/api')).toMatchObject({result: 'unchanged'});
		const home = makeHome(acme.sandbox, {}, acme.folder);
		const checked = await runHere(home, ['verify', '--sample', '1']);
		expect([checked.exitCode, checked.stdout]).toEqual([0, expect.any(String)]);
		const target = join(home.folder, 'restored');
		const restored = await runHere(home, ['restore', 'api', '--to', target]);
		expect(restored.exitCode).toBe(exitCodes.done);
		return {
			says: /default branch gone was not there upstream/.test(restored.stderr),
			status: await git(target, 'status', '--porcelain'),
			head: readFileSync(join(target, '.git', 'HEAD'), 'utf8').replace(lone, 'lone'),
		};
	};

	it('is restored detached if it names a commit that no branch has', async () => {
		expect(await restoreFrom('')).toEqual({says: false, status: '', head: 'lone\n'});
	});

	it('is restored as a branch without a commit if that is not there', async () => {
		expect(await restoreFrom('ref: refs/heads/unborn\n')).toEqual({
			says: true,
			status: '',
			head: 'ref: refs/heads/gone\n',
		});
	});
});
