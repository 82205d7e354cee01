import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it, onTestFinished} from 'vitest';
import {type Home, makeHome, program} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {openTerminalScreen, type TerminalScreen} from '../helpers/terminal-screen.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

/** A backup of three private repositories, all of which the listing now lacks. */
const loseAll = async (): Promise<Home> => {
	const repositories = await acme.addSaved('api', 'docs', 'web');
	const home = makeHome(acme.sandbox, {}, acme.folder);
	for (const repository of repositories) {
		repository.isListed = false;
	}

	return home;
};

const ask = async (home: Home): Promise<TerminalScreen> => {
	const screen = openTerminalScreen({
		words: [...program, 'accept-missing', '--config', home.settings],
		environment: {HOME: join(home.folder, 'home')},
		folder: home.folder,
	});
	onTestFinished(() => screen.close());
	await screen.waitFor('[y/N]');
	return screen;
};

const goneSince = (home: Home): unknown =>
	JSON.parse(readFileSync(join(home.backup, 'acme', 'acme#api', 'cistern.json'), 'utf8')).goneSince;

describe('cistern accept-missing in a terminal', () => {
	it('names them and the likely cause, does nothing without a yes, and marks them as gone after one', async () => {
		const home = await loseAll();
		const screen = await ask(home);
		expect(screen.text()).toContain('missing  acme/docs');
		expect(screen.text()).toContain('the token may only see less than before');
		expect(screen.text()).toContain('Are these 3 repositories gone from Bitbucket?');

		screen.type('\u0003');
		expect(await screen.exited).toMatchObject({code: 130});
		expect(goneSince(home)).toBeUndefined();

		const left = await runHere(home, ['accept-missing'], {}, '\n');
		expect(left).toMatchObject({
			exitCode: 0,
			stderr: expect.stringContaining('Nothing was changed.'),
		});
		expect(goneSince(home)).toBeUndefined();

		const accepted = await runHere(home, ['accept-missing'], {}, 'y\n');
		expect(accepted).toMatchObject({
			exitCode: 0,
			stdout: expect.stringContaining('Marked as gone from Bitbucket: 3.'),
		});
		expect(goneSince(home)).toEqual(expect.any(String));
	});
});
