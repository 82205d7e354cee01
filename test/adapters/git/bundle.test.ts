import {randomBytes} from 'node:crypto';
import {chmodSync, createWriteStream, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {pipeline} from 'node:stream/promises';
import {deflateSync} from 'node:zlib';
import {expect, it} from 'vitest';
import {bundleMethods} from '../../../source/adapters/git/bundle.ts';
import {startGit} from '../../../source/adapters/git/start-git.ts';
import {makeBareRepository} from '../../../source/sandbox/bare-repository.ts';
import {writeLoose} from '../../helpers/loose-objects.ts';
import {writeRefFile} from '../../helpers/ref-files.ts';
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
	return {
		path,
		other,
		started,
		known: {commit: first, tips: [tag, tree]},
		/** More than is packed without git. */
		growMuch: () => commitFile(path, {file: 'two.txt', content: randomBytes(100_000)}),
		bundle: async (known: {commit: string; tips: readonly string[]}) => {
			const tips = await readRefs(path);
			const content = await makeBundle(path, {tips, known}, signal);
			const file = join(folder, 'bundle');
			await pipeline(content ?? [], createWriteStream(file));
			return file;
		},
	};
};

const expectSame = async (path: string, other: string): Promise<void> => {
	expect(await readRefs(other)).toEqual(await readRefs(path));
	const all = ['rev-list', '--objects', '--no-object-names', '--all'];
	const [here, there] = [await git(path, ...all), await git(other, ...all)];
	expect(there.split('\n').toSorted()).toEqual(here.split('\n').toSorted());
};

it('git takes a bundle that builds on a tag and a tree, made with one process', async () => {
	const {path, other, started, known, growMuch, bundle} = await setUp();
	await growMuch();
	const file = await bundle(known);
	expect(started).toEqual(['pack-objects']);
	await git(other, 'fetch', '-q', file, 'refs/*:refs/*');
	await expectSame(path, other);
	expect(await git(other, 'fsck', '--full')).toBe('');
	expect(await git(other, 'bundle', 'verify', file)).toContain(known.commit);
});

it('git takes a bundle of few objects of every kind, made without a process', async () => {
	const {path, other, started, known, bundle} = await setUp();
	const blob = (content: string): string => writeLoose(path, 'blob', content);
	const tree = (...entries: readonly (readonly [mode: string, name: string, oid: string])[]) =>
		writeLoose(
			path,
			'tree',
			Buffer.concat(
				entries.flatMap(([mode, name, oid]) => [
					Buffer.from(`${mode} ${name}\0`),
					Buffer.from(oid, 'hex'),
				]),
			),
		);
	const commit = (root: string, ...parents: readonly string[]): string => {
		const person = 'Ann Example <ann@example.com> 1780000000 +0000';
		const lines = [
			`tree ${root}`,
			...parents.map((parent) => `parent ${parent}`),
			`author ${person}`,
			`committer ${person}`,
		];
		return writeLoose(path, 'commit', `${lines.join('\n')}\n\nChange\n`);
	};
	// A change that is taken back: the third commit has the first one's folders again.
	const shared = blob('shared\n');
	const [before, between] = ['one', 'two'].map((text) =>
		tree(['40000', 'folder', tree(['100644', 'shared', shared], ['100644', 'text', blob(text)])]),
	);
	const first = commit(before ?? '', known.commit);
	const third = commit(before ?? '', commit(between ?? '', first));
	// A name that occurs twice, a link, an old form of a mode, and a submodule, which is not here.
	const odd = tree(
		['120000', 'link', blob('to')],
		['040000', 'old', tree(['100755', 'run', blob('run\n')])],
		['160000', 'module', '2'.repeat(40)],
		['100644', 'twice', blob('first\n')],
		['100644', 'twice', blob('second\n')],
	);
	writeRefFile(path, 'refs/heads/main', third);
	writeRefFile(path, 'refs/heads/merged', commit(odd, third, commit(tree(), first)));
	writeRefFile(path, 'refs/tags/tree', tree(['100644', 'alone', blob('alone\n')]));
	writeRefFile(path, 'refs/tags/blob', blob('a file\n'));
	await tagAnnotated(path, 'v2');

	const file = await bundle(known);
	expect(started).toEqual([]);
	await git(other, 'fetch', '-q', file, 'refs/*:refs/*');
	await expectSame(path, other);
	expect(await git(other, 'bundle', 'verify', file)).toContain(known.commit);
});

it('objects that lie in packs, as deltas too, are bundled without a process', async () => {
	const {path, other, started, bundle} = await setUp();
	const lines = Array.from({length: 500}, (_, line) => `line ${line}\n`);
	const known = await commitFile(path, {file: 'long.txt', content: lines.join('')});
	await git(other, 'fetch', '-q', path, 'refs/*:refs/*');
	await commitFile(path, {file: 'long.txt', content: lines.with(9, 'another\n').join('')});
	await git(path, 'gc', '-q');

	const file = await bundle({commit: known, tips: []});
	expect(started).toEqual([]);
	await git(other, 'fetch', '-q', file, 'refs/heads/*:refs/heads/*');
	await expectSame(path, other);
	expect(await git(other, 'fsck', '--full')).toBe('');
});

it('an object that is not what its name says is left to git, which refuses it', async () => {
	const {path, started, known, bundle} = await setUp();
	const oid = await commitFile(path, {file: 'two.txt'});
	const place = join(path, 'objects', oid.slice(0, 2), oid.slice(2));
	chmodSync(place, 0o600);
	writeFileSync(place, deflateSync('commit 7\0no text'));
	await expect(bundle(known)).rejects.toMatchObject({failure: {kind: 'mirror-unusable'}});
	expect(started).not.toEqual([]);
});

it.each(['little', 'much'])(
	'a mirror that lacks what is known of it, as one that was built anew, is bundled whole: %s',
	async (size) => {
		const {path, growMuch, bundle} = await setUp();
		if (size === 'much') {
			await growMuch();
		}

		const file = await bundle({commit: '1'.repeat(40), tips: ['2'.repeat(40)]});
		const empty = join(makeTemporaryFolder(), 'empty');
		makeBareRepository(empty, 'main');
		await git(empty, 'fetch', '-q', '--no-tags', file, 'refs/*:refs/*');
		await expectSame(path, empty);
		expect(await git(empty, 'fsck', '--full')).toBe('');
	},
);
