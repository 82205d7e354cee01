import {execFileSync} from 'node:child_process';
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import type {SandboxRepository} from '../../source/sandbox/model.ts';
import {ann, readScopes} from '../helpers/backup.ts';
import {realGit} from '../helpers/counted-git.ts';
import {hasGitLfs, leftOut, lfsFilter} from '../helpers/git-lfs.ts';
import {pointerTo, sha256} from '../helpers/lfs-files.ts';
import {type Home, makeHome, type ProgramResult} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {basic} from '../helpers/sandbox.ts';
import {commitFile, forcePush, git, readRefs} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

const attributes = {file: '.gitattributes', content: '*.psd filter=lfs diff=lfs merge=lfs -text\n'};

/** A repository with LFS files, each with its content on the server. */
const addWithLfs = async (files: Readonly<Record<string, string>>): Promise<SandboxRepository> => {
	const api = await acme.add('api');
	await commitFile(api.path, attributes);
	for (const [file, content] of Object.entries(files)) {
		acme.sandbox.putLfs(api, content);
		await commitFile(api.path, {file, content: pointerTo(content)});
	}

	return api;
};

const makeAcmeHome = (): Home => makeHome(acme.sandbox, {}, acme.folder);

const linesOf = ({stdout}: ProgramResult): readonly Record<string, unknown>[] =>
	stdout
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line));

describe('missing LFS files', () => {
	it('are named with 3 until the user accepts them, and a new one is named again', async () => {
		const api = await addWithLfs({'art/hero.psd': 'the hero', 'art/logo.psd': 'the logo'});
		acme.sandbox.forgetLfs(api, sha256('the hero'));
		const home = makeAcmeHome();
		const first = await runHere(home, ['--yes']);
		expect(first.exitCode).toBe(3);
		expect(first.stderr).toMatch(
			/1 of 2 is not on Bitbucket \(art\/hero\.psd, 8 B\), first seen .*so this\s+is no complete backup/s,
		);
		expect(first.stderr).toContain('cistern accept-missing acme/api --lfs');
		const status = await runHere(home, ['status']);
		expect(status.stdout).toContain('Everything is saved but the LFS files of acme/api');
		expect(status.stdout).toContain('with 1 LFS file (8 B)');

		const asked = await runHere(home, ['accept-missing', 'api', '--lfs']);
		expect(asked.exitCode).toBe(2);
		expect(asked.stdout).toContain('missing  acme/api  art/hero.psd, 8 B: not on Bitbucket');
		expect(asked.stderr).toContain('cistern accept-missing api --lfs --yes --count 1');
		const accepted = await runHere(home, [
			...['accept-missing', 'api', '--lfs', '--yes', '--count', '1', '--json'],
		]);
		expect(linesOf(accepted)).toMatchObject([
			{type: 'missing-file', repository: 'acme/api'},
			{type: 'accepted', count: 1},
		]);
		expect((await runHere(home, ['--yes'])).exitCode).toBe(0);
		expect((await runHere(home, ['status', '--json'])).stdout).toContain(
			'"lfs":{"objects":1,"size":8,"missing":1,"accepted":1}',
		);

		await commitFile(api.path, {file: 'art/new.psd', content: pointerTo('never pushed')});
		const next = await runHere(home, ['--yes', '--json']);
		expect(next.exitCode).toBe(3);
		const {sources} = linesOf(next).at(-1) as {sources: readonly {lfsMissing: unknown}[]};
		expect(sources.map(({lfsMissing}) => lfsMissing)).toEqual([
			[expect.objectContaining({path: 'art/new.psd', why: 'not-upstream'})],
		]);
	});

	it('cannot be accepted where they only could not be fetched', async () => {
		await addWithLfs({'a.psd': 'one'});
		acme.sandbox.transformBatches(({objects}) => ({
			objects: objects.map(({oid, size}) => ({oid, size, error: {code: 500, message: 'oops'}})),
		}));
		const home = makeAcmeHome();
		const failed = await runHere(home, ['--yes']);
		expect(failed.exitCode).toBe(3);
		expect(failed.stderr).toContain('not fetched yet');
		const accepting = await runHere(home, ['accept-missing', 'api', '--lfs', '--count', '1']);
		expect(accepting.stderr).toContain('0 are missing, not 1');
	});
});

