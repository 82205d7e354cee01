import {randomUUID} from 'node:crypto';
import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	renameSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it, onTestFinished} from 'vitest';
import {makeBareRepository} from '../../source/sandbox/bare-repository.ts';
import type {SandboxRepository} from '../../source/sandbox/model.ts';
import {startSandbox} from '../../source/sandbox/start-sandbox.ts';
import {addAccess, makeSource, runBackup} from '../helpers/backup.ts';
import {copySavedAs} from '../helpers/copy-saved.ts';
import {countedGit} from '../helpers/counted-git.ts';
import {compileSchema} from '../helpers/event-schema.ts';
import {createFakeClock} from '../helpers/fake-clock.ts';
import {flipByte} from '../helpers/flip-byte.ts';
import {type Home, makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {canMount, onSmallDisk} from '../helpers/small-disk.ts';
import {commitFile, forcePush, git, readRefs} from '../helpers/upstream.ts';

/** A source's folder, made once and copied for each test: its sandbox is gone by then. */
let saved = '';

/** Two repositories, both saved, one of them rewritten and saved again, and one with a wiki. */
beforeAll(async () => {
	saved = mkdtempSync(join(tmpdir(), 'cistern-test-'));
	const sandbox = await startSandbox();
	addAccess(sandbox);
	sandbox.addWorkspace({slug: 'acme'});
	const add = async (slug: string, withWiki = false): Promise<SandboxRepository> => {
		const repository = sandbox.addRepository({workspace: 'acme', slug, withWiki});
		await commitFile(repository.path);
		return repository;
	};
	const {path} = await add('api');
	await add('web');
	const {wikiPath = ''} = await add('docs', true);
	await commitFile(wikiPath, {branch: 'master'});
	const run = () => runBackup(saved, [makeSource(sandbox)], {clock: createFakeClock()});
	await run();
	await forcePush(path);
	await run();
	await sandbox.close();
});

afterAll(() => rmSync(saved, {recursive: true}));

/** A copy of the backup, and neither network nor settings. */
const makeBackup = (): {home: Home; from: readonly string[]} => {
	const home = makeHome({apiUrl: 'http://127.0.0.1:9/2.0'});
	rmSync(home.settings);
	cpSync(saved, home.backup, {recursive: true, preserveTimestamps: true});
	return {home, from: ['--from', home.backup]};
};

const mirror = (home: Home, slug: string): string =>
	join(home.backup, 'acme', `acme#${slug}`, 'repo');

const jsonLines = (text: string): readonly Record<string, unknown>[] =>
	text
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line));

