import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {lockFolder} from '../../source/adapters/files/lock-folder.ts';
import {compileSchema} from '../helpers/event-schema.ts';
import {makeHome} from '../helpers/program.ts';
import {commitFile} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

describe('cistern verify', () => {
	it('proves a backup, rehearses restores and compares with upstream, and leaves nothing behind', {
		timeout: 120_000,
	}, async () => {
		const {path} = await acme.add('api');
		await acme.add('web');
		const home = makeHome(acme.sandbox);
		await home.run(['--yes']);

		const whole = await home.run(['verify', '--from', home.backup]);
		expect([whole.exitCode, whole.stdout]).toEqual([
			0,
			expect.stringContaining('All 2 repositories are whole.'),
		]);

		const lock = await lockFolder(join(home.backup, 'acme', '.cistern'), 'another');
		const held = await home.run(['verify']);
		expect([held.exitCode, held.stderr]).toEqual([
			11,
			expect.stringContaining(`process ${process.pid}`),
		]);
		if ('release' in lock) {
			await lock.release();
		}

		await commitFile(path);
		const {exitCode, stdout} = await home.run(['verify', '--remote', '--sample', '2', '--json']);

		const validate = await compileSchema();
		const lines: Record<string, unknown>[] = stdout
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line));
		expect(lines.map((line) => validate(line) || validate.errors)).toEqual(lines.map(() => true));
		expect(exitCode).toBe(3);
		const states = (type: string) =>
			Object.fromEntries(
				lines
					.filter((line) => line['type'] === type)
					.map((line) => [line['repository'], line[type]]),
			);
		expect(states('compared')).toEqual({
			'acme/api': {state: 'behind'},
			'acme/web': {state: 'as-upstream'},
		});
		expect(states('rehearsed')).toEqual({
			'acme/api': {state: 'equal', refs: 1},
			'acme/web': {state: 'equal', refs: 1},
		});
		expect(readdirSync(join(home.folder, 'tmp'))).toEqual([]);

		const told = await home.run(['verify', 'web', '--remote', '--sample', '1']);
		expect(told.exitCode).toBe(0);
		expect(told.stdout).toContain('The only repository is whole.');
		expect(told.stdout).toContain('1 of 1 rehearsed restore came out as saved.');
		expect(told.stdout).toContain('1 of 1 repository saved as on Bitbucket now.');
		const both = await home.run(['verify', '--remote', '--from', home.backup]);
		expect([both.exitCode, both.stderr]).toEqual([2, expect.stringContaining('--remote')]);
	});
});
