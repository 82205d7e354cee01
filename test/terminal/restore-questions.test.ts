import {readdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {program} from '../helpers/program.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {forcePush, readRefs} from '../helpers/upstream.ts';
import {expectTerminalBack, keys, openInShell} from '../helpers/wizard-screen.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

it('asks which repository, as of when and where to, and then restores it; ctrl-c leaves', async () => {
	const {path} = await acme.add('api');
	await acme.add('web');
	await acme.run();
	const then = await readRefs(path);
	await forcePush(path);
	await acme.run();
	rmSync(acme.path('acme#web', 'cistern.json'));
	const home = makeTemporaryFolder();
	const words = [...program, 'restore', '--from', acme.path()];
	const screen = openInShell(words, home, {HOME: home});

	await screen.waitFor((seen) => /acme\/web +its record is lost/.test(seen.text()));
	screen.resize(80, 13);
	await screen.waitFor(/› acme\/api\n +… 2 more/);
	screen.resize(80, 24);
	await screen.answer('acme/web', 'ap');
	await screen.waitFor((seen) => !seen.text().includes('acme/web'));
	screen.type(keys.enter);
	await screen.answer('as last saved', keys.down);
	screen.type(keys.enter);
	await screen.answer('To which folder?', `${keys.clear}back${keys.enter}`);
	await screen.waitFor('code 0');
	await screen.exited;

	expect(await readRefs(join(home, 'back'))).toEqual(then);
	expectTerminalBack(screen);

	rmSync(join(home, 'back'), {recursive: true});
	const left = openInShell(words, home, {HOME: home});
	await left.answer('Which repository?', keys.interrupt);
	await left.waitFor('code 130');
	await left.exited;
	expectTerminalBack(left);
	expect(readdirSync(home)).not.toContain('back');
});
