import {describe, expect, it} from 'vitest';
import {countedGit} from '../helpers/counted-git.ts';
import {makeHome} from '../helpers/program.ts';
import {commitFile} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

describe('the git processes of a run', () => {
	it('are none for what did not change, 2 for a first copy and 7 for a fast-forward', async () => {
		const {path} = await acme.add('api');
		await acme.add('web');
		const home = makeHome(acme.sandbox);
		/** Its version and the network's settings are asked for once a run. */
		const once = 2;
		const first = countedGit();
		await home.run(['--yes'], first.environment);
		expect(first.started().length).toBeLessThanOrEqual(once + 2 * 2);

		const idle = countedGit();
		expect((await home.run(['--yes'], idle.environment)).stderr).toContain('2 unchanged');
		expect(idle.started()).toEqual([]);

		await commitFile(path);
		const forward = countedGit();
		expect((await home.run(['--yes'], forward.environment)).exitCode).toBe(0);
		expect(forward.started()).toContainEqual(expect.stringMatching(/^fetch /));
		expect(forward.started().length).toBeLessThanOrEqual(once + 7);
	});

	it('are five for a history, however long it is', async () => {
		const [{path}] = await acme.addSaved('api');
		for (let run = 0; run < 3; run += 1) {
			await commitFile(path);
			await acme.run();
		}

		const home = makeHome(acme.sandbox, {}, acme.folder);
		const counted = countedGit();
		expect((await home.run(['history', 'api'], counted.environment)).exitCode).toBe(0);
		expect(counted.started().length).toBeLessThanOrEqual(5);
	});
});
