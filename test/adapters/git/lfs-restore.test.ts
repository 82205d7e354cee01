import {execFileSync} from 'node:child_process';
import {
	appendFileSync,
	chmodSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {findGit} from '../../../source/adapters/git/installed-git.ts';
import {openGit} from '../../../source/adapters/git/open-git.ts';
import type {LfsRestored} from '../../../source/ports/lfs.ts';
import {
	gitEnvironment,
	makeBareRepository,
	runGit,
} from '../../../source/sandbox/bare-repository.ts';
import {importHistory, type Step} from '../../../source/sandbox/import-history.ts';
import {hasGitLfs, leftOut, lfsFilter} from '../../helpers/git-lfs.ts';
import {objectOf, placeOf, pointerTo, storeFile} from '../../helpers/lfs-files.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {readRefs} from '../../helpers/upstream.ts';

const git = openGit({
	installed: findGit(process.env),
	authorization: () => undefined,
	redact: (text) => text,
	origin: 'https://bitbucket.org',
	run: 'run',
});
const {signal} = new AbortController();
const attributes = '*.bin filter=lfs diff=lfs merge=lfs -text\n';

type Files = Readonly<Record<string, string>>;

const commit = (files: Files, branch = 'main'): Step => ({
	kind: 'commit',
	branch,
	message: 'Change files',
	files,
});

/** By git, since the files of a SHA-256 repository may come in another form. */
const readLongRefs = async (path: string): Promise<ReadonlyMap<string, string>> => {
	const text = await runGit(path, ['for-each-ref', '--format=%(refname) %(objectname)']);
	return new Map(
		text
			.trim()
			.split('\n')
			.map((line) => line.split(' ') as [string, string]),
	);
};

const makeMirror = async (steps: readonly Step[], hash: 'sha1' | 'sha256' = 'sha1') => {
	const folder = makeTemporaryFolder();
	const [mirror, target] = [join(folder, 'mirror'), join(folder, 'target')];
	if (hash === 'sha1') {
		makeBareRepository(mirror, 'main');
	} else {
		const form = ['--bare', '--initial-branch=main', `--object-format=${hash}`];
		await runGit(folder, ['init', '-q', ...form, mirror]);
	}
	await importHistory(mirror, steps);
	mkdirSync(target);
	const restore = async (as: 'bare' | 'working-copy' = 'working-copy'): Promise<LfsRestored> => {
		const form = as === 'bare' ? as : {origin: undefined};
		const refs = await (hash === 'sha1' ? readRefs(mirror, 'refs/') : readLongRefs(mirror));
		const state = {head: 'refs/heads/main', refs, as: form} as const;
		await git.restore(mirror, target, state, signal);
		return git.restoreLfs(mirror, target, as, {signal});
	};
	return {folder, mirror, target, restore};
};

const read = (...parts: readonly string[]): string => readFileSync(join(...parts), 'utf8');

/** Any command of git may write the index anew at any moment: the files must stay older than it. */
const clean = `
git "$@" update-index --force-write-index
git "$@" status --porcelain
git "$@" add -A
git "$@" diff --cached --name-only
`;

const expectClean = (target: string, ...settings: readonly string[]): void => {
	const options = {cwd: target, env: gitEnvironment(), encoding: 'utf8'} as const;
	expect(execFileSync('sh', ['-euc', clean, 'sh', ...settings], options)).toBe('');
};

describe('a restored working copy', () => {
	const steps = [
		commit({'.gitattributes': attributes, 'art/a.bin': pointerTo('old')}),
		commit({'art/a.bin': pointerTo('new'), 'sp ace/ü.bin': pointerTo('other'), 'a.txt': 'text\n'}),
		commit({'.gitattributes': attributes, 'b.bin': pointerTo('side')}, 'side'),
	];

	it.each(['sha1', 'sha256'] as const)('has the files of a %s repository', async (hash) => {
		const {mirror, target, restore} = await makeMirror(steps, hash);
		for (const content of ['old', 'new', 'other', 'side']) {
			storeFile(mirror, content);
		}
		expect(await restore()).toEqual({objects: 4, size: 15, files: 2, lacking: []});
		expect(read(target, 'art/a.bin')).toBe('new');
		expect(read(target, 'sp ace/ü.bin')).toBe('other');
		expect(readdirSync(join(target, '.git')).filter((name) => /cistern/.test(name))).toEqual([]);
		expectClean(target);
		// Else git, which knows whole seconds, would read the files again, and without git-lfs call them changed.
		const [index = 0, file = 0] = ['.git/index', 'art/a.bin'].map(
			(name) => statSync(join(target, name)).mtimeMs,
		);
		expect(index - file).toBeGreaterThan(1900);

		appendFileSync(join(target, 'art/a.bin'), ' and more');
		expect(await runGit(target, ['status', '--porcelain'])).toBe(' M art/a.bin\n');
	});

	it(`is clean for git-lfs too, which knows every version${leftOut}`, async ({skip}) => {
		skip(!hasGitLfs);
		const {mirror, target, restore} = await makeMirror(steps);
		for (const content of ['old', 'new', 'other', 'side']) {
			storeFile(mirror, content);
		}
		await restore();
		expectClean(target, ...lfsFilter);
		expect(await runGit(target, ['lfs', 'fsck'])).toContain('Git LFS fsck OK');
		await runGit(target, [...lfsFilter, 'checkout', '-q', 'side']);
		expect(read(target, 'b.bin')).toBe('side');
		await runGit(target, [...lfsFilter, 'checkout', '-q', 'main~1']);
		expect(read(target, 'art/a.bin')).toBe('old');
	});

	it('has copies that cannot harm the backup', async () => {
		const {mirror, target, restore} = await makeMirror(steps);
		const {oid} = storeFile(mirror, 'new');
		await restore();
		writeFileSync(join(target, 'art/a.bin'), 'changed');
		const copy = placeOf(join(target, '.git'), oid);
		chmodSync(copy, 0o600);
		writeFileSync(copy, 'changed');
		expect(read(placeOf(mirror, oid))).toBe('new');
	});

	it('keeps the mode of a program', async () => {
		const files = {'.gitattributes': attributes, 'b.bin': pointerTo('new')};
		const {mirror, target, restore} = await makeMirror([commit(files)]);
		const script = `
tree=$(git ls-tree main | sed '/b.bin/s/^100644/100755/' | git mktree)
git update-ref refs/heads/main $(git commit-tree -m Change $tree)
`;
		execFileSync('sh', ['-euc', script], {cwd: mirror, env: gitEnvironment()});
		storeFile(mirror, 'new');
		expect(await restore()).toMatchObject({files: 1});
		expect(statSync(join(target, 'b.bin')).mode & 0o111).toBe(0o111);
		expectClean(target);
	});

	it('leaves pointers of files that are missing or damaged, and names them', async () => {
		const {mirror, target, restore} = await makeMirror(steps);
		storeFile(mirror, 'new');
		storeFile(mirror, 'wrong', objectOf('other').oid);
		const {lacking, ...rest} = await restore();
		expect(rest).toEqual({objects: 1, size: 3, files: 1});
		expect(lacking).toHaveLength(3);
		expect(lacking).toEqual(
			expect.arrayContaining([
				{...objectOf('other'), path: 'sp ace/ü.bin', why: 'damaged'},
				{...objectOf('old'), path: 'art/a.bin', why: 'missing'},
				{...objectOf('side'), path: 'b.bin', why: 'missing'},
			]),
		);
		expect(read(target, 'sp ace/ü.bin')).toBe(pointerTo('other'));
		expectClean(target);
	});

	it('has pointers where no attribute names LFS, and where git would make another one', async () => {
		const {oid, size} = objectOf('packed');
		const extended = `version https://git-lfs.github.com/spec/v1\next-0-gzip sha256:${oid}\noid sha256:${oid}\nsize ${size}\n`;
		const windows = pointerTo('windows').replaceAll('\n', '\r\n');
		const {mirror, target, restore} = await makeMirror([
			commit({
				'.gitattributes': attributes,
				'plain.dat': pointerTo('plain'),
				'extended.bin': extended,
				'windows.bin': windows,
				'wrong-size.bin': pointerTo('plain').replace('size 5', 'size 9'),
			}),
		]);
		for (const content of ['packed', 'plain', 'windows']) {
			storeFile(mirror, content);
		}
		const {lacking, ...rest} = await restore();
		expect(rest).toMatchObject({objects: 3, files: 0});
		expect(lacking.map(({path, why}) => [path, why])).toEqual([
			['extended.bin', 'blocked'],
			['windows.bin', 'blocked'],
			['wrong-size.bin', 'blocked'],
		]);
		expect(read(target, 'plain.dat')).toBe(pointerTo('plain'));
		expect(read(target, 'extended.bin')).toBe(extended);
		expectClean(target);
	});

	it('is not written through a link', async () => {
		const {folder, mirror, target} = await makeMirror(steps);
		for (const content of ['new', 'other']) {
			storeFile(mirror, content);
		}
		const refs = await readRefs(mirror, 'refs/');
		const state = {head: 'refs/heads/main', refs, as: {origin: undefined}};
		await git.restore(mirror, target, state, signal);
		renameSync(join(target, 'art'), join(folder, 'art'));
		symlinkSync(join(folder, 'art'), join(target, 'art'));
		const outside = join(folder, 'outside.bin');
		writeFileSync(outside, 'outside');
		renameSync(join(target, 'sp ace/ü.bin'), join(folder, 'ü.bin'));
		symlinkSync(outside, join(target, 'sp ace/ü.bin'));

		const {files, lacking} = await git.restoreLfs(mirror, target, 'working-copy', {signal});
		expect(files).toBe(0);
		const blocked = lacking.filter(({why}) => why === 'blocked').map(({path}) => path);
		expect(blocked).toEqual(['art/a.bin', 'sp ace/ü.bin']);
		expect(read(folder, 'art/a.bin')).toBe(pointerTo('new'));
		expect(read(outside)).toBe('outside');
	});

	it('without LFS is left as it is', async () => {
		const {target, restore} = await makeMirror([commit({'a.txt': 'text\n'})]);
		expect(await restore()).toEqual({objects: 0, size: 0, files: 0, lacking: []});
		expect(existsSync(join(target, '.git', 'lfs'))).toBe(false);
	});
});

describe('a restored bare repository', () => {
	it('has the files where git-lfs looks for them', async () => {
		const {mirror, target, restore} = await makeMirror([commit({'a.bin': pointerTo('new')})]);
		const {oid} = storeFile(mirror, 'new');
		expect(await restore('bare')).toEqual({objects: 1, size: 3, files: 0, lacking: []});
		expect(read(placeOf(target, oid))).toBe('new');
	});
});
