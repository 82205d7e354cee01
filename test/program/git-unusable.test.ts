import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {readRefs} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

/** A place with no program but, where it is given, a git that is this shell script. */
const makePath = (folder: string, script?: string): {readonly PATH: string} => {
	const bin = join(folder, `bin-${script?.length ?? 0}`);
	mkdirSync(bin);
	if (script !== undefined) {
		writeFileSync(join(bin, 'git'), `#!/bin/sh\n${script}\n`, {mode: 0o755});
	}

	return {PATH: bin};
};

it('git works if the place for temporary files is not there', async () => {
	await acme.add('api');
	const home = makeHome(acme.sandbox);
	const environment = {TMPDIR: join(home.folder, 'none')};
	const {exitCode, stderr} = await runHere(home, ['--yes'], environment);
	expect(stderr).toContain('1 new');
	expect(exitCode).toBe(0);
});

describe('a machine whose git is missing, too old or does not start', () => {
	it('is told so in one sentence, exit 1; what is saved stays, and is looked at without git', async () => {
		await acme.addSaved('old');
		const home = makeHome(acme.sandbox, {}, acme.folder);
		const none = makePath(home.folder);
		expect(await runHere(home, ['--yes'], none)).toMatchObject({exitCode: 0});

		await acme.add('new');
		await acme.add('newer');
		const missing = await runHere(home, ['--yes'], none);
		const tooOld = await runHere(
			home,
			['--yes'],
			makePath(home.folder, 'echo "git version 2.31.1 (Apple Git-130)"'),
		);
		const stub = await runHere(
			home,
			['restore', 'old', '--to', join(home.folder, 'restored')],
			makePath(home.folder, 'echo "xcrun: error: no developer tools" >&2; exit 1'),
		);

		const {stderr} = missing;
		expect(missing.exitCode).toBe(1);
		expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
			'git cannot be run (none was found), and Cistern needs git 2.32 or newer',
		);
		expect(stderr.match(/2\.32 or newer \(git-scm/g)).toHaveLength(1);
		expect(stderr).toContain('2 repositories were left out');
		expect(tooOld.exitCode).toBe(1);
		expect(tooOld.stderr).toContain('the installed git is 2.31.1');
		expect(stub.exitCode).toBe(1);
		expect(stub.stderr).toContain('xcrun: error: no developer tools');
		const mirror = join(home.backup, 'acme', 'acme#old', 'repo');
		expect((await readRefs(mirror)).size).toBe(1);
	});
});
