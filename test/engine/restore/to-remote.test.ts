import {randomUUID} from 'node:crypto';
import {chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, describe, expect, it} from 'vitest';
import {findGit} from '../../../source/adapters/git/installed-git.ts';
import {openGit} from '../../../source/adapters/git/open-git.ts';
import type {Restored} from '../../../source/domain/restore/restored.ts';
import {restorePart} from '../../../source/engine/restore/restore.ts';
import {findRepositories} from '../../../source/engine/saved/find-repositories.ts';
import {parts} from '../../../source/parts/registry.ts';
import {makeBareRepository} from '../../../source/sandbox/bare-repository.ts';
import {ann, makeWorld, readScopes} from '../../helpers/backup.ts';
import {findPart} from '../../helpers/find-part.ts';
import {commitOdd} from '../../helpers/hostile-objects.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, forcePush, git, readRefs, tag, tagAnnotated} from '../../helpers/upstream.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace('all');

const push = async (
	url: string,
	{
		at: moment,
		name = 'api',
		environment,
	}: {at?: number; name?: string; environment?: Record<string, string>} = {},
): Promise<Restored> => {
	const source = {source: 'acme', folder: acme.path()};
	const [repository] = await findRepositories(makeWorld(acme.clock).files, [source], [name], parts);
	if (repository === undefined) {
		throw new Error(`no ${name}`);
	}

	const userGit = openGit({
		installed: findGit({...process.env, GIT_CONFIG_NOSYSTEM: '1', ...environment}),
		authorization: () => 'Bearer of-bitbucket',
		redact: (text) => text,
		origin: acme.sandbox.origin,
		run: `push-${randomUUID()}`,
	});
	return restorePart(
		{
			...makeWorld(acme.clock),
			git: userGit,
			run: 'push',
			signal: new AbortController().signal,
			mayAsk: false,
			parts,
			leftOut: [],
			at: moment,
			publish: () => {},
		},
		{kind: 'remote', repository, part: findPart('repo'), url},
	);
};

const makeRemote = (): string => {
	const path = join(makeTemporaryFolder(), 'remote.git');
	makeBareRepository(path, 'main');
	return path;
};

/** `update` runs before each ref of a push is taken, `pre-receive` once for all of them. */
const addHook = (remote: string, name: 'update' | 'pre-receive', script: string): string => {
	mkdirSync(join(remote, 'hooks'));
	const path = join(remote, 'hooks', name);
	writeFileSync(path, `#!/bin/sh\n${script}\n`);
	chmodSync(path, 0o755);
	return path;
};

let at = 0;
let then = new Map<string, string>();

/** Two branches and two tags, saved; then all of it changed, and saved. */
beforeAll(async () => {
	const {path} = await acme.add('api');
	await commitFile(path, {branch: 'develop'});
	await tag(path, 'light');
	await tagAnnotated(path, 'v1');
	await acme.run();
	at = acme.clock.now() - 1;
	then = await readRefs(path);
	await forcePush(path);
	await git(path, 'update-ref', '-d', 'refs/heads/develop');
	await acme.run();
});

