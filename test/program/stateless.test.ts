import {
	appendFileSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {expect, it, onTestFinished, vi} from 'vitest';
import {makeKeyPair} from '../../source/adapters/seal/age.ts';
import {startSandbox} from '../../source/sandbox/start-sandbox.ts';
import {addAccess, canaryToken} from '../helpers/backup.ts';
import {placeOf, pointerTo, sha256} from '../helpers/lfs-files.ts';
import {makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {commitFile} from '../helpers/upstream.ts';

const setUp = async (changes: Record<string, string> = {}) => {
	const sandbox = await startSandbox();
	addAccess(sandbox);
	sandbox.addWorkspace({slug: 'acme'});
	const api = sandbox.addRepository({workspace: 'acme', slug: 'api', isPrivate: true});
	const {path} = api;
	await commitFile(path);
	const home = makeHome(sandbox, changes);
	const [recovery, runner] = [await makeKeyPair(), await makeKeyPair()];
	const keys = {recovery: join(home.folder, 'recovery'), runner: join(home.folder, 'runner')};
	writeFileSync(keys.recovery, `${recovery.identity}\n`);
	writeFileSync(keys.runner, `${runner.identity}\n`, {mode: 0o600});
	mkdirSync(join(home.folder, 'store'));
	appendFileSync(
		home.settings,
		`stores:\n  - title: offsite\n    type: folder\n    path: store\n    recipients: [${recovery.recipient}]\n    runnerFile: runner\n`,
	);
	return {sandbox, home, api, path, keys};
};

it('a run without a folder leaves nothing here, and its own key opens no bundle', async () => {
	const {sandbox, home, api, path, keys} = await setUp();
	// Tests beside this one have temporary folders too.
	const temporary = join(home.folder, 'tmp');
	vi.stubEnv('TMPDIR', temporary);
	onTestFinished(() => void vi.unstubAllEnvs());
	const run = () => runHere(home, ['--yes', '--stateless', '--store', 'offsite']);
	expect(await run()).toMatchObject({exitCode: 0});
	sandbox.putLfs(api, 'a large file');
	await commitFile(path, {file: 'large.psd', content: pointerTo('a large file')});
	const second = await run();
	expect(second.exitCode).toBe(0);
	expect(existsSync(home.backup)).toBe(false);
	expect(readdirSync(temporary)).toEqual([]);

	const fetch = (to: string, key: string) =>
		runHere(home, ['fetch', '--store', 'offsite', '--identity', key, '--to', to]);
	const refused = await fetch(join(home.folder, 'refused'), keys.runner);
	expect(refused.exitCode).not.toBe(0);
	expect(refused.stderr).toContain('it is sealed for other keys');
	const back = join(home.folder, 'back');
	expect(await fetch(back, keys.recovery)).toMatchObject({exitCode: 0});
	const large = placeOf(join(back, 'acme', 'acme#api', 'repo'), sha256('a large file'));
	expect(readFileSync(large, 'utf8')).toBe('a large file');
	expect(await runHere(home, ['--yes', '--folder', back, '--dry-run'])).toMatchObject({
		stdout: expect.stringContaining('1 unchanged'),
	});
	await sandbox.close();
	expect(await runHere(home, ['verify', '--from', back])).toMatchObject({exitCode: 0});
});

it('settings without a folder are enough to check the credentials and the store', async () => {
	const {sandbox, home, keys} = await setUp();
	expect(await runHere(home, ['--yes', '--stateless', '--store', 'offsite'])).toMatchObject({
		exitCode: 0,
	});
	const text = readFileSync(home.settings, 'utf8').replace(/^localFolder.*\n/, '');
	writeFileSync(home.settings, text);
	const {exitCode, stdout} = await runHere(home, ['check']);
	expect(stdout).toContain('it opens the newest index: acme');
	expect(exitCode).toBe(0);
	writeFileSync(keys.runner, `${(await makeKeyPair()).identity}\n`);
	expect(await runHere(home, ['check'])).toMatchObject({
		exitCode: 1,
		stdout: expect.stringContaining('it is sealed for other keys'),
	});
	expect(await runHere(home, ['status'])).toMatchObject({
		exitCode: 1,
		stderr: expect.stringContaining('Where a store alone keeps the backup, give --store TITLE'),
	});
	writeFileSync(home.settings, text.slice(0, text.indexOf('stores:')));
	expect(await runHere(home, ['check'])).toMatchObject({
		exitCode: 1,
		stderr: expect.stringContaining('localFolder is missing'),
	});
	await sandbox.close();
});

it('a store that the settings do not have is refused', async () => {
	const {sandbox, home} = await setUp({metadata: 'false'});
	const unknown = await runHere(home, ['--yes', '--stateless', '--store', 'other']);
	expect(unknown).toMatchObject({exitCode: 2, stderr: expect.stringContaining('no store "other"')});
	await sandbox.close();
});

it('shards save by a listing that was read once, and refuse one that is not whole or not theirs', async () => {
	const {sandbox, home} = await setUp({lfs: 'ignore'});
	sandbox.addRepository({workspace: 'acme', slug: 'web', isPrivate: true});
	const listing = join(home.folder, 'listing.json');
	const shard = (share: string, place: string) =>
		runHere(home, [
			...['--yes', '--stateless', '--store', 'offsite', '--shard', share, '--listing', place],
		]);
	expect(await shard('1/2', 'offsite')).toMatchObject({
		exitCode: 1,
		stderr: expect.stringContaining('has no listing of acme'),
	});
	expect(await runHere(home, ['list'])).toMatchObject({
		exitCode: 0,
		stdout: 'acme/api\nacme/web\n',
	});
	expect(await runHere(home, ['list', '--to', 'offsite'])).toMatchObject({
		exitCode: 0,
		stdout: expect.stringContaining('the listing of 2 repositories is in the store offsite'),
	});
	expect(await runHere(home, ['list', '--to', listing])).toMatchObject({exitCode: 0});
	const names = readdirSync(join(home.folder, 'store', 'listing'), {recursive: true}).map(String);
	expect(names.filter((name) => name.endsWith('.json.gz.age'))).toHaveLength(1);
	const text = readFileSync(listing, 'utf8');
	expect(text).not.toContain(canaryToken);

	sandbox.clearRequests();
	expect(await shard('1/2', 'offsite')).toMatchObject({exitCode: 0});
	const status = ['status', '--store', 'offsite'];
	expect(await runHere(home, status)).toMatchObject({
		exitCode: 0,
		stdout: expect.stringContaining('Shard 2/2 has never run'),
	});
	expect(await shard('2/2', listing)).toMatchObject({exitCode: 0});
	expect(sandbox.requestsTo('api')).toEqual([]);
	expect((await runHere(home, status)).stdout).toMatch(/complete\n.*api.*web/s);
	expect(sandbox.requestsTo('git').map(({repository}) => repository)).toEqual(
		expect.arrayContaining(['acme/api', 'acme/web']),
	);

	writeFileSync(listing, text.replace('"slug":"web"', '"slug":"old"'));
	expect(await shard('2/2', listing)).toMatchObject({
		exitCode: 1,
		stderr: expect.stringContaining('it was changed or cut short'),
	});
	const settings = await shard('2/2', home.settings);
	expect(settings).toMatchObject({exitCode: 1, stderr: expect.stringContaining('is no listing')});
	expect(settings.stderr).not.toContain(`list --to ${home.settings}`);
	const nowhere = await runHere(home, ['list', '--to', join(home.folder, 'none', 'listing.json')]);
	expect(nowhere).toMatchObject({
		exitCode: 1,
		stderr: expect.stringContaining('The listing of acme could not be written'),
	});
	const usage = await runHere(home, ['--yes', '--shard', '1/2']);
	expect(usage).toMatchObject({exitCode: 2, stderr: expect.stringContaining('needs --stateless')});
	await sandbox.close();
});