describe('a restore', () => {
	it('brings real files back, as of now and of then, and leaves the pointer of a missing one with 3', async () => {
		const api = await addWithLfs({'art/hero.psd': 'the first', 'gone.psd': 'gone upstream'});
		acme.sandbox.forgetLfs(api, sha256('gone upstream'));
		await acme.run();
		const then = new Date(acme.clock.now()).toISOString();
		acme.clock.advance(24 * 60 * 60_000);
		acme.sandbox.putLfs(api, 'the second');
		await forcePush(api.path, {file: 'art/hero.psd', content: pointerTo('the second')});
		await commitFile(api.path, attributes);
		await acme.run();

		const home = makeAcmeHome();
		const [now, before] = ['now', 'then'].map((name) => join(home.folder, name));
		const restored = await runHere(home, ['restore', 'api', '--to', `${now}`]);
		expect([restored.exitCode, restored.stderr]).toEqual([
			0,
			expect.stringMatching(/1 LFS file \(10 B\)/),
		]);
		expect(readFileSync(join(`${now}`, 'art/hero.psd'), 'utf8')).toBe('the second');
		expect(await git(`${now}`, 'status', '--porcelain')).toBe('');

		const old = await runHere(home, ['restore', 'api', '--to', `${before}`, '--at', then]);
		expect([old.exitCode, old.stderr]).toEqual([
			3,
			expect.stringMatching(/1 of them\s+\(gone\.psd\); their pointers stay/),
		]);
		expect(readFileSync(join(`${before}`, 'art/hero.psd'), 'utf8')).toBe('the first');
		expect(readFileSync(join(`${before}`, 'gone.psd'), 'utf8')).toBe(pointerTo('gone upstream'));
	});
});

/** A user's git that uses git-lfs and signs in to the sandbox. Its settings are in `home` too. */
const userGit = (home: Home): ((folder: string, ...args: readonly string[]) => Promise<string>) => {
	const token = 'ATATT3xFfGF0-of-a-user-who-may-write';
	const account = acme.sandbox.addAccount({
		...ann,
		email: 'writer@example.com',
		userName: 'writer',
	});
	const scopes = [...readScopes, 'write:repository:bitbucket'];
	acme.sandbox.addApiToken({account, token, scopes});
	const header = `authorization: ${basic('writer', token)}`;
	const signIn = `http.${acme.sandbox.origin}/.extraHeader`;
	writeFileSync(
		join(home.folder, '.gitconfig'),
		`[http "${acme.sandbox.origin}/"]\n\textraHeader = ${header}\n`,
	);
	return (folder, ...args) => git(folder, ...lfsFilter, '-c', `${signIn}=${header}`, ...args);
};

/** `filter.lfs.clean=COMMAND` as it stands in a configuration file. */
const toConfig = (setting: string): string => {
	const [, key, value] = /^filter\.lfs\.(\w+)=(.*)$/.exec(setting) ?? [];
	return `[filter "lfs"]\n\t${key} = ${value}\n`;
};

/** Two versions were saved, and then a third one in their place upstream. */
const saveVersions = async () => {
	const api = await addWithLfs({});
	const home = makeAcmeHome();
	const user = userGit(home);
	const push = async (content: string): Promise<void> => {
		acme.sandbox.putLfs(api, content);
		await commitFile(api.path, {file: 'hero.psd', content: pointerTo(content)});
	};
	await push('version one');
	await push('version two');
	expect((await acme.run()).exitCode).toBe(0);
	const day = new Date(acme.clock.now()).toISOString();
	acme.clock.advance(24 * 60 * 60_000);
	await forcePush(api.path, attributes);
	await push('version three');
	for (const content of ['version one', 'version two']) {
		acme.sandbox.forgetLfs(api, sha256(content));
	}

	expect((await acme.run()).exitCode).toBe(0);
	const readHero = (name: string): string =>
		readFileSync(join(home.folder, name, 'hero.psd'), 'utf8');
	const restore = async (...args: readonly string[]): Promise<ProgramResult> => {
		const result = await runHere(home, ['restore', 'api', ...args]);
		expect([result.exitCode, result.stderr]).toEqual([0, expect.anything()]);
		return result;
	};
	return {home, user, day, readHero, restore};
};

