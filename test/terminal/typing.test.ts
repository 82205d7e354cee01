import {join} from 'node:path';
import {describe, expect, it, onTestFinished} from 'vitest';
import {makeHome, program} from '../helpers/program.ts';
import {openTerminalScreen} from '../helpers/terminal-screen.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

/** The program as a job of a shell, which tells each time that it is back whether typing is shown. */
const script = `
set -m
tell() { case " $(stty -a) " in *" echo "*) echo "$1, typing is shown" ;; *) echo "$1, typing is hidden" ;; esac; }
"$@"
tell stopped
fg > /dev/null
tell "ended with $?"
`;

describe('keys that are typed while a backup runs', () => {
	it('leave no row behind, and Ctrl-Z gives the terminal back as it was', async () => {
		for (const slug of ['api', 'web']) {
			await acme.add(slug);
		}

		const {promise, resolve: release} = Promise.withResolvers<void>();
		acme.sandbox.addFault({
			match: {repository: 'acme/web', service: 'git'},
			times: 1,
			answer: {kind: 'meanwhile', run: () => promise},
		});
		const home = makeHome(acme.sandbox);
		const screen = openTerminalScreen({
			words: ['bash', '-c', script, 'shell', ...program, '--yes', '--config', home.settings],
			environment: {HOME: join(home.folder, 'home')},
			folder: home.folder,
		});
		onTestFinished(() => screen.close());

		await screen.waitFor(/acme +looked at 1 of 2 repositories/);
		screen.type('\r'.repeat(40));
		screen.type('\u001a');
		await screen.waitFor('stopped, typing is shown');
		expect(screen.text()).not.toContain('looked at');
		expect(screen.cursor().isVisible).toBe(true);
		await screen.waitFor(/looked at 1 of 2/);
		await screen.waitFor(({cursor}) => !cursor().isVisible);
		screen.type('\r'.repeat(40));
		release();
		await screen.waitFor('ended with 0, typing is shown');
		expect(screen.cursor().isVisible).toBe(true);
		expect(screen.scrollback()).toEqual([]);
		await screen.exited;
	});
});
