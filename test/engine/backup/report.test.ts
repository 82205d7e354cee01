import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {parseArguments} from '../../../source/arguments/arguments.ts';
import {status} from '../../../source/commands/status.ts';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {makeWorld} from '../../helpers/backup.ts';
import {createFakeTerminal} from '../../helpers/fake-terminal.ts';
import {commitFile, readRefs} from '../../helpers/upstream.ts';
import {runVerify} from '../../helpers/verify.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

const showStatus = async (...args: readonly string[]): Promise<readonly [number, string]> => {
	const invocation = parseArguments(['status', '--from', acme.folder, ...args], {});
	if (invocation.command !== 'status') {
		throw new TypeError('not understood');
	}

	const terminal = createFakeTerminal({isInteractive: false, canAsk: false});
	const exitCode = await status({...makeWorld(acme.clock), terminal}, invocation);
	return [exitCode, terminal.out()];
};

describe('a folder in the place of the list of runs', () => {
	it('keeps nothing from being saved, and verify, status and the backup itself name it', async () => {
		const [{path}] = await acme.addSaved('api', 'web');
		const runs = acme.path('.cistern', 'runs.jsonl');
		rmSync(runs);
		mkdirSync(runs);
		writeFileSync(acme.path('.cistern', 'runs.jsonl', 'notes.txt'), 'mine');
		await commitFile(path);

		const {exitCode, reports} = await acme.run();

		expect(exitCode).toBe(exitCodes.failed);
		expect(reports[0]).toMatchObject({
			updated: 1,
			unchanged: 1,
			problem: {
				kind: 'folder-unusable',
				path: runs,
				detail: expect.stringContaining('All that was saved is saved'),
			},
		});
		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));

		const verified = await runVerify(acme);
		expect(Object.fromEntries(verified.findings)).toEqual({
			'acme/api': [],
			'acme/web': [],
			acme: [{kind: 'runs-closed', failure: expect.objectContaining({path: runs})}],
		});
		expect((await runVerify(acme, [])).stdout.replaceAll(/\s+/g, ' ')).toContain(
			`the list of its runs cannot be read: ${runs} cannot be used`,
		);

		const [code, text] = await showStatus();
		expect([code, text]).toEqual([exitCodes.done, expect.stringContaining('api')]);
		expect(text.replaceAll(/\s+/g, ' ')).toContain('The list of its runs cannot be read');
		expect((await showStatus('--max-age', '2d'))[0]).toBe(exitCodes.incomplete);

		rmSync(runs, {recursive: true});
		expect((await acme.run()).exitCode).toBe(exitCodes.done);
	});
});
