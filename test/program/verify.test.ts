import {mkdirSync, readdirSync, rmdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it, onTestFinished, vi} from 'vitest';
import {lockFolder} from '../../source/adapters/files/lock.ts';
import {compileSchema} from '../helpers/event-schema.ts';
import {flipByte} from '../helpers/flip-byte.ts';
import {makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {canMount, onSmallDisk} from '../helpers/small-disk.ts';
import {commitFile, readOid, readRefs} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

describe('cistern verify', () => {
	it('checks a backup, rehearses restores, compares with upstream, and leaves nothing behind', {
		timeout: 120_000,
	}, async () => {
		const [{path}] = await acme.addSaved('api', 'web');
		const {wikiPath = ''} = await acme.add('notes', {withWiki: true});
		await commitFile(wikiPath, {branch: 'master'});
		await acme.run();
		const home = makeHome(acme.sandbox, {}, acme.folder);

		const lock = await lockFolder(join(home.backup, 'acme', '.cistern'), 'another');
		const held = await runHere(home, ['verify']);
		expect([held.exitCode, held.stderr]).toEqual([
			11,
			expect.stringContaining(`process ${process.pid}`),
		]);
		const waiting = home.start(['verify', '--from', home.backup, '--wait']);
		await vi.waitFor(() => expect(waiting.output()).toContain('Waiting for it to end.'), 30_000);
		if ('release' in lock) {
			await lock.release();
		}

		const whole = await waiting.result;
		expect([whole.exitCode, whole.stdout]).toEqual([
			0,
			expect.stringContaining('All 3 repositories are whole.'),
		]);

		await commitFile(path);
		const temporary = join(home.folder, 'tmp');
		vi.stubEnv('TMPDIR', temporary);
		onTestFinished(() => void vi.unstubAllEnvs());
		const {exitCode, stdout} = await runHere(home, [
			...['verify', '--remote', '--sample', '3', '--json'],
		]);

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
					.map((line) => [`${line['repository']} ${line['part'] ?? ''}`.trimEnd(), line[type]]),
			);
		expect(states('compared')).toEqual({
			'acme/api': {state: 'behind'},
			'acme/notes': {state: 'as-upstream'},
			'acme/web': {state: 'as-upstream'},
		});
		expect(states('rehearsed')).toEqual({
			'acme/api repo': {state: 'equal', refs: 1},
			'acme/notes repo': {state: 'equal', refs: 1},
			'acme/notes wiki': {state: 'equal', refs: 1},
			'acme/web repo': {state: 'equal', refs: 1},
		});
		expect(readdirSync(temporary)).toEqual([]);

		const told = await runHere(home, ['verify', 'web', '--remote', '--sample', '1']);
		expect(told.exitCode).toBe(0);
		expect(told.stdout).toContain('The only repository is whole.');
		expect(told.stdout).toContain('1 of 1 rehearsed restore came out as saved.');
		expect(told.stdout).toContain('1 of 1 repository saved as on Bitbucket now.');
		const both = await runHere(home, ['verify', '--remote', '--from', home.backup]);
		expect([both.exitCode, both.stderr]).toEqual([2, expect.stringContaining('--remote')]);
	});

	it('gives advice when something else lies in the place of a record', async () => {
		await acme.addSaved('api');
		rmSync(acme.path('acme#api', 'cistern.json'));
		mkdirSync(acme.path('acme#api', 'cistern.json'));

		const {exitCode, stdout} = await runHere(makeHome(acme.sandbox, {}, acme.folder), ['verify']);

		const told = stdout.replaceAll(/\s+/g, ' ');
		expect(exitCode).toBe(3);
		expect(told).toContain('cannot be read: it is a folder and not a file');
		expect(told).toContain('move that away');
		expect(told).not.toContain('cannot be written to');

		rmdirSync(acme.path('acme#api', 'cistern.json'));
		expect((await acme.run()).exitCode).toBe(0);
	});

	it.runIf(canMount)(
		'and restore do their work on a disk that is read-only, and say what it costs',
		async () => {
			await acme.addSaved('api', 'web');
			await flipByte(acme.mirror('api'), await readOid(acme.mirror('api'), 'main:README.md'));
			const home = makeHome(acme.sandbox);
			const onReadOnly = (...words: readonly string[]) => {
				const through = onSmallDisk(acme.folder, {isReadOnly: true});
				return home.run([...words, '--from', acme.folder], {}, through);
			};

			const verified = await onReadOnly('verify');
			const restored = await onReadOnly('restore', 'web', '--to', join(home.folder, 'web'));

			expect([verified.exitCode, verified.stderr]).toEqual([
				3,
				expect.stringContaining('acme/api: NOT WHOLE'),
			]);
			expect(verified.stdout).toContain('1 of 2 repositories are whole, 1 not.');
			expect(verified.stdout).toContain(
				'The folder cannot be written to, so the damage could not be noted',
			);
			expect(restored).toMatchObject({exitCode: 0});
			expect(await readRefs(join(home.folder, 'web'))).toEqual(await readRefs(acme.mirror('web')));
		},
	);
});
