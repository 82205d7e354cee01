import {existsSync, readdirSync, rmSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {canaryToken} from '../helpers/backup.ts';
import {makeHome} from '../helpers/program.ts';
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
	expect((await home.run(['--yes'])).exitCode).toBe(0);
	rmSync(home.backup, {recursive: true});

	const backup = await home.run(['--yes']);
	expect(backup.exitCode).toBe(1);
	const said = backup.stderr.replaceAll(/\s+/g, ' ');
	expect(said).toContain(`nothing is there of the backup in ${join(home.backup, 'acme')}`);
	expect(said).toContain('1 repository was completely saved there');
	expect(said).toContain('Is a disk not mounted?');
	expect(said).toContain('cistern --start-over');
	expect((await home.run(['--yes', '--dry-run'])).exitCode).toBe(1);

	const status = await home.run(['status', '--json']);
	expect(linesOf(status.stdout)[0]).toMatchObject({missingBackup: {repositories: 1}});
	expect((await home.run(['status'])).stdout).toContain('Is a disk not mounted?');
	expect((await home.run(['status', '--max-age', '2d'])).exitCode).toBe(3);
	await home.run(['verify']);
	await home.run(['accept-missing', '--yes', '--count', '0']);
	expect(existsSync(home.backup)).toBe(false);

	expect((await home.run(['--yes', '--start-over'])).exitCode).toBe(0);
	expect((await home.run(['--yes'])).exitCode).toBe(0);
	const memory = join(home.folder, 'home');
	const kept = readdirSync(memory, {recursive: true, withFileTypes: true}).filter((entry) =>
		entry.isFile(),
	);
	expect(kept).toHaveLength(1);
	for (const {parentPath, name} of kept) {
		expect(statSync(join(parentPath, name)).mode & 0o777).toBe(0o600);
	}

	expect(backup.stderr + status.stdout).not.toContain(canaryToken);
});
