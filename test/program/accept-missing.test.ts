import {existsSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {openFiles} from '../../source/adapters/files/files.ts';
import {canaryToken} from '../helpers/backup.ts';
import {type Home, makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

const loseThree = async (): Promise<Home> => {
	const repositories = await acme.addSaved('api', 'docs', 'web');
	const home = makeHome(acme.sandbox, {}, acme.folder);
	for (const repository of repositories) {
		repository.isListed = false;
	}

	return home;
};

describe('cistern accept-missing without a terminal', () => {
	it('needs a number that is right, even for nothing, and changes nothing without it', async () => {
		const home = await loseThree();
		const silent = await runHere(home, ['accept-missing']);
		expect([silent.exitCode, silent.stderr]).toEqual([
			2,
			expect.stringContaining('cistern accept-missing --yes --count 3'),
		]);
		expect((await runHere(home, ['accept-missing', '--count', '2'])).exitCode).toBe(2);
		const {exitCode, stdout} = await runHere(home, [
			'accept-missing',
			'--yes',
			'--count',
			'3',
			'--json',
		]);
		expect(exitCode).toBe(0);
		expect(
			stdout
				.trim()
				.split('\n')
				.map((line) => JSON.parse(line)),
		).toMatchObject([
			{type: 'missing', repository: 'acme/api'},
			{type: 'missing', repository: 'acme/docs'},
			{type: 'missing', repository: 'acme/web'},
			{type: 'accepted', count: 3},
		]);

		expect((await runHere(home, ['--yes'])).exitCode).toBe(0);
		expect(existsSync(join(home.backup, 'acme', 'acme#api', 'repo', 'HEAD'))).toBe(true);
		const again = await runHere(home, ['accept-missing', '--yes', '--count', '3']);
		expect([again.exitCode, again.stderr]).toEqual([
			2,
			expect.stringContaining('0 are missing, not 3'),
		]);
		expect((await runHere(home, ['accept-missing'])).stderr).toContain('Nothing is missing.');
	});

	it('ends with 11 while a run holds the folder, and with 12 for a token that is refused', async () => {
		const home = await loseThree();
		const lock = await openFiles().lock(join(home.backup, 'acme', '.cistern'), 'another-run');
		const accept = ['accept-missing', '--yes', '--count', '3'];
		expect((await runHere(home, accept)).exitCode).toBe(11);
		await ('release' in lock ? lock.release() : undefined);

		acme.sandbox.revokeToken(canaryToken);
		expect((await runHere(home, accept)).exitCode).toBe(12);
		rmSync(home.settings);
		expect((await runHere(home, accept)).exitCode).toBe(1);
	});
});
