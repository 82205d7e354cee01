import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it, onTestFinished} from 'vitest';
import {findMarkedProcesses} from '../../source/adapters/files/processes.ts';
import {countedGit} from '../helpers/counted-git.ts';
import {program} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {openTerminalScreen} from '../helpers/terminal-screen.ts';
import {readRefs} from '../helpers/upstream.ts';
import {keys} from '../helpers/wizard-screen.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

it('a restore shows what runs; ctrl-c ends it with 130, and the same command goes on with the rest', async () => {
	const slugs = ['api', 'docs', 'web'];
	for (const slug of slugs) {
		await acme.add(slug);
	}

	await acme.run();
	const home = makeTemporaryFolder();
	const back = join(home, 'back');
	const words = ['restore', '--all', '--bare', '--to', back, '--from', acme.path()];
	const hang = 'case "$PWD" in */.web.*) sleep 600 ;; esac';
	const {environment} = countedGit({at: '*repack*', strike: hang});

	const screen = openTerminalScreen({
		words: [...program, ...words],
		environment: {HOME: home, ...environment},
	});
	onTestFinished(() => screen.close());
	await screen.waitFor(/^ +\S +acme\/web +restoring/m);
	await screen.waitFor(/^ +2 of 3$/m);
	screen.type(keys.interrupt);
	expect(await screen.exited).toEqual({code: 130, signal: undefined});
	expect(await findMarkedProcesses(`HOME=${home}`)).toEqual([]);

	expect(screen.text()).toMatch(/^ {2}Interrupted\. 2 of 3 repositories are back\. /m);
	expect(screen.text()).toContain('Run the same command again: it restores what is missing.');
	expect(screen.text()).not.toContain('failed');
	expect(screen.cursor().isVisible).toBe(true);
	expect(readdirSync(back).toSorted()).toEqual(['api', 'docs']);

	const again = await runHere({folder: home, settings: join(home, 'none.yml')}, words);
	expect(again.exitCode).toBe(0);

	const said = again.stdout + again.stderr;
	expect(said).toContain('All 3 repositories are back.');
	expect(said).toMatch(/1 restored +2 already there/);
	expect(readdirSync(back).toSorted()).toEqual(slugs);
	for (const slug of slugs) {
		expect(await readRefs(join(back, slug))).toEqual(await readRefs(acme.mirror(slug)));
	}
});
