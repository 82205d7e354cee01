import {appendFileSync, chmodSync, existsSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {
	credentialConfig,
	isolatedEnvironment,
	userEnvironment,
} from '../../../source/adapters/git/environment.ts';
import {findGit, readNetworkConfig} from '../../../source/adapters/git/installed-git.ts';
import {openGit} from '../../../source/adapters/git/open-git.ts';
import {anywhere, runGit} from '../../../source/adapters/git/run-git.ts';
import type {Git} from '../../../source/ports/git.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, git as plainGit, readOid, readRefs} from '../../helpers/upstream.ts';
import {startServer} from '../bitbucket/start-server.ts';

const open = (environment: Record<string, string | undefined> = process.env): Git =>
	openGit({
		installed: findGit(environment),
		authorization: () => undefined,
		redact: (text) => text,
		origin: 'https://bitbucket.org',
		run: 'test',
	});

const makeMirror = async (git: Git): Promise<string> => {
	const mirror = join(makeTemporaryFolder(), 'repo');
	await git.createMirror(mirror);
	await commitFile(mirror);
	return mirror;
};

/** A program that leaves a trace where it runs. */
const makeProgram = (trace: string): string => {
	const path = `${trace}.sh`;
	writeFileSync(path, `#!/bin/sh\ntouch '${trace}'\n`, {mode: 0o755});
	return path;
};

describe('git', () => {
	it("ignores the user's configuration and GIT_ variables", async () => {
		const home = makeTemporaryFolder();
		writeFileSync(join(home, '.gitconfig'), '[init]\n\tdefaultBranch = surprise\n[core]\n\tbroken');
		const git = open({
			PATH: process.env['PATH'],
			HOME: home,
			GIT_DIR: '/nowhere',
			GIT_CONFIG_PARAMETERS: 'nonsense',
			EDITOR: 'false',
		});
		const mirror = await makeMirror(git);
		expect(await git.readStamp(mirror)).toMatchObject({head: 'ref: refs/heads/main'});
	});

	it("uses the user's network settings, but not their permission to skip certificate checks", async () => {
		const home = makeTemporaryFolder();
		const settings =
			'[http]\n\tproxy = http://proxy:8080\n\tsslVerify = false\n\textraHeader = x: y\n';
		writeFileSync(
			join(home, '.gitconfig'),
			`${settings}[http "https://bitbucket.org"]\n\tsslVerify = false\n`,
		);
		const user = {
			PATH: process.env['PATH'],
			HOME: home,
			GIT_CONFIG_NOSYSTEM: '1',
			GIT_SSL_NO_VERIFY: '1',
		};

		const config = await readNetworkConfig(user);

		expect(config.filter(([key]) => /verify|header/i.test(key))).toEqual([]);
		expect(config).toContainEqual(['http.proxy', 'http://proxy:8080']);
		expect(isolatedEnvironment(user, 'x', config)).not.toHaveProperty('GIT_SSL_NO_VERIFY');
	});

	it.each([
		['https://bitbucket.org/acme/api.git', ['Authorization: Basic x']],
		['http://bitbucket.org/acme/api.git', []],
		['https://bitbucket.org:8443/acme/api.git', []],
		['https://bitbucket.org.example/acme/api.git', []],
	])('signs in to one origin and no other: %s', async (url, headers) => {
		const config = credentialConfig('Basic x', 'https://bitbucket.org');
		const said = await runGit(
			{
				args: ['config', '--get-urlmatch', 'http.extraHeader', url],
				folder: anywhere,
				gitDir: 'none',
				answers: [1],
			},
			isolatedEnvironment(process.env, 'x', config),
		);
		expect(said.split('\n').filter((line) => line !== '')).toEqual(headers);
	});

	it('makes git end a request that trickles for a minute, whatever the user configured', async () => {
		const environment = isolatedEnvironment(
			{...process.env, GIT_HTTP_LOW_SPEED_LIMIT: '0'},
			'x',
			[],
		);
		const ask = (key: string): Promise<string> =>
			runGit({args: ['config', '--get', key], folder: anywhere, gitDir: 'none'}, environment);
		expect(await ask('http.lowSpeedLimit')).toBe('100\n');
		expect(await ask('http.lowSpeedTime')).toBe('60\n');
		expect(Object.keys(environment).filter((name) => /SPEED/.test(name))).toEqual([]);
	});

	it.each([
		['ten minutes by default', {}, '600'],
		['as long as they configured', {GIT_HTTP_LOW_SPEED_TIME: '5'}, '5'],
	])("lets the user's own git wait for a silent server for %s", (_, set, time) => {
		expect(userEnvironment(set, 'x', false)).toMatchObject({
			GIT_HTTP_LOW_SPEED_LIMIT: '1',
			GIT_HTTP_LOW_SPEED_TIME: time,
		});
	});

	it('runs no hook of a mirror', async () => {
		const git = open();
		const mirror = await makeMirror(git);
		const trace = join(mirror, 'hook-ran');
		mkdirSync(join(mirror, 'hooks'), {recursive: true});
		const hook = join(mirror, 'hooks', 'reference-transaction');
		writeFileSync(hook, `#!/bin/sh\ntouch '${trace}'\n`);
		chmodSync(hook, 0o755);
		const tip = (await readRefs(mirror)).get('refs/heads/main') ?? '';

		await git.updateRefs(mirror, [{ref: 'refs/heads/x', from: undefined, to: tip}]);

		expect((await readRefs(mirror)).get('refs/heads/x')).toBe(tip);
		expect(existsSync(trace)).toBe(false);
	});

	it('starts no password program that a mirror or the user configured, and replaces no object', async () => {
		const trace = join(makeTemporaryFolder(), 'ran');
		const program = makeProgram(trace);
		const git = open({...process.env, GIT_ASKPASS: program, SSH_ASKPASS: program});
		const mirror = await makeMirror(git);
		const tip = (await readRefs(mirror)).get('refs/heads/main') ?? '';
		const commits = await git.readCommits(mirror, [tip]);
		await plainGit(mirror, 'replace', tip, await commitFile(mirror, {message: 'another'}));
		const planted = `[credential]\n\thelper = !${program}\n[core]\n\taskPass = ${program}\n`;
		appendFileSync(join(mirror, 'config'), planted);
		const {origin} = await startServer((_, response) => {
			response.writeHead(401, {'www-authenticate': 'Basic realm="x"'}).end();
		});

		const options = {
			signal: new AbortController().signal,
			onProgress: undefined,
			onFallBack: () => {},
		};
		const wanted = new Map([['refs/heads/x', '1'.repeat(40)]]);
		await expect(
			git.fetchObjects(mirror, `${origin}/acme/api.git`, wanted, new Map(), options),
		).rejects.toMatchObject({failure: {kind: 'credentials-refused'}});
		expect(existsSync(trace)).toBe(false);
		expect(await git.readCommits(mirror, [tip])).toEqual(commits);
	});

	it('follows no redirect', async () => {
		const elsewhere = await startServer((_, response) => void response.end());
		const {origin} = await startServer(({url = ''}, response) => {
			response.writeHead(302, {location: `${elsewhere.origin}${url}`}).end();
		});
		const {signal} = new AbortController();
		await expect(open().readRemoteRefs(`${origin}/acme/api.git`, signal)).rejects.toMatchObject({
			failure: {kind: 'address-refused'},
		});
		expect(elsewhere.requests).toEqual([]);
	});

	it('runs no file system monitor of a restored folder', async () => {
		const folder = makeTemporaryFolder();
		const trace = join(makeTemporaryFolder(), 'ran');
		await plainGit(folder, 'init', '--quiet');
		await plainGit(folder, 'config', 'core.fsmonitor', makeProgram(trace));
		writeFileSync(join(folder, 'file'), '');
		await plainGit(folder, '-c', 'core.fsmonitor=false', 'add', 'file');
		expect(await open().isCheckedOut(folder)).toBe(false);
		expect(existsSync(trace)).toBe(false);
	});

	it.each(['file', 'ext', 'ssh'])('fetches nothing over %s', async (scheme) => {
		const git = open();
		const mirror = await makeMirror(git);
		const address = {
			file: `file://${mirror}`,
			ext: 'ext::sh -c "touch /tmp/evil"',
			ssh: 'ssh://bitbucket.org/acme/api.git',
		}[scheme];
		const options = {
			signal: new AbortController().signal,
			onProgress: () => {},
			onFallBack: () => {},
		};
		const upstream = {head: undefined, refs: new Map([['refs/heads/main', '1'.repeat(40)]])};
		const target = join(makeTemporaryFolder(), 'repo');
		await expect(
			git.cloneEverything(target, address ?? '', upstream, options),
		).rejects.toMatchObject({
			failure: {kind: 'address-refused'},
		});
	});

	it('refuses a folder that is no repository, even inside another repository', async () => {
		const outer = makeTemporaryFolder();
		await plainGit(outer, 'init', '--quiet');
		const inner = join(outer, 'repo');
		mkdirSync(inner);
		await expect(open().readRefs(inner)).rejects.toMatchObject({
			failure: {kind: 'mirror-unusable', path: inner},
		});
	});

	it('gives each of many parallel commands its own input', async () => {
		const git = open();
		const mirror = await makeMirror(git);
		const commit = await readOid(mirror, 'main');
		const tree = await readOid(mirror, 'main^{tree}');
		const asked = Array.from({length: 20}, (_, index) => (index % 2 === 0 ? commit : tree));
		const answers = await Promise.all(asked.map((oid) => git.readTypes(mirror, [oid])));
		expect(answers.map((types) => [...types])).toEqual(
			asked.map((oid) => [[oid, oid === commit ? 'commit' : 'tree']]),
		);
	});
});

describe('stale locks', () => {
	it('of a killed git are removed, and no other file', async () => {
		const git = open();
		const mirror = await makeMirror(git);
		mkdirSync(join(mirror, 'objects', 'pack'), {recursive: true});
		const stale = [
			'HEAD.lock',
			'packed-refs.lock',
			'packed-refs.new',
			'refs/heads/main.lock',
			'objects/pack/pack-1.keep',
			'objects/pack/tmp_pack_x',
		];
		for (const name of [...stale, 'objects/pack/notes.txt']) {
			writeFileSync(join(mirror, name), '');
		}

		await git.clearStaleLocks(mirror);

		expect(stale.filter((name) => existsSync(join(mirror, name)))).toEqual([]);
		expect(existsSync(join(mirror, 'objects/pack/notes.txt'))).toBe(true);
		expect((await readRefs(mirror)).size).toBe(1);
	});
});
