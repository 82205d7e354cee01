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
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, forcePush, git, readRefs, tag, tagAnnotated} from '../../helpers/upstream.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace('all');

const push = async (
	url: string,
	{at: moment, environment}: {at?: number; environment?: Record<string, string>} = {},
): Promise<Restored> => {
	const source = {source: 'acme', folder: acme.path()};
	const [repository] = await findRepositories(
		makeWorld(acme.clock).files,
		[source],
		['api'],
		parts,
	);
	if (repository === undefined) {
		throw new Error('no api');
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

/** A program that git runs before each ref of a push is taken. */
const addUpdateHook = (remote: string, script: string): string => {
	mkdirSync(join(remote, 'hooks'));
	const path = join(remote, 'hooks', 'update');
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
		addUpdateHook(remote, 'echo "$1" >>order');

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
		const hook = addUpdateHook(remote, 'case "$1" in refs/tags/*) exit 1;; esac');

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

	it('never passes the token to the programs that git starts', async () => {
		const remote = makeRemote();
		addUpdateHook(remote, 'env > seen');
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
