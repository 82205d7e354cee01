import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {beforeAll, describe, expect, it} from 'vitest';
import {makeHome} from '../helpers/program.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace('all');

beforeAll(async () => {
	await acme.addSaved('api');
});

const full = ['sh', '-c', '"$@" >/dev/full', 'sh'] as const;
/** A pipe whose reader has ended before anything is written. */
const unread = ['bash', '-c', 'exec 3> >(:); wait "$!"; "$@" >&3', 'bash'] as const;

const withoutSettings = ['setup', '--example'];
const withSettings = ['--yes', '--json'];

const run = ([command, ...words]: readonly [string, ...string[]], args: readonly string[]) => {
	const program = [process.execPath, 'dist/cli.js', ...args];
	const {status, stderr} = spawnSync(command, [...words, ...program], {encoding: 'utf8'});
	return {exitCode: status, stderr};
};

const home = () => makeHome(acme.sandbox, {}, acme.folder);

describe.runIf(existsSync('/dev/full'))('an answer that cannot be written', () => {
	const isSaid = {
		exitCode: 1,
		stderr: expect.stringContaining(
			'The answer could not be written to standard output: no space left on device.\n',
		),
	};

	it('is a failure', async () => {
		expect(run(full, withoutSettings)).toMatchObject(isSaid);
		expect(run(full, ['--version'])).toMatchObject(isSaid);
		expect(await home().run(withSettings, {}, full)).toMatchObject(isSaid);
	});

	it('leaves a failure of the command as it is', async () => {
		const {exitCode} = await home().run(['status', '--max-age', '0s'], {}, full);
		expect(exitCode).toBe(3);
	});
});

describe('an answer whose reader went away', () => {
	it('is no failure', async () => {
		expect(run(unread, withoutSettings)).toEqual({exitCode: 0, stderr: ''});
		const {exitCode, stderr} = await home().run(withSettings, {}, unread);
		expect(exitCode).toBe(0);
		expect(stderr).not.toContain('could not be written');
	});
});