describe('cistern restore', () => {
	it('restores every repository to a folder of its own name, and reports it in JSON', async () => {
		const {home, from} = makeBackup();
		const to = join(home.folder, 'rescued');
		const {exitCode, stdout} = await runHere(home, [
			'restore',
			'--all',
			'--to',
			to,
			'--json',
			...from,
		]);

		expect(exitCode).toBe(0);
		for (const slug of ['api', 'web']) {
			expect(await readRefs(join(to, slug))).toEqual(await readRefs(mirror(home, slug)));
		}

		const validate = await compileSchema();
		const lines = jsonLines(stdout);
		const restored = lines.filter(({type}) => type === 'restored');
		expect(restored.map(({repository}) => repository).sort()).toEqual([
			'acme/api',
			'acme/docs',
			'acme/docs',
			'acme/web',
		]);
		expect(lines.map((line) => validate(line) || validate.errors)).toEqual(lines.map(() => true));
		const origin = await git(join(to, 'api'), 'remote', 'get-url', 'origin');
		expect(origin).toBe('https://bitbucket.org/acme/api.git\n');
	});

	it('restores wikis next to their repositories, and leaves both alone when run again', async () => {
		const {home, from} = makeBackup();
		const to = join(home.folder, 'rescued');
		const restore = (...args: readonly string[]) =>
			runHere(home, ['restore', '--to', to, ...args, ...from]);

		expect((await restore('docs')).stderr).toContain('acme/docs (wiki): 1 ref as of');
		expect(existsSync(join(`${to}.wiki`, 'README.md'))).toBe(true);
		rmSync(to, {recursive: true});
		expect((await restore('docs')).stderr).toContain('acme/docs (wiki): already there');

		rmSync(join(home.backup, 'acme', 'acme#docs', 'wiki'), {recursive: true});
		rmSync(to, {recursive: true});
		const lost = await restore('docs');
		expect([lost.exitCode, lost.stderr]).toEqual([
			3,
			expect.stringMatching(/1 of 2 \(1 repository and 1 wiki\) .*acme\/docs \(wiki\) /s),
		]);
	});

	it('restores a wiki and a repository that would have one name, and says so', async () => {
		const {home, from} = makeBackup();
		const source = join(home.backup, 'acme');
		const identity = {uuid: randomUUID(), slug: 'docs.wiki'};
		await copySavedAs(join(source, 'acme#web'), join(source, 'acme#docs.wiki'), identity);
		const to = join(home.folder, 'rescued');
		const {exitCode, stderr} = await runHere(home, ['restore', 'docs*', '--to', to, ...from]);

		expect([exitCode, readdirSync(to).toSorted()]).toEqual([
			0,
			['acme#docs.wiki', 'docs', 'docs.wiki'],
		]);
		expect(stderr).toMatch(
			/acme\/docs \(wiki\): .*acme#docs\.wiki; another one has the name docs\.wiki/,
		);
		expect(await readRefs(join(to, 'docs.wiki'))).toEqual(await readRefs(mirror(home, 'web')));
	});

	it.runIf(canMount)(
		'onto a disk that is too small names it and not the copy, and goes on once there is room',
		async () => {
			const {home, from} = makeBackup();
			const to = join(home.folder, 'rescued');
			const args = ['restore', '--all', '--bare', '--to', to, ...from];
			const small = onSmallDisk(to, {room: 60});
			const {exitCode, stdout, stderr} = await home.run(args, {}, small);
			expect(exitCode).toBe(1);
			expect(stderr).toMatch(/[Nn]o space is left for \S+rescued/);
			expect(stdout + stderr).not.toMatch(/bug in Cistern|ENOSPC/);

			expect((await runHere(home, args)).exitCode).toBe(0);
			for (const name of readdirSync(to).filter((each) => !each.endsWith('.wiki'))) {
				expect(await readRefs(join(to, name))).toEqual(await readRefs(mirror(home, name)));
			}
		},
	);

	it.runIf(canMount)(
		'onto a disk that is taken away says so, and not that the copy is bad',
		async () => {
			const {home, from} = makeBackup();
			const to = join(home.folder, 'rescued');
			const strike = 'umount -l "$DISK" 2> /dev/null';
			const {environment} = countedGit({at: '*repack*', strike});
			const {exitCode, stderr} = await home.run(
				['restore', 'api', '--to', join(to, 'api'), ...from],
				{...environment, DISK: to},
				onSmallDisk(to, {}),
			);
			expect(exitCode).toBe(1);
			expect(stderr).toMatch(/rescued\S* cannot be used/);
			expect(stderr).not.toMatch(/the copy in|git failed/i);
		},
	);

	it('restores a mirror whose record is lost or damaged, and globs match names only', async () => {
		const {home, from} = makeBackup();
		const record = (slug: string): string =>
			join(home.backup, 'acme', `acme#${slug}`, 'cistern.json');
		writeFileSync(record('api'), '{');
		rmSync(record('web'));
		const to = join(home.folder, 'rescued');
		const {exitCode, stderr} = await runHere(home, [
			'restore',
			'--all',
			'--bare',
			'--to',
			to,
			...from,
		]);

		expect(exitCode).toBe(0);
		expect(stderr).toContain('All 3 repositories and 1 wiki are back.');
		expect(await readRefs(join(to, 'api'))).toEqual(await readRefs(mirror(home, 'api')));
		const few = join(home.folder, 'few');
		await runHere(home, ['restore', 'a*', 'acme/w*', '--bare', '--to', few, ...from]);
		expect(readdirSync(few).toSorted()).toEqual(['api', 'web']);
	});

	it('leaves a Mercurial repository of an older backup where it is, and names it', async () => {
		const {home, from} = makeBackup();
		const old = join(home.backup, 'acme', 'acme#old', 'repo');
		mkdirSync(join(old, '.hg', 'store'), {recursive: true});
		const to = join(home.folder, 'rescued');
		const verified = await runHere(home, ['verify', ...from]);
		expect([verified.exitCode, verified.stdout]).toEqual([
			0,
			expect.stringMatching(/acme#old +a Mercurial repository/),
		]);
		const {stdout} = await runHere(home, ['status', ...from]);
		expect(stdout).toMatch(/acme#old .*a Mercurial repository of an older backup/);
		expect(stdout).not.toContain('takes it over');
		expect((await runHere(home, ['restore', '--all', '--to', to, ...from])).exitCode).toBe(0);
		expect(readdirSync(to)).not.toContain('old');
		const named = await runHere(home, ['restore', 'old', '--to', to, ...from]);
		expect([named.exitCode, named.stderr]).toEqual([
			1,
			expect.stringMatching(/is a Mercurial repository.*hg clone/s),
		]);
		expect(existsSync(join(old, '.hg', 'store'))).toBe(true);
	});

	it('continues when one of several cannot be restored, names it, and exits with 3', async () => {
		const {home, from} = makeBackup();
		rmSync(mirror(home, 'api'), {recursive: true});
		const to = join(home.folder, 'rescued');
		const {exitCode, stderr} = await runHere(home, ['restore', '*', '--bare', '--to', to, ...from]);

		expect(exitCode).toBe(3);
		expect(stderr).toContain('acme/api: not restored.');
		expect(await readRefs(join(to, 'web'))).toEqual(await readRefs(mirror(home, 'web')));
		expect(existsSync(join(to, 'web', 'HEAD'))).toBe(true);
	});

	it('explains a wrong name, moment or folder, and writes nothing', async () => {
		const {home, from} = makeBackup();
		const to = join(home.folder, 'rescued');
		const restore = (...args: readonly string[]) => runHere(home, ['restore', ...args, ...from]);

		const name = await restore('wev', '--to', to);
		expect([name.exitCode, name.stderr]).toEqual([1, expect.stringContaining('"web"')]);
		const time = await restore('web', '--to', to, '--at', 'teatime');
		expect([time.exitCode, time.stderr]).toEqual([2, expect.stringContaining('"teatime"')]);
		const future = await restore('web', '--to', to, '--at', '2999-01-01');
		expect([future.exitCode, future.stderr]).toEqual([2, expect.stringContaining('yet to come')]);
		const early = await restore('web', '--to', to, '--at', '2 weeks ago');
		expect([early.exitCode, early.stderr]).toEqual([3, expect.stringContaining('first backup')]);
		expect(early.stderr).toMatch(/0 of 1 repository is back.*Choose a later moment/s);
		const inBackup = await restore('web', '--to', join(home.backup, 'acme', 'mine'));
		expect([inBackup.exitCode, inBackup.stderr]).toEqual([
			1,
			expect.stringContaining('a part of the backup'),
		]);
		expect(existsSync(to)).toBe(false);
		expect(existsSync(join(home.backup, 'acme', 'mine'))).toBe(false);
	});

	it('never writes into the backup, and resolves paths from the working directory', async () => {
		const {home, from} = makeBackup();
		symlinkSync(join(home.backup, 'acme'), join(home.folder, 'link'));
		const remote = join(home.folder, 'remote.git');
		makeBareRepository(remote, 'main');

		for (const to of [
			['--to', join(home.folder, 'link', 'mine')],
			['--push', `file://${mirror(home, 'api')}`],
		]) {
			const {exitCode, stderr} = await runHere(home, ['restore', 'web', ...to, ...from]);
			expect([exitCode, stderr]).toEqual([1, expect.stringContaining('a part of the backup')]);
		}
		expect(existsSync(join(home.backup, 'acme', 'mine'))).toBe(false);
		const before = process.cwd();
		onTestFinished(() => process.chdir(before));
		process.chdir(home.folder);
		expect(
			(await runHere(home, ['restore', 'web', '--push', 'remote.git', ...from])).exitCode,
		).toBe(0);
		expect(await readRefs(remote)).toEqual(await readRefs(mirror(home, 'web')));
	});

	it('leaves out repositories that did not exist yet, which is no failure', async () => {
		const {home, from} = makeBackup();
		const to = join(home.folder, 'rescued');
		const args = ['restore', '--all', '--to', to, '--at', '2 weeks ago', ...from];
		const {exitCode, stderr} = await runHere(home, args);
		expect(exitCode).toBe(0);
		expect(stderr).toContain('acme/web: not restored. It was not saved yet at that moment.');
	});
});

describe('cistern history', () => {
	it('lists each matching repository, also in JSON, and continues when one is damaged', async () => {
		const {home, from} = makeBackup();
		const {stdout} = await runHere(home, ['history', 'acme/*', '--json', ...from]);
		const validate = await compileSchema();
		const lines = jsonLines(stdout);
		expect(lines.map(({repository}) => repository)).toEqual(['acme/api', 'acme/docs', 'acme/web']);
		expect(lines.map((line) => validate(line) || validate.errors)).toEqual(lines.map(() => true));

		rmSync(mirror(home, 'api'), {recursive: true});
		const damaged = await runHere(home, ['history', '*', ...from]);
		expect(damaged.exitCode).toBe(3);
		expect(damaged.stderr).toContain('acme/api: the copy in');
		expect(damaged.stdout).toContain('first backup, 1 ref');
	});

	it('reads folders behind links and without records, as a restore does, and reports when nothing is saved', async () => {
		const {home, from} = makeBackup();
		const source = join(home.backup, 'acme');
		renameSync(join(source, 'acme#api'), join(home.folder, 'elsewhere'));
		symlinkSync(join(home.folder, 'elsewhere'), join(source, 'acme#api'));
		rmSync(join(source, 'acme#docs', 'cistern.json'));
		mkdirSync(join(source, 'acme#void'));

		const {exitCode, stdout} = await runHere(home, ['history', 'acme/*', ...from]);
		expect([exitCode, stdout.match(/^ {2}(api|docs|web)$/gm)?.length]).toEqual([0, 3]);
		const none = await runHere(home, ['history', 'void', ...from]);
		expect([none.exitCode, none.stderr]).toEqual([1, expect.stringContaining('is in this backup')]);
	});

	it('prints a command that restores a deleted branch', async () => {
		const {home, from} = makeBackup();
		const {stdout} = await runHere(home, ['history', 'api', ...from]);
		const hint =
			/^ {2}cistern (restore api --at \S+ --from \S+ --to) DIR$/m.exec(stdout)?.[1] ?? '';
		const to = join(home.folder, 'rescued');

		expect((await runHere(home, [...hint.split(' '), to])).exitCode).toBe(0);
		const states = await git(mirror(home, 'api'), 'show', 'refs/cistern/history~1:refs');
		const restored = (await readRefs(to)).get('refs/heads/main');
		expect(states).toContain(`${restored} refs/heads/main`);
		const tip = (await readRefs(mirror(home, 'api'))).get('refs/heads/main') ?? '';
		expect(restored).not.toBe(tip);

		await flipByte(mirror(home, 'api'), tip);
		const damaged = await runHere(home, ['history', 'api', ...from]);
		expect([damaged.exitCode, damaged.stderr]).toEqual([3, expect.stringContaining('is corrupt')]);
		expect(damaged.stdout).toContain(`cistern ${hint}`);
	});
});
