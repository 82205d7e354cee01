import {existsSync, readdirSync, readFileSync, rmSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {canaryToken} from '../helpers/backup.ts';
import {makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

const linesOf = (text: string): readonly Record<string, unknown>[] =>
	text
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line));

it('a backup that is gone is named by every command, and nothing is made in its place before --start-over', async () => {
	await acme.add('api');
	const home = makeHome(acme.sandbox);
	expect((await runHere(home, ['--yes'])).exitCode).toBe(0);
	rmSync(home.backup, {recursive: true});

	const backup = await runHere(home, ['--yes']);
	expect(backup.exitCode).toBe(1);
	const said = backup.stderr.replaceAll(/\s+/g, ' ');
	expect(said).toContain(`nothing is there of the backup in ${join(home.backup, 'acme')}`);
	expect(said).toContain('1 repository was completely saved there');
	expect(said).toContain('Is a disk not mounted?');
	expect(said).toContain('cistern --start-over');
	expect((await runHere(home, ['--yes', '--dry-run'])).exitCode).toBe(1);

	const status = await runHere(home, ['status', '--json']);
	expect(linesOf(status.stdout)[0]).toMatchObject({missingBackup: {repositories: 1}});
	expect((await runHere(home, ['status'])).stdout).toContain('Is a disk not mounted?');
	expect((await runHere(home, ['status', '--max-age', '2d'])).exitCode).toBe(3);
	await runHere(home, ['verify']);
	await runHere(home, ['accept-missing', '--yes', '--count', '0']);
	expect(existsSync(home.backup)).toBe(false);

	expect((await runHere(home, ['--yes', '--start-over'])).exitCode).toBe(0);
	expect((await runHere(home, ['--yes'])).exitCode).toBe(0);
	const memory = process.env['HOME'] ?? '';
	const kept = readdirSync(memory, {recursive: true, withFileTypes: true})
		.filter((entry) => entry.isFile())
		.map(({parentPath, name}) => join(parentPath, name))
		.filter((path) => readFileSync(path, 'utf8').includes(home.backup));
	expect(kept).toHaveLength(1);
	expect(statSync(kept[0] ?? '').mode & 0o777).toBe(0o600);

	expect(backup.stderr + status.stdout).not.toContain(canaryToken);
});
