import {readdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {importMethods} from '../../../source/adapters/git/import-files.ts';
import {makeMirror} from '../../../source/adapters/git/mirror.ts';
import {makeObject} from '../../../source/adapters/git/objects/loose-objects.ts';
import {moveRef} from '../../../source/adapters/git/ref-files.ts';
import type {FileChange} from '../../../source/ports/git-metadata.ts';
import {runGit} from '../../../source/sandbox/bare-repository.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {git} from '../../helpers/upstream.ts';

const at = Date.parse('2026-11-20T00:00:00Z');

const noProcess = (): never => {
	throw new Error('a process was started');
};
const {importFiles, readMetadataTip} = importMethods(noProcess, noProcess);

const makeRepository = async (): Promise<string> => {
	const path = join(makeTemporaryFolder(), 'metadata');
	await makeMirror(path, 'sha1');
	return path;
};

/** git's own commit of the same files on its `main`. Gives its id. */
const importByGit = async (
	path: string,
	files: readonly {readonly path: string; readonly text: string}[],
	seconds: number,
): Promise<string> => {
	const parent = await readMetadataTip(path);
	const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
	const author = `Cistern <cistern@localhost> ${seconds} +0000\n`;
	const lines = [
		`commit refs/heads/main\nauthor ${author}committer ${author}${data('größe\n')}`,
		parent === undefined ? '' : `from ${parent}\n`,
		...files.map(({path: name, text}) => `M 100644 inline ${name}\n${data(text)}`),
	];
	await runGit(path, ['fast-import', '--quiet', '--date-format=raw'], lines.join(''));
	return (await readMetadataTip(path)) ?? '';
};

const named = (text: string, ...paths: readonly string[]) => paths.map((path) => ({path, text}));

/** More files than are written one by one. */
const many = Array.from({length: 40}, (_, index) => `many/${index % 9}/${index}.json`);

/** Commits one after the other, with names that git sorts otherwise than most programs. */
const commits: readonly (readonly {readonly path: string; readonly text: string}[])[] = [
	named('1', 'a/b', 'a-b', 'a.b', 'a0', 'A', 'empty/x/y'),
	named('2', 'a/b', 'a/c/d', 'A'),
	named('größe\0\n'.repeat(9999), 'big', ...many),
	named('3', 'many/3/12.json', 'a/c/e'),
	// A file becomes a folder, a folder becomes a file, and a name comes twice.
	[...named('4', 'a0/b', 'a/c'), ...named('5', 'A'), ...named('6', 'A')],
	named('7', ...many),
	[],
];

describe('a commit that is made without a process', () => {
	it('is the one that git makes, in files of its own, in a pack, or on top of packed ones', async () => {
		const [ours, theirs] = [await makeRepository(), await makeRepository()];
		for (const [index, files] of commits.entries()) {
			const options = {message: 'größe\n', at: at + index * 1000};
			const oid = await importFiles(ours, files, options);
			expect(oid).toBe(await importByGit(theirs, files, at / 1000 + index));
			if (index === 4) {
				await git(ours, 'repack', '-q', '-a', '-d', '-f');
			}
		}

		expect(await git(ours, 'fsck', '--strict', '--no-dangling')).toBe('');
		expect(await git(ours, 'count-objects', '-v')).toContain('garbage: 0');
		const counted = await git(ours, 'rev-list', '--objects', '--count', 'main');
		expect(counted).toBe(await git(theirs, 'rev-list', '--objects', '--count', 'main'));
	});

	it.each([
		['an object', named('1', 'a'), ['objects', makeObject('blob', '1', 'sha1').oid.slice(0, 2)]],
		['the pack', named('1', ...many), ['objects', 'pack']],
		['the branch', named('1', 'a'), ['refs', 'heads']],
	])(
		'moves no branch when %s cannot be written, and leaves nothing half',
		async (_, files, parts) => {
			const path = await makeRepository();
			const tip = await importFiles(path, named('0', 'b'), {message: 'x', at});
			rmSync(join(path, ...parts), {recursive: true, force: true});
			writeFileSync(join(path, ...parts), '');
			const change: readonly FileChange[] = files;
			await expect(importFiles(path, change, {message: 'y', at})).rejects.toThrow();
			expect(await readMetadataTip(path)).toBe(parts.includes('refs') ? undefined : tip);
			const names = readdirSync(path, {recursive: true, encoding: 'utf8'});
			expect(names.filter((name) => /tmp_|\.lock$/.test(name))).toEqual([]);
		},
	);

	it('moves the branch only from where it was expected', async () => {
		const path = await makeRepository();
		const tip = await importFiles(path, named('0', 'b'), {message: 'x', at});
		const to = '1'.repeat(40);
		for (const from of [undefined, '2'.repeat(40)]) {
			await expect(moveRef(path, 'refs/heads/main', {from, to})).rejects.toMatchObject({
				failure: {kind: 'git-failed'},
			});
		}

		expect(await readMetadataTip(path)).toBe(tip);
		expect(readdirSync(join(path, 'refs', 'heads'))).toEqual(['main']);
	});
});
