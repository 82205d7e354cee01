import {mkdirSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import type {Git} from '../../../source/ports/git.ts';
import type {FileChange} from '../../../source/ports/git-metadata.ts';
import {makeWorld} from '../../helpers/backup.ts';
import {createFakeClock} from '../../helpers/fake-clock.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {git as runGit} from '../../helpers/upstream.ts';

const at = Date.parse('2026-11-20T00:00:00Z');

const setUp = async () => {
	const folder = makeTemporaryFolder();
	const mirror = join(folder, 'metadata');
	const git = makeWorld(createFakeClock()).openGit('import');
	await git.createMirror(mirror);
	return {folder, mirror, git};
};

const readAll = async <Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> => {
	const all: Item[] = [];
	for await (const item of items) {
		all.push(item);
	}

	return all;
};

const readText = async (git: Git, mirror: string, name: string): Promise<string | undefined> =>
	(await readAll(git.readTexts(mirror, [name])))[0];

describe('importing files', () => {
	it('keeps files that are not named, their bytes, and an order of dates', async () => {
		const {folder, mirror, git} = await setUp();
		expect(await git.readMetadataTip(mirror)).toBeUndefined();
		expect(await git.readMetadataLog(mirror)).toEqual([]);
		const bytes = Buffer.from([0, 255, 13, 10, 10, 0x64, 0x6f, 0x6e, 0x65, 10]);
		writeFileSync(join(folder, 'patch'), bytes);
		const files: readonly FileChange[] = [
			{path: 'a/one.json', text: 'größe\n'},
			{path: 'a/patch', file: join(folder, 'patch')},
			{path: 'empty', text: ''},
		];
		const first = await git.importFiles(mirror, files, {message: 'First\n', at});
		const second = await git.importFiles(
			mirror,
			[{path: 'a/one.json', text: 'other\n'}],
			// The clock went back.
			{message: 'Second\n', at: at - 86_400_000},
		);

		expect(await git.readMetadataTip(mirror)).toBe(second);
		expect(await git.readMetadataLog(mirror)).toEqual([
			{oid: second, at: at + 1000},
			{oid: first, at},
		]);
		expect(await readAll(git.listFiles(mirror, second, 'a'))).toEqual(['a/one.json', 'a/patch']);
		expect(await readAll(git.listFiles(mirror, second, 'nothing'))).toEqual([]);
		const [change] = await readAll(git.listVersions(mirror, second, 'a'));
		expect(change).toMatchObject({oid: second, at: at + 1000, path: 'a/one.json'});
		const names = [`${second}:a/one.json`, 'f'.repeat(40), `${first}:none`, change?.before ?? ''];
		expect(await readAll(git.readTexts(mirror, names))).toEqual([
			'other\n',
			undefined,
			undefined,
			'größe\n',
		]);
		expect(await readText(git, mirror, `${second}:empty`)).toBe('');
		expect(await runGit(mirror, 'cat-file', '-s', `${first}:a/patch`)).toBe(`${bytes.length}\n`);
		expect(await runGit(mirror, 'fsck', '--strict', '--full')).toBe('');
	});

	it('reads the same whether it lies in files of its own, in a pack, or in both', async () => {
		const {mirror, git} = await setUp();
		const write = (text: string): Promise<string> => {
			const files = [
				{path: 'a/one.json', text},
				{path: 'b/c/two.json', text: 'größe'},
			];
			return git.importFiles(mirror, [...files, {path: 'c.json', text: ''}], {message: 'x', at});
		};
		const paths = ['a/one.json', 'b/c/two.json', 'c.json'];
		const expectFiles = async (commit: string, text: string): Promise<void> => {
			const names = [...paths, 'b/c', 'c.json/d', 'none'].map((path) => `${commit}:${path}`);
			const texts = [text, 'größe', '', undefined, undefined, undefined];
			expect(await readAll(git.readTexts(mirror, names))).toEqual(texts);
			expect(await readAll(git.listFiles(mirror, commit, '.'))).toEqual(paths);
			expect(await readAll(git.listFiles(mirror, commit, 'b'))).toEqual(['b/c/two.json']);
		};

		const first = await write('1');
		await expectFiles(first, '1');
		await runGit(mirror, 'repack', '-q', '-a', '-d');
		await expectFiles(first, '1');
		// The packed commit is the later one by a second, and some files are as they were.
		const second = await write('2');
		await expectFiles(second, '2');
		await expectFiles(first, '1');
		expect(await git.readMetadataLog(mirror)).toEqual([
			{oid: second, at: at + 1000},
			{oid: first, at},
		]);
	});

	it.each(['between two files', 'in the middle of one'])(
		'changes nothing when the stream breaks off %s, and leaves nothing behind',
		async (where) => {
			const {folder, mirror, git} = await setUp();
			const tip = await git.importFiles(mirror, [{path: 'a.json', text: '1'}], {message: 'x', at});
			// Objects without a ref do no harm, and the next packing leaves them out.
			const list = (): readonly string[] =>
				readdirSync(mirror, {recursive: true, encoding: 'utf8'})
					.filter((path) => !/^objects\/[0-9a-f]{2}(\/|$)/.test(path))
					.toSorted();
			const before = list();
			const broken = function* (): Generator<FileChange> {
				yield {path: 'a.json', text: '2'};
				if (where === 'in the middle of one') {
					mkdirSync(join(folder, 'none'));
					yield {path: 'b.json', file: join(folder, 'none')};
				}

				throw new Error('broken off');
			};

			await expect(
				git.importFiles(mirror, broken(), {message: 'x', at: at + 1000}),
			).rejects.toThrow();
			expect(await git.readMetadataTip(mirror)).toBe(tip);
			expect(list()).toEqual(before);
		},
	);

	it('goes on after a git that was killed left its files', async () => {
		const {mirror, git} = await setUp();
		await git.importFiles(mirror, [{path: 'a.json', text: '1'}], {message: 'x', at});
		writeFileSync(join(mirror, 'fast_import_crash_123'), 'report');
		writeFileSync(join(mirror, 'objects', 'pack', 'tmp_pack_abc'), 'half');
		writeFileSync(join(mirror, 'refs', 'heads', 'main.lock'), '');
		const tip = await git.importFiles(mirror, [{path: 'a.json', text: '2'}], {message: 'y', at});
		expect(await readText(git, mirror, `${tip}:a.json`)).toBe('2');
		expect(readdirSync(mirror).filter((name) => name.includes('crash'))).toEqual([]);
		expect(readdirSync(join(mirror, 'objects', 'pack'))).not.toContain('tmp_pack_abc');
	});

	it.each(['../a', '/a', 'a/../b', 'a\nb', '"a"', '.git/config', ''])(
		'refuses the path %j',
		async (path) => {
			const {mirror, git} = await setUp();
			await expect(
				git.importFiles(mirror, [{path, text: '1'}], {message: 'x', at}),
			).rejects.toThrow('plain names');
			expect(await git.readMetadataTip(mirror)).toBeUndefined();
		},
	);
});
