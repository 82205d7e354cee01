import {appendFileSync, existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {isolatedEnvironment} from '../../../source/adapters/git/environment.ts';
import {findGit} from '../../../source/adapters/git/installed-git.ts';
import {openGit} from '../../../source/adapters/git/open-git.ts';
import {readDamagedTips, readRefFiles} from '../../../source/adapters/git/ref-files.ts';
import {refMethods} from '../../../source/adapters/git/refs.ts';
import {runGit as runAdapterGit} from '../../../source/adapters/git/run-git.ts';
import {makeBareRepository, runGit} from '../../../source/sandbox/bare-repository.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, git, readOid, readRefs, tagAnnotated} from '../../helpers/upstream.ts';

/** Spaces and line ends to JavaScript, but ordinary characters to git. */
const odd = ['no\u00a0break', 'wide\u3000space', 'line\u2028end', '\ufeffmark'];

describe("a mirror's refs, read without a process", () => {
	it('are those that git lists, loose and packed', async () => {
		const path = join(makeTemporaryFolder(), 'repo');
		makeBareRepository(path, 'main');
		const tip = await commitFile(path);
		await tagAnnotated(path, 'v1');
		expect(await readRefFiles(path)).toEqual(await readRefs(path));

		const lines = odd.map((name) => `create refs/heads/${name} ${tip}\n`).join('');
		await runGit(path, ['update-ref', '--stdin'], lines);
		await git(path, 'pack-refs', '--all');
		await commitFile(path);
		const listed = await readRefs(path);
		expect([...listed.keys()]).toEqual(
			expect.arrayContaining(['refs/tags/v1', ...odd.map((name) => `refs/heads/${name}`)]),
		);
		expect(await readRefFiles(path)).toEqual(listed);
		expect(await readDamagedTips(path)).toEqual(listed);
	});
});

const adapter = openGit({
	installed: findGit(process.env),
	authorization: () => undefined,
	redact: (text) => text,
	origin: 'https://bitbucket.org',
	run: 'test',
});

/** Each clashes with another one on a file system that ignores case. */
const names = ['Feature', 'feature', 'Team/a', 'team/b', 'Topic', 'topic/x'];
const refs = names.map((name) => `refs/heads/${name}`);

/** On a file system that respects case, loose refs have files under their own names. */
const findLoose = (mirror: string): readonly string[] =>
	refs.filter((ref) => existsSync(join(mirror, ref)));

it('refs that differ only in case stay packed when they are made, moved or copied', async () => {
	const [mirror, copy] = ['one', 'other'].map((name) => join(makeTemporaryFolder(), name));
	if (mirror === undefined || copy === undefined) {
		throw new TypeError('two folders were made');
	}

	await adapter.createMirror(mirror);
	const [from, to] = [await commitFile(mirror), await commitFile(mirror)];
	await adapter.updateRefs(
		mirror,
		refs.map((ref) => ({ref, from: undefined, to: from})),
	);
	expect(findLoose(mirror)).toEqual([]);

	const [first = '', ...others] = refs;
	await adapter.updateRefs(mirror, [
		{ref: first, from, to: undefined},
		...others.map((ref) => ({ref, from, to})),
	]);
	expect(findLoose(mirror)).toEqual([]);
	const moved = new Map(others.map((ref) => [ref, to]));
	expect(await readRefs(mirror)).toEqual(new Map([...moved, ['refs/heads/main', to]]));

	await adapter.createMirror(copy);
	const copied = await adapter.copyRefs(mirror, copy, moved, [], new AbortController().signal);
	expect(copied).toEqual(new Set(others));
	expect(findLoose(copy)).toEqual([]);
	expect(await readRefs(copy)).toEqual(moved);
});

it('many branches are compared with one process', async () => {
	const mirror = join(makeTemporaryFolder(), 'mirror');
	await adapter.createMirror(mirror);
	const [from, to] = [await commitFile(mirror), await commitFile(mirror)];
	const other = await commitFile(mirror, {branch: 'other', file: 'other.txt'});
	const ran: (readonly string[])[] = [];
	const {findRewritten} = refMethods((command) => {
		ran.push(command.args);
		return runAdapterGit(command, isolatedEnvironment(process.env, 'test', []));
	});
	const rewritten = await findRewritten(mirror, [
		...refs.map((ref) => ({ref, from, to})),
		{ref: 'refs/heads/main', from: to, to: other},
		{ref: 'refs/heads/back', from: to, to: from},
	]);
	expect(rewritten).toEqual(new Set(['refs/heads/main', 'refs/heads/back']));
	expect(ran).toHaveLength(1);
});

it('a branch that names a tree or a tag object is copied too', async () => {
	const [mirror, copy] = ['one', 'other'].map((name) => join(makeTemporaryFolder(), name)) as [
		string,
		string,
	];
	await adapter.createMirror(mirror);
	await commitFile(mirror);
	const odd = new Map([
		['refs/heads/tree', await readOid(mirror, 'main^{tree}')],
		['refs/heads/tag', await tagAnnotated(mirror, 'v1')],
	]);
	await adapter.createMirror(copy);
	const copied = await adapter.copyRefs(mirror, copy, odd, [], new AbortController().signal);
	expect(copied).toEqual(new Set(odd.keys()));
	expect(await readRefs(copy)).toEqual(odd);
});

it.each([
	['a line that is no ref', 'half a line\n'],
	['a last line that is cut', '1234567890123456789012345678901234567890 refs/heads/x'],
])('%s is damage, and nothing is written over it', async (_, text) => {
	const mirror = join(makeTemporaryFolder(), 'mirror');
	await adapter.createMirror(mirror);
	const oid = await commitFile(mirror);
	await adapter.updateRefs(mirror, [{ref: 'refs/heads/a', from: undefined, to: oid}]);
	const path = join(mirror, 'packed-refs');
	appendFileSync(path, text);
	const before = readFileSync(path, 'utf8');
	const damage = {failure: {kind: 'mirror-unusable', path: mirror}};
	const create = adapter.updateRefs(mirror, [{ref: 'refs/heads/b', from: undefined, to: oid}]);

	await expect(create).rejects.toMatchObject(damage);
	await expect(adapter.readLastHistory(mirror)).rejects.toMatchObject(damage);
	expect(readFileSync(path, 'utf8')).toBe(before);
});
