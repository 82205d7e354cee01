import {appendFileSync, existsSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {describe, expect, it} from 'vitest';
import {openSettings} from '../../source/adapters/settings/open-settings.ts';
import {parseArguments} from '../../source/arguments/arguments.ts';
import {backup} from '../../source/commands/backup.ts';
import {canaryToken, makeWorld} from '../helpers/backup.ts';
import {createFakeTerminal} from '../helpers/fake-terminal.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();
const hour = 3_600_000;

describe('--if-older', () => {
	it('asks for nothing while the last complete backup is young, and then backs up and writes metrics', async () => {
		await acme.addSaved('api');
		const home = makeTemporaryFolder();
		const asked = join(home, 'asked');
		writeFileSync(
			join(home, 'settings.yml'),
			`localFolder: ${acme.folder}
metricsFile: cistern.prom
sources:
  - {title: acme, type: org, name: acme, authName: ann, apiAuthName: ann@example.com, passwordCommand: 'touch ${asked}; echo ${canaryToken}', apiUrl: '${acme.sandbox.apiUrl}'}
`,
			{mode: 0o600},
		);
		const run = async (...argv: readonly string[]) => {
			const invocation = parseArguments(['--yes', ...argv], {});
			const terminal = createFakeTerminal({isInteractive: false, canAsk: false});
			const settings = openSettings({
				platform: 'linux',
				home,
				folder: home,
				input: Readable.from([]),
			});
			if (invocation.command !== 'backup') {
				throw new TypeError('not understood');
			}

			const world = {...makeWorld(acme.clock), terminal, settings};
			const exitCode = await backup(world, invocation, new AbortController().signal);
			return {exitCode, said: terminal.error()};
		};

		acme.clock.advance(19 * hour);
		expect(await run('--if-older', '20h')).toEqual({
			exitCode: 0,
			said: expect.stringMatching(/^acme: Nothing to do: the last complete backup is of .+\.\n$/),
		});
		expect((await run('--if-older', '20h', '--quiet')).said).toBe('');
		expect(existsSync(asked)).toBe(false);

		acme.clock.advance(2 * hour);
		expect((await run('--if-older', '20h')).said).toContain('1 repository');
		expect(existsSync(asked)).toBe(true);
		const metrics = join(home, 'cistern.prom');
		expect(readFileSync(metrics, 'utf8')).toContain(
			'cistern_last_run_success{source="acme",workspace="acme"} 1\n',
		);
		expect(statSync(metrics).mode & 0o777).toBe(0o644);

		// An attempt that was not complete is made again, however young it is.
		acme.clock.advance(21 * hour);
		const runs = join(acme.folder, 'acme/.cistern/runs.jsonl');
		const last = JSON.parse(readFileSync(runs, 'utf8').trimEnd().split('\n').at(-1) ?? '');
		const at = new Date(acme.clock.now() - hour).toISOString();
		appendFileSync(runs, `${JSON.stringify({...last, at, complete: false, exitCode: 3})}\n`);
		expect((await run('--if-older', '20h')).said).not.toContain('Nothing to do');

		// A clock that was ahead wrote the last date.
		acme.clock.jump(-240 * hour);
		expect((await run('--if-older', '20h')).said).not.toContain('Nothing to do');
	});
});
