import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {pointerTo, sha256} from '../helpers/lfs-files.ts';
import {makeHome} from '../helpers/program.ts';
import {canTrace, readSteps, type Step, traceTo} from '../helpers/strace.ts';
import {commitFile} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();
const contents = ['one', 'two', 'x'.repeat(3_000_000)];

const leftOut = canTrace ? '' : ' (left out: strace cannot be used here)';

/** Where a file or folder was last synced before this step; -1 where it was not. */
const syncedBefore = (steps: readonly Step[], path: string, step: number): number =>
	steps.slice(0, step).findLastIndex((one) => one.kind === 'synced' && one.path === path);

describe.runIf(canTrace)(`a loss of power${leftOut}`, () => {
	it('at any moment leaves no LFS file with less than its content, and no record of one that is not there', async () => {
		const api = await acme.add('api');
		for (const content of contents) {
			acme.sandbox.putLfs(api, content);
			await commitFile(api.path, {file: `${content[0]}.psd`, content: pointerTo(content)});
		}

		const home = makeHome(acme.sandbox);
		const trace = join(home.folder, 'trace');
		expect(await home.run(['--yes'], {}, traceTo(trace))).toMatchObject({exitCode: 0});

		const steps = readSteps(trace);
		const folder = join(home.backup, 'acme', 'acme#api');
		const recorded = steps.findLastIndex(
			(step) => step.kind === 'renamed' && step.to === join(folder, 'cistern.json'),
		);
		for (const oid of contents.map(sha256)) {
			const named = steps.findIndex((step) => step.kind === 'renamed' && step.to.endsWith(oid));
			const step = steps[named];
			const from = step?.kind === 'renamed' ? step.from : '';
			expect(syncedBefore(steps, from, named)).toBeGreaterThan(-1);
			const place = ['lfs', 'objects', oid.slice(0, 2), oid.slice(2, 4)];
			for (let depth = 0; depth <= place.length; depth += 1) {
				const path = join(folder, 'repo', ...place.slice(0, depth));
				expect([path, syncedBefore(steps, path, recorded) > named]).toEqual([path, true]);
			}
		}
	});
});
