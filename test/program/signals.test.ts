import {describe, expect, it} from 'vitest';
import {startedWithoutHangUp} from '../../source/signals.ts';
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

	it('does not end what was started by nohup, where the signal that opens the debugger of Node opens nothing either', async () => {
		const strike = `${hangUp}; kill -USR1 "$PPID"`;
		// A shell that does not tell the program how it was started.
		const through = ['sh', '-c', 'nohup "$@" 0>/dev/null', 'sh'];
		const {exitCode, stderr} = await start(strike, through);
		expect({exitCode, stderr}).toMatchObject({exitCode: 0, stderr: expect.stringMatching('1 new')});
		expect(stderr).not.toMatch(/debugger|inspector/i);
	});

	it.each(['nohup', '/usr/bin/nohup'])('is ignored where a shell tells that it started %s', (_) => {
		expect(startedWithoutHangUp(Object.assign(Object.create(process), {env: {_}}))).toBe(true);
	});

	it('does not end what was started by a shell that ignores it', async () => {
		const through = ['bash', '-c', 'trap "" HUP; "$@"; exit "$?"', 'bash'];
		expect((await start(hangUp, through)).exitCode).toBe(0);
	});
});
