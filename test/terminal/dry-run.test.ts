import {join} from 'node:path';
import {describe, expect, it, onTestFinished} from 'vitest';
import {makeHome, program} from '../helpers/program.ts';
import {openTerminalScreen} from '../helpers/terminal-screen.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

describe('cistern --dry-run in a terminal', () => {
	it('counts while it looks, and leaves the plan alone', async () => {
		acme.sandbox.addRepository({workspace: 'acme', slug: 'api'});
		acme.sandbox.addRepository({workspace: 'acme', slug: 'web'});
		const {promise, resolve: release} = Promise.withResolvers<void>();
		acme.sandbox.addFault({
			match: {repository: 'acme/web', service: 'git'},
			answer: {kind: 'meanwhile', run: () => promise},
		});
		const home = makeHome(acme.sandbox);
		const screen = openTerminalScreen({
			words: [...program, '--dry-run', '--config', home.settings],
			environment: {HOME: join(home.folder, 'home')},
			folder: home.folder,
		});
		onTestFinished(() => screen.close());

		await screen.waitFor(/acme +looked at 1 of 2 repositories/);
		release();
		expect(await screen.exited).toMatchObject({code: 0});
		expect(screen.rows()[0]).toMatch(/^clone +acme\/api/);
		expect(screen.text()).toContain('2 new');
		expect(screen.text()).not.toContain('looked at');
		expect(screen.cursor().isVisible).toBe(true);
	});
});
