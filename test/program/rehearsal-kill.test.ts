import {appendFileSync, mkdirSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it, onTestFinished, vi} from 'vitest';
import {countedGit, strikes} from '../helpers/counted-git.ts';
import {makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {readOid} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

it('a rehearsal or a restore out of a store that is killed harms neither the store nor the next one', async () => {
	const {path} = await acme.add('api');
	const home = makeHome(acme.sandbox);
	const store = join(home.folder, 'store');
	mkdirSync(store);
	appendFileSync(
		home.settings,
		'stores:\n  - title: offsite\n    type: folder\n    path: store\n    recipients: none\n',
	);
	expect(await runHere(home, ['--yes'])).toMatchObject({exitCode: 0});
	const list = (folder: string): readonly string[] =>
		readdirSync(folder, {recursive: true}).map(String).toSorted();
	const [stored, saved] = [list(store), list(home.backup)];

	const temporary = join(home.folder, 'tmp');
	const back = join(home.folder, 'back');
	const rehearse = ['verify', '--store', 'offsite', '--sample', '1'];
	const restore = ['restore', 'api', '--store', 'offsite', '--to', back];
	for (const [words, git] of [
		[rehearse, '*index-pack*'],
		[rehearse, '*fsck*'],
		[restore, '*repack*'],
		[restore, '*read-tree*'],
	] as const) {
		const {environment} = countedGit({at: git, strike: strikes.killProgram});
		expect(await home.run(words, environment)).toMatchObject({signal: 'SIGKILL'});
		expect(readdirSync(temporary)).toHaveLength(1);
	}

	vi.stubEnv('TMPDIR', temporary);
	onTestFinished(() => void vi.unstubAllEnvs());
	for (const words of [rehearse, restore]) {
		const {exitCode, stderr} = await runHere(home, words);
		expect(exitCode, stderr).toBe(0);
	}

	expect(await readOid(back, 'HEAD')).toBe(await readOid(path, 'main'));
	expect(readdirSync(temporary)).toEqual([]);
	expect([list(store), list(home.backup)]).toEqual([stored, saved]);
});