describe('a push of a repository into an empty remote', () => {
	it('creates the branches and tags of that moment and nothing else, the default branch first', async () => {
		const remote = makeRemote();
		addHook(remote, 'update', 'echo "$1" >>order');

		expect(await push(remote, {at})).toMatchObject({result: 'restored', refs: 4});

		expect(await readRefs(remote, 'refs/')).toEqual(then);
		const order = readFileSync(join(remote, 'order'), 'utf8').split('\n');
		expect([order[0], order.length]).toEqual(['refs/heads/main', 5]);
		expect(await push(remote, {at})).toMatchObject({result: 'already-there'});

		// One ref of its own, and be it in a corner, and nothing more is done to it.
		await git(remote, 'update-ref', 'refs/changes/1', 'refs/heads/main');
		await git(remote, 'update-ref', '-d', 'refs/heads/main');
		const own = await readRefs(remote, 'refs/');
		expect(await push(remote, {at})).toMatchObject({
			failure: {kind: 'remote-taken', foreign: 'refs/changes/1'},
		});
		expect(await readRefs(remote, 'refs/')).toEqual(own);
	});

	it('names the refs that the remote refused, and pushes them on the next try', async () => {
		const remote = makeRemote();
		const hook = addHook(remote, 'update', 'case "$1" in refs/tags/*) exit 1;; esac');

		expect(await push(remote, {at})).toMatchObject({
			failure: {
				kind: 'push-incomplete',
				missing: ['refs/tags/light', 'refs/tags/v1'],
				detail: expect.stringContaining('hook declined'),
			},
		});
		expect((await readRefs(remote)).size).toBe(2);
		// At another moment, what is there is not a part of what would be pushed.
		expect(await push(remote)).toMatchObject({failure: {kind: 'remote-taken'}});
		rmSync(hook);
		expect(await push(remote, {at})).toMatchObject({result: 'restored'});
		expect(await readRefs(remote, 'refs/')).toEqual(then);
	});

	it('pushes all but the one branch for which the server refuses the whole push, and gives its words', async () => {
		const remote = makeRemote();
		addHook(
			remote,
			'pre-receive',
			'while read old new ref; do case "$ref" in refs/heads/develop) bad=1;; esac; done; if [ -n "$bad" ]; then printf "\\033[31mFile big.iso is 120 MB,\\nthe limit is 100 MB\\n\\n=====\\n"; exit 1; fi',
		);

		const refused = await push(remote, {at});
		expect(refused).toMatchObject({
			failure: {
				kind: 'push-incomplete',
				refs: 4,
				missing: ['refs/heads/develop'],
				detail: '\\x1b[31mFile big.iso is 120 MB, the limit is 100 MB (pre-receive hook declined)',
			},
		});
		expect((await readRefs(remote)).size).toBe(3);
		rmSync(join(remote, 'hooks'), {recursive: true});
		expect(await push(remote, {at})).toMatchObject({result: 'restored'});
		expect(await readRefs(remote, 'refs/')).toEqual(then);
	});

	it('pushes everything into a server that takes only so many refs or bytes at once', async () => {
		const many = makeRemote();
		addHook(many, 'pre-receive', 'test "$(wc -l)" -le 1 || { echo one at a time; exit 1; }');
		expect(await push(many, {at})).toMatchObject({result: 'restored'});
		expect(await readRefs(many, 'refs/')).toEqual(then);

		const small = makeRemote();
		await git(small, 'config', 'receive.maxInputSize', '1');
		expect(await push(small, {at})).toMatchObject({
			failure: {
				missing: [...then.keys()].toSorted(),
				detail: expect.stringMatching(/exceeds maximum.*unpacker error/),
			},
		});
	});

	it('pushes all but the branch with an object that the server checks and refuses', async () => {
		const {path} = await acme.add('odd');
		await commitOdd(path, 'crooked', 'old');
		await acme.run();
		const remote = makeRemote();
		await git(remote, 'config', 'receive.fsckObjects', 'true');

		expect(await push(remote, {name: 'odd'})).toMatchObject({
			failure: {missing: ['refs/heads/old'], detail: expect.stringContaining('badEmail')},
		});
		expect([...(await readRefs(remote)).keys()]).toEqual(['refs/heads/main']);
	});

	it('says that the default branch of the remote is not there', async () => {
		const remote = makeRemote();
		writeFileSync(join(remote, 'HEAD'), 'ref: refs/heads/trunk\n');
		for (const result of ['restored', 'already-there']) {
			expect(await push(remote, {at})).toMatchObject({result, hasNoHead: true});
		}
	});

	it('never passes the token to the programs that git starts', async () => {
		const remote = makeRemote();
		addHook(remote, 'update', 'env > seen');
		await push(remote, {environment: {CISTERN_TOKEN: 'of-bitbucket', CISTERN_FOLDER: 'seen'}});
		const seen = readFileSync(join(remote, 'seen'), 'utf8');
		expect(seen).toContain('CISTERN_FOLDER=seen');
		expect(seen).not.toContain('of-bitbucket');
	});

	it("signs in with the user's own git, and reports its message when that fails", async () => {
		const {path} = acme.sandbox.addRepository({
			workspace: 'acme',
			slug: 'again',
			whenEmpty: 'zero-refs',
		});
		const account = acme.sandbox.addAccount({...ann, email: 'a@b.c', userName: 'writer'});
		const scopes = [...readScopes, 'write:repository:bitbucket'];
		acme.sandbox.addApiToken({account, token: 'ATATT-writer', scopes});
		const config = join(makeTemporaryFolder(), 'gitconfig');
		writeFileSync(
			config,
			'[credential]\n\thelper = "!f() { echo username=writer; echo password=ATATT-writer; }; f"\n[core]\n\thooksPath = /nowhere\n',
		);
		const url = `${acme.sandbox.origin}/acme/again.git`;

		const refused = await push(url, {at, environment: {GIT_CONFIG_GLOBAL: '/dev/null'}});
		expect(refused).toMatchObject({failure: {kind: 'remote-sign-in', url}});
		const pushed = await push(url, {at, environment: {GIT_CONFIG_GLOBAL: config}});
		expect(pushed).toMatchObject({result: 'restored'});
		expect(await readRefs(path, 'refs/')).toEqual(then);
		const missing = join(makeTemporaryFolder(), 'none.git');
		expect(await push(missing, {at})).toMatchObject({failure: {kind: 'remote-unusable'}});
		expect(existsSync(missing)).toBe(false);
	});
});
