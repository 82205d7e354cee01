import {existsSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it, vi} from 'vitest';
import {findMarkedProcesses} from '../../source/adapters/files/processes.ts';
import {countedGit} from '../helpers/counted-git.ts';
import {makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

describe('a run that is interrupted while git hangs', () => {
	it('keeps what is finished and ends with 130; a second signal leaves at once, and the next run ends what is left', async () => {
		await acme.add('api', {size: 2});
		const {uuid} = await acme.add('web', {size: 1});
		const home = makeHome(acme.sandbox);
		const own = join(home.backup, 'acme', '.cistern');
		const marker = `HOME=${join(home.folder, 'home')}`;
		// A process that git started outlives it, and no pipe of the program's leads there.
		const leftBehind = '(exec sleep 600 <&- >&- 2>&-) &';
		const hang = `case "$PWD" in *${uuid.slice(1, -1)}*) ${leftBehind} : > '${home.folder}/hangs'; exec sleep 600 ;; esac`;
		const {environment} = countedGit({at: '*index-pack*', strike: hang});
		const interrupt = async (signals: readonly NodeJS.Signals[]) => {
			rmSync(join(home.folder, 'hangs'), {force: true});
			const running = home.start(['--yes', '--concurrency', '1'], environment);
			await vi.waitFor(() => expect(existsSync(join(home.folder, 'hangs'))).toBe(true), 50_000);
			for (const signal of signals) {
				running.child.kill(signal);
			}

			return running.result;
		};

		const first = await interrupt(['SIGTERM']);

		expect(first.exitCode).toBe(130);
		expect(first.stderr).toContain('acme/api: new');
		expect(first.stderr).not.toContain('    at ');
		expect(await findMarkedProcesses(marker)).toEqual([]);
		expect(existsSync(join(own, 'lock'))).toBe(false);

		const second = await interrupt(['SIGINT', 'SIGTERM']);

		expect(second.exitCode).toBe(130);
		expect(existsSync(join(own, 'lock'))).toBe(true);

		const third = await runHere(home, ['--yes']);

		expect(third).toMatchObject({exitCode: 0});
		expect(third.stderr).toMatch(/1 new.*1 unchanged|1 unchanged.*1 new/);
		expect(await findMarkedProcesses(marker)).toEqual([]);
	});
});
