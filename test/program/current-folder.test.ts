import {expect, it} from 'vitest';
import {makeHome} from '../helpers/program.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

/** Starts a program in a folder that is removed before. */
const removed = ['sh', '-c', 'mkdir gone; cd gone; rmdir ../gone; exec "$@"', 'sh'] as const;

it('needs no current folder, unless a path begins there', async () => {
	await acme.add('api');
	const home = makeHome(acme.sandbox);
	const run = (...args: readonly string[]) => home.run(args, {}, removed);

	expect(await run('--yes')).toMatchObject({exitCode: 0});
	expect(await run('restore', 'api', '--to', 'rescued')).toMatchObject({
		exitCode: 1,
		stderr: 'The current folder is not there any more.\nChange to another one, and run it again.\n',
	});
});
