import {createWriteStream} from 'node:fs';
import {join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {expect, it} from 'vitest';
import {bundleMethods} from '../../../source/adapters/git/bundle.ts';
import {startGit} from '../../../source/adapters/git/start-git.ts';
import {makeBareRepository} from '../../../source/sandbox/bare-repository.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, git, readOid, readRefs, tagAnnotated} from '../../helpers/upstream.ts';

const {signal} = new AbortController();

const setUp = async () => {
	const folder = makeTemporaryFolder();
	const [path, other] = [join(folder, 'repo'), join(folder, 'other')];
	const started: (string | undefined)[] = [];
	const {makeBundle} = bundleMethods(async (place, args) => {
		started.push(args[0]);
		return startGit(place, args, {});
	});
	makeBareRepository(path, 'main');
	makeBareRepository(other, 'main');
	const first = await commitFile(path, {file: 'one.txt'});
	const tag = await tagAnnotated(path, 'v1');
	const tree = await readOid(path, `${first}^{tree}`);
	await git(other, 'fetch', '-q', path, 'refs/*:refs/*');
	await commitFile(path, {file: 'two.txt'});
	return {
		path,
		other,
		started,
		known: {commit: first, tips: [tag, tree]},
		bundle: async (known: {commit: string; tips: readonly string[]}) => {
			const tips = await readRefs(path, 'refs/heads/');
			const content = await makeBundle(path, {tips, known}, signal);
			const file = join(folder, 'bundle');
			await pipeline(content ?? [], createWriteStream(file));
			return file;
		},
	};
};

it('git takes a bundle that builds on a tag and a tree, made with one process', async () => {
	const {path, other, started, known, bundle} = await setUp();
	const file = await bundle(known);
	expect(started).toEqual(['pack-objects']);
	await git(other, 'fetch', '-q', file, 'refs/*:refs/*');
	expect(await readRefs(other)).toEqual(await readRefs(path));
	expect(await git(other, 'fsck', '--full')).toBe('');
	expect(await git(other, 'bundle', 'verify', file)).toContain(known.commit);
});

it('a mirror that lacks what is known of it, as one that was built anew, is bundled whole', async () => {
	const {path, known, bundle} = await setUp();
	const file = await bundle({commit: known.commit, tips: ['1'.repeat(40)]});
	const empty = join(makeTemporaryFolder(), 'empty');
	makeBareRepository(empty, 'main');
	await git(empty, 'fetch', '-q', '--no-tags', file, 'refs/heads/*:refs/heads/*');
	expect(await readRefs(empty)).toEqual(await readRefs(path, 'refs/heads/'));
	expect(await git(empty, 'fsck', '--full')).toBe('');
});
