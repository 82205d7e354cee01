import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {makeSource, makeWorld} from '../../helpers/backup.ts';
import {commitFile, git as plainGit, readRefs} from '../../helpers/upstream.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

it('brings by name what upstream no longer gives by id, leaves no name behind, and says that it moved', async () => {
	const {path} = await acme.add('api');
	const tips = [await commitFile(path), await commitFile(path, {branch: 'Main'})];
	const source = makeSource(acme.sandbox);
	const {git} = makeWorld(acme.clock).connect(source, 'test');
	const mirror = join(acme.folder, 'repo');
	await git.createMirror(mirror);
	const refs = new Map([
		['refs/heads/main', '1'.repeat(40)],
		['refs/heads/Main', tips[1] ?? ''],
	]);
	const url = `${new URL(acme.sandbox.apiUrl).origin}/acme/api.git`;
	const options = {signal: new AbortController().signal, onProgress: () => {}};

	await expect(git.fetchObjects(mirror, url, refs, options)).rejects.toMatchObject({
		failure: {kind: 'unexpected-answer', detail: expect.stringContaining('moved')},
	});

	for (const tip of tips) {
		expect(await plainGit(mirror, 'cat-file', '-t', tip)).toBe('commit\n');
	}

	expect(await readRefs(mirror, 'refs/')).toEqual(new Map());
	expect(existsSync(join(mirror, 'FETCH_HEAD'))).toBe(false);
});
