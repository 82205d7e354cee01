import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {findGit} from '../../../source/adapters/git/installed-git.ts';
import {openGit} from '../../../source/adapters/git/open-git.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, readRefs} from '../../helpers/upstream.ts';

const git = openGit({
	installed: findGit(process.env),
	authorization: () => undefined,
	redact: (text) => text,
	origin: 'https://bitbucket.org',
	run: 'test',
});

/** Each of them clashes with another where case does not count. */
const names = ['Feature', 'feature', 'Team/a', 'team/b', 'Topic', 'topic/x'];
const refs = names.map((name) => `refs/heads/${name}`);

/** On a file system that tells case apart, loose refs would show under their own names. */
const findLoose = (mirror: string): readonly string[] =>
	refs.filter((ref) => existsSync(join(mirror, ref)));

it('keeps refs that differ in case alone packed, whether they are made, moved or copied', async () => {
	const [mirror, copy] = ['one', 'other'].map((name) => join(makeTemporaryFolder(), name));
	if (mirror === undefined || copy === undefined) {
		throw new TypeError('two folders were made');
	}

	await git.createMirror(mirror);
	const [from, to] = [await commitFile(mirror), await commitFile(mirror)];
	await git.updateRefs(mirror, [refs.map((ref) => ({kind: 'create', ref, to: from}))]);
	expect(findLoose(mirror)).toEqual([]);

	const [first = '', ...others] = refs;
	await git.updateRefs(mirror, [
		[{kind: 'delete', ref: first, from}],
		others.map((ref) => ({kind: 'update', ref, from, to})),
	]);
	expect(findLoose(mirror)).toEqual([]);
	const moved = new Map(others.map((ref) => [ref, to]));
	expect(await readRefs(mirror)).toEqual(new Map([...moved, ['refs/heads/main', to]]));

	await git.createMirror(copy);
	const copied = await git.copyRefs(mirror, copy, moved, new AbortController().signal);
	expect(copied).toEqual(new Set(others));
	expect(findLoose(copy)).toEqual([]);
	expect(await readRefs(copy)).toEqual(moved);
});