type Versions = Awaited<ReturnType<typeof saveVersions>>;

const expectInMirror = async ({home, user, readHero}: Versions): Promise<void> => {
	const mirror = acme.mirror('api');
	expect(await user(mirror, 'lfs', 'fsck', '--dry-run')).toContain('OK');
	// git-lfs takes a # in a path for something else.
	const address = `file://${mirror.replaceAll('#', '%23')}`;
	await user(home.folder, 'clone', '-q', address, 'clone');
	expect(readHero('clone')).toBe('version three');
};

const expectRestored = async ({home, user, day, readHero, restore}: Versions): Promise<void> => {
	const then = join(home.folder, 'then');
	await restore('--to', then, '--at', day);
	expect(readHero('then')).toBe('version two');
	expect(await user(then, 'status', '--porcelain')).toBe('');
	await user(then, 'checkout', '-q', 'HEAD~1');
	expect(readHero('then')).toBe('version one');
};

const expectPushed = async ({home, user, day, readHero, restore}: Versions): Promise<void> => {
	const target = acme.sandbox.addRepository({workspace: 'acme', slug: 'target', isPrivate: true});
	const url = acme.sandbox.urlOf(target);
	const pushed = await restore('--push', url, '--at', day);
	expect(pushed.stderr).toContain('its LFS files too');
	await user(home.folder, 'clone', '-q', url, 'back');
	expect(readHero('back')).toBe('version two');
};

/** Replaces the user's settings of git by those that the page tells. */
const expectDocsRight = ({home, readHero}: Versions): void => {
	const [, section = ''] = readFileSync('docs/restore.md', 'utf8').split('\n### LFS files without');
	const [, commands = ''] = /```sh\n(.*?)```/s.exec(section) ?? [];
	expect(commands).toContain('/srv/backup/acme/acme#api/repo');
	const settings = lfsFilter.filter((word) => word !== '-c').map(toConfig);
	writeFileSync(join(home.folder, '.gitconfig'), settings.join('\n'));
	const input = commands.replace('/srv/backup/acme/acme#api/repo', acme.mirror('api'));
	const env = {PATH: process.env['PATH'], HOME: home.folder, GIT_CONFIG_NOSYSTEM: '1'};
	const options = {cwd: home.folder, input, encoding: 'utf8', env} as const;
	expect(execFileSync('sh', ['-eu'], {...options, stdio: ['pipe', 'pipe', 'pipe']})).not.toContain(
		'lfs/objects',
	);
	for (const name of ['api', 'api-2']) {
		expect(readHero(name)).toBe('version three');
	}
};

describe(`a real git-lfs${leftOut}`, () => {
	it.runIf(hasGitLfs)(
		'finds every version in the mirror, in what is restored, where it is pushed, and by the commands of docs/restore.md',
		{timeout: 120_000},
		async () => {
			const versions = await saveVersions();
			await expectInMirror(versions);
			await expectRestored(versions);
			await expectPushed(versions);
			expectDocsRight(versions);
		},
	);
});

describe('a push without git-lfs', () => {
	it('is refused before anything is pushed, and with --without-lfs ends with 3', async () => {
		await addWithLfs({'a.psd': 'large'});
		await acme.run();
		const home = makeAcmeHome();
		const url = join(home.folder, 'target.git');
		await git(home.folder, 'init', '-q', '--bare', url);
		// A git that finds no git-lfs, whatever is installed.
		const folder = join(home.folder, 'bin');
		mkdirSync(folder);
		writeFileSync(
			join(folder, 'git'),
			`#!/bin/sh\nfor word; do [ "$word" = lfs ] && exit 1; done\nexec ${realGit} "$@"\n`,
			{mode: 0o755},
		);
		const environment = {PATH: `${folder}:${process.env['PATH']}`};
		const refused = await runHere(home, ['restore', 'api', '--push', url], environment);
		expect(refused.exitCode).toBe(3);
		expect(refused.stderr).toMatch(/it has LFS files,\s+and git-lfs is not\s+installed here/i);
		expect((await readRefs(url)).size).toBe(0);
		const without = await runHere(
			home,
			['restore', 'api', '--push', url, '--without-lfs'],
			environment,
		);
		expect(without.exitCode).toBe(3);
		expect((await readRefs(url)).size).toBeGreaterThan(0);
	});
});
