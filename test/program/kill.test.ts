import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {countedGit, strikes} from '../helpers/counted-git.ts';
import {makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {createRandom} from '../helpers/random.ts';
import {changeUpstream} from '../helpers/random-upstream.ts';
import {readRefs} from '../helpers/upstream.ts';
import {expectReachable} from '../helpers/whole-mirror.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

describe('a program that is killed with SIGKILL at any of the git processes it starts', () => {
	it('loses no tip that it ever had, and the next run is whole', async () => {
		const [{path}] = await acme.addSaved('api');
		const home = makeHome(acme.sandbox, {}, acme.folder);
		const mirror = join(home.backup, 'acme', 'acme#api', 'repo');
		const saved = new Set((await readRefs(mirror)).values());
		const random = createRandom(7);
		let kills = 0;
		for (const n of [2, 3]) {
			await changeUpstream(path, random);
			await changeUpstream(path, random);
			const counted = countedGit({at: n, strike: strikes.killProgram});
			const {signal} = await home.run(['--yes'], counted.environment);
			expect(signal).toBe(counted.started().length >= n ? 'SIGKILL' : null);
			kills += signal === null ? 0 : 1;

			// Every other time upstream has moved on before the next run, which puts it right.
			if (n % 2 === 0) {
				await changeUpstream(path, random);
			}

			expect((await runHere(home, ['--yes'])).exitCode).toBe(0);
			expect(await readRefs(mirror)).toEqual(await readRefs(path));
			await expectReachable(mirror, saved);
			for (const oid of (await readRefs(mirror)).values()) {
				saved.add(oid);
			}
		}

		expect(kills).toBe(2);
	});
});
