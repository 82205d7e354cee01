import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {makeBareRepository} from '../../source/sandbox/bare-repository.ts';
import {makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {branch, commitFile, readRefs} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

/** Refuses every push with one certain branch in it, in words that a terminal would obey. */
const refusing = String.raw`#!/bin/sh
grep -q refs/heads/huge || exit 0
printf '\033]0;owned\007File big.iso is 120 MB,\n'
printf '\033[2Jthe limit is 100 MB.\n'
exit 1
`;

it('a server that refuses one branch with hostile words gets all others, and its words are shown safely: exit 3', async () => {
	const {path} = await acme.add('api');
	await commitFile(path, {branch: 'huge'});
	for (const name of ['feature', 'old', 'zeal']) {
		await branch(path, name);
	}

	await acme.run();
	const home = makeHome(acme.sandbox, {}, acme.folder);
	const remote = join(home.folder, 'remote.git');
	makeBareRepository(remote, 'main');
	mkdirSync(join(remote, 'hooks'));
	writeFileSync(join(remote, 'hooks', 'pre-receive'), refusing);
	chmodSync(join(remote, 'hooks', 'pre-receive'), 0o755);

	const {exitCode, stderr} = await runHere(home, ['restore', 'api', '--push', remote]);

	expect(exitCode).toBe(3);
	expect(stderr).toMatch(
		/did not take 1 of 5 refs \(refs\/heads\/huge\): .*File big\.iso is 120 MB, .*the limit is 100 MB/,
	);
	expect(stderr).not.toContain('\u001b');
	expect([...(await readRefs(remote)).keys()].toSorted()).toEqual(
		['feature', 'main', 'old', 'zeal'].map((name) => `refs/heads/${name}`),
	);
	const again = await runHere(home, ['restore', 'api', '--push', remote, '--json']);
	expect(again.exitCode).toBe(3);
	expect(again.stdout).toContain('the limit is 100 MB');
	expect(again.stdout).not.toContain('\u001b');
});
