import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {findGit} from '../../../source/adapters/git/installed-git.ts';
import {openGit} from '../../../source/adapters/git/open-git.ts';
import type {Git} from '../../../source/ports/git.ts';
import {makeBareRepository, runGit} from '../../../source/sandbox/bare-repository.ts';
import {importHistory} from '../../../source/sandbox/import-history.ts';
import {hasGitLfs, leftOut} from '../../helpers/git-lfs.ts';
import {objectOf, pointerTo, storeFile} from '../../helpers/lfs-files.ts';
import {basic, startAcme} from '../../helpers/sandbox.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {readRefs} from '../../helpers/upstream.ts';

const {signal} = new AbortController();
const options = {signal, mayAsk: false, onProgress: undefined};

const openAs = (environment: Readonly<Record<string, string>>): Git =>
	openGit({
		installed: findGit({...process.env, ...environment}),
		authorization: () => undefined,
		redact: (text) => text,
		origin: 'https://bitbucket.org',
		run: 'run',
	});

/** A mirror with three versions, a remote of the user's, and the user's own git. */
const start = async () => {
	const {sandbox, token} = await startAcme();
	token.scopes = [...token.scopes, 'write:repository:bitbucket'];
	const target = sandbox.addRepository({workspace: 'acme', slug: 'target'});
	const folder = makeTemporaryFolder();
	const mirror = join(folder, 'mirror');
	makeBareRepository(mirror, 'main');
	const commit = (files: Readonly<Record<string, string>>) =>
		({kind: 'commit', branch: 'main', message: 'Change', files}) as const;
	await importHistory(mirror, [
		commit({
			'a.bin': pointerTo('old'),
			'.lfsconfig': '[lfs]\n\turl = http://127.0.0.1:9/nowhere\n',
		}),
		commit({'a.bin': pointerTo('new')}),
		{...commit({'b.bin': pointerTo('side')}), branch: 'side'},
	]);
	const config = join(folder, 'gitconfig');
	const header = `Authorization: ${basic('ann', token.token)}`;
	writeFileSync(config, `[http "${sandbox.origin}/"]\n\textraHeader = "${header}"\n`);
	const git = openAs({GIT_CONFIG_GLOBAL: config});
	const push = async (mayLack = false) =>
		git.pushLfs(mirror, sandbox.urlOf(target), await readRefs(mirror), {...options, mayLack});
	const isThere = async (content: string): Promise<boolean> => {
		const answer = await fetch(`${sandbox.urlOf(target)}/info/lfs/objects/batch`, {
			method: 'POST',
			headers: {authorization: basic('ann', token.token)},
			body: JSON.stringify({operation: 'download', objects: [objectOf(content)]}),
		});
		return (await answer.text()).includes('"actions"');
	};
	return {mirror, sandbox, push, isThere};
};

describe.runIf(hasGitLfs)(`a push of LFS files${leftOut}`, () => {
	it('brings every version to the remote, whatever .lfsconfig says, and leaves the mirror as it was', async () => {
		const {mirror, push, isThere} = await start();
		for (const content of ['old', 'new', 'side']) {
			storeFile(mirror, content);
		}
		const before = [readdirSync(join(mirror, 'lfs')), readFileSync(join(mirror, 'config'), 'utf8')];
		expect(await push()).toEqual({result: 'pushed'});
		for (const content of ['old', 'new', 'side']) {
			expect(await isThere(content)).toBe(true);
		}
		expect([
			readdirSync(join(mirror, 'lfs')),
			readFileSync(join(mirror, 'config'), 'utf8'),
		]).toEqual(before);
	});

	it('is refused in the words of the server, and where a file is missing, unless that is known', async () => {
		const {sandbox, mirror, push, isThere} = await start();
		storeFile(mirror, 'new');
		const body = {message: 'LFS is switched off here'};
		const answer = {kind: 'answer', status: 403, body} as const;
		const fault = sandbox.addFault({match: {path: /batch/}, answer});
		expect(await push(true)).toMatchObject({
			result: 'refused',
			words: expect.stringContaining('LFS is switched off here'),
		});
		fault.remove();
		expect(await push()).toMatchObject({result: 'refused', words: expect.stringMatching(/\w/)});
		expect(await push(true)).toEqual({result: 'pushed'});
		expect(await isThere('new')).toBe(true);
	});
});

describe('a push of LFS files without git-lfs', () => {
	it('pushes nothing, and says so', async () => {
		const folder = makeTemporaryFolder();
		const git = (await runGit(folder, ['--exec-path'])).trim();
		const isHere = readdirSync(git).includes('git-lfs');
		const without = openAs({PATH: git});
		expect(isHere).toBe(false);
		expect(await without.hasGitLfs(signal)).toBe(false);
		const mirror = join(folder, 'mirror');
		expect(
			await without.pushLfs(mirror, 'http://127.0.0.1:9/', new Map(), {...options, mayLack: false}),
		).toEqual({result: 'no-git-lfs'});
	});
});
