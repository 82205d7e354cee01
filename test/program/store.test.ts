import {hash} from 'node:crypto';
import {
	appendFileSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import {basename, join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {expect, it} from 'vitest';
import {findHeads, indexName} from '../../source/domain/store/names.ts';
import {formatIndex} from '../../source/domain/store/store-index.ts';
import {startSandbox} from '../../source/sandbox/start-sandbox.ts';
import {addAccess} from '../helpers/backup.ts';
import {compileSchema} from '../helpers/event-schema.ts';
import {type Home, makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {commitFile, forcePush, git, readOid} from '../helpers/upstream.ts';

const setUp = async (count = 2) => {
	const sandbox = await startSandbox();
	addAccess(sandbox);
	sandbox.addWorkspace({slug: 'acme'});
	const slugs = ['api', 'web'].slice(0, count);
	const paths: string[] = [];
	for (const slug of slugs) {
		const {path} = sandbox.addRepository({workspace: 'acme', slug, isPrivate: true});
		await commitFile(path, {content: `${slug}\n`});
		paths.push(path);
	}

	const home = makeHome(sandbox);
	const store = join(home.folder, 'store');
	mkdirSync(store);
	appendFileSync(
		home.settings,
		'stores:\n  - title: offsite\n    type: folder\n    path: store\n    recipients: none\n',
	);
	return {sandbox, home, store, path: paths[0] ?? ''};
};

/** Every line is one of the contract's. */
const runJson = async (home: Home, ...args: readonly string[]) => {
	const validate = await compileSchema();
	const {stdout, exitCode, stderr} = await runHere(home, [...args, '--json']);
	const lines = stdout
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line));
	expect(lines.map((line) => validate(line) || validate.errors)).toEqual(lines.map(() => true));
	return {exitCode, lines, stderr};
};

it('a backup sends what changed; the store alone brings it back, restores it and verifies it', async () => {
	const {sandbox, home, store, path} = await setUp();
	const checked = await runHere(home, ['check']);
	expect(checked.stdout.replaceAll(/ {2,}/g, ' ')).toContain(
		'! seal none: everyone who sees this store can read all of it',
	);
	const first = await runHere(home, ['--yes']);
	expect(first.stderr).toContain('Off site, offsite: 2 sent (');
	expect(first.stderr).toContain('all 2 repositories are there.');
	expect(first.exitCode).toBe(0);
	await forcePush(path);
	const second = await runJson(home, '--yes');
	expect(second.exitCode).toBe(0);
	const {report} = second.lines.find(({type}) => type === 'source-finished');
	expect(report.stores).toEqual([
		{store: 'offsite', all: 2, sent: 1, bytes: expect.any(Number), complete: true},
	]);
	expect(await runJson(home, 'send')).toMatchObject({
		exitCode: 0,
		lines: [{type: 'sent', stores: [{sent: 0, complete: true}]}],
	});
	await sandbox.close();
	rmSync(home.backup, {recursive: true});

	const back = join(home.folder, 'back');
	const fetched = await runJson(home, 'fetch', '--store', 'offsite', '--to', back);
	expect(fetched).toMatchObject({
		exitCode: 0,
		lines: [{type: 'fetched', source: 'acme', fetched: 2, there: 0, failed: []}],
	});
	const after = second.lines.find(({type}) => type === 'run-started').at;
	expect(await runJson(home, 'status', '--from', back)).toMatchObject({
		exitCode: 0,
		lines: [{lastComplete: after, lastRun: {exitCode: 0, complete: true}}],
	});

	const to = join(home.folder, 'restored');
	const restored = await runHere(home, ['restore', 'api', '--store', 'offsite', '--to', to]);
	expect(restored).toMatchObject({exitCode: 0});
	expect(await git(to, 'log', '--format=%s')).not.toBe('');

	expect(await runJson(home, 'verify', '--store', 'offsite')).toMatchObject({
		exitCode: 0,
		lines: [{type: 'store-verified', repositories: 2, steps: 3, objects: 3, findings: []}],
	});
	const deep = await runHere(home, ['verify', '--store', store, '--deep', '--sample', '1']);
	expect(deep).toMatchObject({exitCode: 0});
	expect(deep.stdout).toContain('acme: 2 repositories, 3 states, 3 objects: all are there.');
});

it('a fetched folder remembers what the store has, and the next backup sends only what is new', async () => {
	const {sandbox, home, store, path} = await setUp();
	await runHere(home, ['--yes']);
	const objects = () => readdirSync(join(store, 'repos'), {recursive: true}).length;
	const sent = objects();
	rmSync(home.backup, {recursive: true});
	await runHere(home, ['fetch', '--store', 'offsite', '--to', home.backup]);
	const next = await runJson(home, '--yes');
	const reportOf = ({lines}: typeof next) =>
		lines.find(({type}) => type === 'source-finished').report;
	expect(reportOf(next)).toMatchObject({unchanged: 2, stores: [{sent: 0, complete: true}]});
	expect(objects()).toBe(sent);

	await commitFile(path, {file: 'more.txt'});
	const changed = await runJson(home, '--yes');
	await sandbox.close();
	expect(reportOf(changed)).toMatchObject({stores: [{sent: 1, complete: true}]});
	expect(objects()).toBe(sent + 2);
	const [uuid = ''] = readdirSync(join(store, 'repos')).filter(
		(one) => readdirSync(join(store, 'repos', one)).length > 2,
	);
	const steps = readdirSync(join(store, 'repos', uuid)).filter((name) => name.endsWith('.step'));
	const last = readFileSync(join(store, 'repos', uuid, steps.toSorted().at(-1) ?? ''), 'utf8');
	expect(last).not.toMatch(/^full$/m);
});

it('status tells what is off site, how old it is and what is not there yet, without the store', async () => {
	const {sandbox, home, store, path} = await setUp();
	await runHere(home, ['--yes', '--no-send']);
	const none = await runHere(home, ['status']);
	expect(none.stdout).toContain(
		'Off site, offsite: 2 repositories are not there as saved here: acme/api and acme/web.',
	);
	expect(await runJson(home, 'status', '--store', 'offsite')).toMatchObject({
		lines: [{type: 'store-status', source: 'acme', store: 'offsite'}],
	});
	await runHere(home, ['send']);
	rmSync(store, {recursive: true});
	const all = await runHere(home, ['status']);
	expect(all.stdout).toContain(
		'off site, offsite: all 2 repositories are there; last sent just now',
	);

	await forcePush(path);
	await runHere(home, ['--yes', '--no-send']);
	await sandbox.close();
	const sentAt = expect.any(String);
	expect(await runJson(home, 'status')).toMatchObject({
		lines: [{stores: [{store: 'offsite', sentAt, there: 1, unsent: ['acme/api']}]}],
	});
	const bytes = expect.any(Number);
	expect(await runJson(home, 'status', '--store', 'offsite')).toMatchObject({
		exitCode: 0,
		lines: [
			{
				sentAt,
				repositories: [
					{repository: 'acme/api', state: 'older', sentAt, bytes},
					{repository: 'acme/web', state: 'there', sentAt, bytes},
				],
			},
		],
	});
	rmSync(join(home.backup, 'acme', 'acme#web'), {recursive: true});
	const {stdout} = await runHere(home, ['status', '--store', 'offsite', '--from', home.backup]);
	expect(stdout).toMatch(/api +changed since it was sent just now, \d/);
	expect(stdout).toMatch(/web +sent just now, \d.*; no longer in the backup folder/);
	expect(stdout).toContain('"cistern verify --store offsite" looks');
	expect(await runHere(home, ['status', '--store', store])).toMatchObject({exitCode: 2});
});

it('what is missing or changed in a store is named, by verify and by fetch, and the rest comes back', async () => {
	const {sandbox, home, store} = await setUp();
	await runHere(home, ['--yes']);
	await sandbox.close();
	const folders = readdirSync(join(store, 'repos'));
	const [one = '', other = ''] = folders.map((uuid) => join(store, 'repos', uuid));
	const bundle = readdirSync(one).find((name) => name.includes('.bundle')) ?? '';
	rmSync(join(one, bundle));
	const step = readdirSync(other).find((name) => name.includes('.bundle')) ?? '';
	const bytes = readFileSync(join(other, step));
	rmSync(join(other, step));
	const last = bytes.length - 30;
	bytes[last] = (bytes[last] ?? 0) ^ 1;
	appendFileSync(join(other, step), bytes);

	const verified = await runHere(home, ['verify', '--store', store]);
	expect(verified.exitCode).toBe(3);
	expect(verified.stdout).toContain(`does not have repos/${folders[0]}/${bundle}`);
	const back = join(home.folder, 'back');
	const fetched = await runHere(home, ['fetch', '--store', store, '--to', back]);
	expect(fetched.exitCode).toBe(3);
	expect(fetched.stdout).toContain('is not as it was written');
	expect(readdirSync(join(back, 'acme'))).toEqual(['.cistern']);
	expect((await runHere(home, ['verify', '--store', store, '--deep'])).exitCode).toBe(3);
});

it('a repository that a store has lost is sent whole again by its name', async () => {
	const {sandbox, home, store, path} = await setUp();
	await runHere(home, ['--yes']);
	await commitFile(path, {file: 'more.txt'});
	await runHere(home, ['--yes']);
	await sandbox.close();
	for (const name of readdirSync(store, {recursive: true, encoding: 'utf8'})) {
		if (name.endsWith('.bundle')) {
			rmSync(join(store, name));
		}
	}

	const harmed = await runHere(home, ['verify', '--store', store]);
	expect(harmed.exitCode).toBe(3);
	expect(harmed.stdout).toContain('"cistern send REPO" on the machine that backs up');
	expect(await runJson(home, 'send')).toMatchObject({lines: [{stores: [{sent: 0}]}]});
	expect(await runJson(home, 'send', 'acme/api', 'w*')).toMatchObject({
		exitCode: 0,
		lines: [{stores: [{sent: 2, complete: true}]}],
	});
	const mended = await runHere(home, ['verify', '--store', store]);
	expect(mended.stdout).toContain('acme/api, an older state: ');
	expect(mended.stdout).toContain('Every newest state is whole.');
	expect(mended.exitCode).toBe(0);
	const back = join(home.folder, 'back');
	expect(await runHere(home, ['fetch', '--store', store, '--to', back])).toMatchObject({
		exitCode: 0,
	});
	expect(await git(join(back, 'acme', 'acme#api', 'repo'), 'log', '--format=%s')).toContain('more');

	const unknown = await runHere(home, ['send', 'apu']);
	expect(unknown.stderr).toContain('Nothing is saved that is called "apu".');
	expect(unknown.exitCode).toBe(1);
});

it('a restore names what the store did not give back, also by a glob, and restores the others', async () => {
	const {sandbox, home, store} = await setUp();
	await runHere(home, ['--yes', '--only', 'api']);
	const bundles = (): readonly string[] =>
		readdirSync(store, {recursive: true, encoding: 'utf8'}).filter((one) =>
			one.endsWith('.bundle'),
		);
	for (const name of bundles()) {
		writeFileSync(join(store, name), 'harmed');
	}

	const restore = async (to: string, ...names: readonly string[]) => {
		const folder = join(home.folder, to);
		const {exitCode, stderr} = await runHere(home, [
			...['restore', ...names, '--store', store, '--to', folder, '--bare'],
		]);
		return {exitCode, stderr, there: existsSync(folder) ? readdirSync(folder).length > 0 : false};
	};
	const isNamed = {exitCode: 3, stderr: expect.stringContaining('is not as it was written')};
	expect(await restore('glob', 'a*')).toMatchObject({...isNamed, there: false});
	expect(await restore('all', '--all')).toMatchObject({...isNamed, there: false});
	await runHere(home, ['--yes']);
	await sandbox.close();
	expect(await restore('both', 'a*', 'web')).toMatchObject({...isNamed, there: true});
	expect(await restore('any', '*')).toMatchObject({...isNamed, there: true});
});

it('a moment comes back from the store whatever is damaged or was put there after it', async () => {
	const {sandbox, home, store, path} = await setUp();
	await runHere(home, ['--yes']);
	const first = await readOid(path, 'main');
	const then = new Date().toISOString();
	await forcePush(path);
	await runHere(home, ['--yes']);
	await sandbox.close();
	const restore = async (name: string, ...at: readonly string[]) => {
		const to = join(home.folder, name);
		const from = ['restore', 'api', '--store', store, '--to', to, '--bare'];
		const {exitCode, stderr} = await runHere(home, [...from, ...at]);
		return {exitCode, stderr, main: existsSync(to) ? await readOid(to, 'main') : undefined};
	};
	const bundles = readdirSync(store, {recursive: true, encoding: 'utf8'}).filter((name) =>
		name.endsWith('.bundle'),
	);
	const newest = bundles.toSorted((left, right) => (basename(left) < basename(right) ? 1 : -1))[0];
	writeFileSync(join(store, newest ?? ''), 'harmed');
	expect(await restore('damaged')).toMatchObject({exitCode: 3, main: undefined});
	const before = await restore('before', '--at', then);
	expect(before.stderr).toContain(`${newest} in the store`);
	expect(before).toMatchObject({exitCode: 3, main: first});

	const heads = findHeads(readdirSync(join(store, 'index')).map((name) => `index/${name}`));
	const index = {version: 1, run: 'false', at: then, source: 'acme', workspace: 'acme'} as const;
	const empty = gzipSync(formatIndex({...index, complete: true, runs: [], repos: {}}));
	const name = indexName(hash('sha256', empty), {
		at: Date.now(),
		before: heads.map(({id}) => id),
		shard: undefined,
		suffix: '',
	});
	writeFileSync(join(store, name), empty);
	const hidden = await restore('hidden');
	expect(hidden.stderr).toContain('has no repository called "api"');
	expect(await restore('found', '--at', then)).toMatchObject({exitCode: 0, main: first});
});

it('a newest index that is damaged is named, and everything comes back that the one before it tells', async () => {
	const {sandbox, home, store, path} = await setUp();
	await runHere(home, ['--yes']);
	await commitFile(path, {file: 'more.txt'});
	await runHere(home, ['--yes']);
	const [, newest = ''] = readdirSync(join(store, 'index')).toSorted();
	writeFileSync(join(store, 'index', newest), 'harmed');
	const from = ['--store', store];
	const back = join(home.folder, 'back');
	const to = join(home.folder, 'restored');
	const named = `! the object index/${newest} in the store ${store} is not as it was written`;
	for (const [args, output] of [
		[['fetch', '--to', back], 'acme: 2 repositories fetched'],
		[['verify'], 'acme: 2 repositories, 2 states, 2 objects: all are there.'],
		[['restore', 'api', '--to', to], 'acme: not everything came back from the store.'],
	] as const) {
		const {exitCode, stdout, stderr} = await runHere(home, [...args, ...from]);
		expect(`${stdout}${stderr}`).toContain(output);
		expect(`${stdout}${stderr}`).toContain(named);
		expect(`${stdout}${stderr}`).toContain('"cistern send" on the machine that backs up');
		expect(exitCode).toBe(3);
	}

	expect(await runJson(home, 'verify', ...from)).toMatchObject({
		lines: [{findings: [], unread: [{kind: 'object-damaged', name: `index/${newest}`}]}],
	});
	expect(await runHere(home, ['send'])).toMatchObject({exitCode: 0});
	await sandbox.close();
	expect(await runHere(home, ['verify', ...from])).toMatchObject({exitCode: 0});
});

it('a store that is not there keeps nothing from being saved, and is named with what to do', async () => {
	const {sandbox, home, store} = await setUp(1);
	rmSync(store, {recursive: true});
	expect((await runHere(home, ['--yes', '--no-send'])).exitCode).toBe(0);
	const {exitCode, stderr} = await runHere(home, ['--yes']);
	await sandbox.close();
	expect(stderr).toContain('are not all in the store offsite: the store offsite is not there');
	expect(stderr).toContain('is it mounted?');
	expect(exitCode).toBe(1);
	expect(existsSync(join(home.backup, 'acme', 'acme#api', 'cistern.json'))).toBe(true);
	expect(existsSync(store)).toBe(false);
});
