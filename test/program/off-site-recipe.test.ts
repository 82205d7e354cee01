import {spawnSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {parse} from 'yaml';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {runVerify} from '../helpers/verify.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

const hasRestic = spawnSync('restic', ['version']).status === 0;
const leftOut = hasRestic ? '' : ' (left out: restic is not installed here)';

const [, page = ''] = readFileSync(
	new URL('../../docs/off-site.md', import.meta.url),
	'utf8',
).split('\n## A program of yours\n');

/** The first settings of the recipes, and the line that brings it back, with the folders of this test. */
const readRecipe = (folder: string, target: string) => {
	const [, settings = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
	const [, restore = ''] = /^(restic restore .*)$/m.exec(page) ?? [];
	const words: readonly string[] = parse(settings).options.backup.afterBackup;
	return {
		words: words.map((word) => (word === '/srv/backup' ? folder : word)),
		restore: restore.split(' ').map((word) => (word === '/srv/rescued' ? target : word)),
	};
};

it.skipIf(!hasRestic)(
	`the recipe for restic makes a copy that comes back whole${leftOut}`,
	async () => {
		await acme.add('api');
		const place = makeTemporaryFolder();
		const target = join(place, 'rescued');
		const {words, restore} = readRecipe(acme.folder, target);
		writeFileSync(join(place, 'password'), 'correct horse\n');
		const environment = {
			PATH: process.env['PATH'],
			RESTIC_REPOSITORY: join(place, 'repository'),
			RESTIC_PASSWORD_FILE: join(place, 'password'),
			RESTIC_CACHE_DIR: join(place, 'cache'),
		};
		const settings = {afterBackup: {words, environment}};

		const before = await acme.run({settings});
		expect(before.exitCode).toBe(exitCodes.incomplete);
		expect(before.events.find(({type}) => type === 'after-backup-finished')).toMatchObject({
			problem: expect.stringContaining('exit code'),
			lastLines: expect.arrayContaining([expect.stringContaining('repository')]),
		});

		expect(spawnSync('restic', ['init'], {env: environment}).status).toBe(0);
		expect((await acme.run({settings})).exitCode).toBe(exitCodes.done);

		const [program = '', ...rest] = restore;
		expect(spawnSync(program, rest, {env: environment}).status).toBe(0);
		const copy = join(target, acme.folder, 'acme');
		const {exitCode, findings} = await runVerify({folder: copy, clock: acme.clock});
		expect([...findings.keys()]).toContain('acme/api');
		expect(exitCode).toBe(exitCodes.done);
	},
);

const hasRclone = spawnSync('rclone', ['version']).status === 0;

it.skipIf(!hasRclone)(
	`the recipe for rclone makes a copy that comes back whole${hasRclone ? '' : ' (left out: rclone is not installed here)'}`,
	async () => {
		await acme.add('api');
		acme.sandbox.addRepository({workspace: 'acme', slug: 'empty'});
		const place = makeTemporaryFolder();
		const target = join(place, 'rescued');
		const part = page.split('## rclone')[1] ?? '';
		const [, settings = ''] = /```yaml\n([\s\S]*?)```/.exec(part) ?? [];
		const [, back = ''] = /```\n(rclone [\s\S]*?)cistern/.exec(part) ?? [];
		const inTest = (text: string): string =>
			text.replaceAll('/srv/backup', acme.folder).replaceAll('/srv/rescued', target);
		const password = spawnSync('rclone', ['obscure', 'horse'], {encoding: 'utf8'}).stdout;
		const remote = `type = crypt\nremote = ${join(place, 'cloud')}\npassword = ${password}`;
		writeFileSync(join(place, 'rclone.conf'), `[offsite-crypt]\n${remote}`);
		const environment = {
			PATH: process.env['PATH'],
			RCLONE_CONFIG: join(place, 'rclone.conf'),
		};
		const words: readonly string[] = parse(inTest(settings)).afterBackup;
		const {exitCode} = await acme.run({settings: {afterBackup: {words, environment}}});
		expect(exitCode).toBe(exitCodes.done);

		expect(spawnSync('sh', ['-euc', inTest(back)], {env: environment}).status).toBe(0);
		const verified = await runVerify({folder: join(target, 'acme'), clock: acme.clock});
		expect([...verified.findings.keys()]).toEqual(
			expect.arrayContaining(['acme/api', 'acme/empty']),
		);
		expect(verified.exitCode).toBe(exitCodes.done);
	},
);
