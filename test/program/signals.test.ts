import {describe, expect, it} from 'vitest';
import {countedGit} from '../helpers/counted-git.ts';
import {makeHome} from '../helpers/program.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

const start = async (strike: string, through: readonly string[] = []) => {
	await acme.add('api');
	const {environment} = countedGit({at: '*index-pack*', strike});
	return makeHome(acme.sandbox).run(['--yes'], environment, through);
};

/** As when the terminal goes: the program gets it and so does git. */
const hangUp = 'kill -HUP "$PPID" "$$"';

describe('a hang-up', () => {
	it('ends a run', async () => {
		expect((await start(hangUp)).exitCode).toBe(130);
	});

	it.each([
		['nohup', ['bash', '-c', 'nohup "$@"', 'bash']],
		['nohup, of a shell that names no command', ['sh', '-c', 'nohup "$@" 0>/dev/null', 'sh']],
		['a shell that ignores it', ['bash', '-c', 'trap "" HUP; "$@"; exit "$?"', 'bash']],
	])('does not end what was started by %s', async (_, through) => {
		const {exitCode, stderr} = await start(hangUp, through);
		expect({exitCode, stderr}).toMatchObject({exitCode: 0, stderr: expect.stringMatching('1 new')});
	});
});

it('the signal that opens the debugger of Node opens nothing', async () => {
	await acme.add('web');
	const {exitCode, stderr} = await start('kill -USR1 "$PPID"');
	expect(exitCode).toBe(0);
	expect(stderr).not.toMatch(/debugger|inspector/i);
});
