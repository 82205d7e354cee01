import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {noise} from '../../source/sandbox/demo-workspace.ts';
import {importHistory, type Step} from '../../source/sandbox/import-history.ts';
import {type Acme, basic, startAcme} from '../helpers/sandbox.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {
	branch,
	commitFile,
	deleteRef,
	git,
	readOid,
	readRefs,
	tagAnnotated,
} from '../helpers/upstream.ts';

const startWithApi = async () => {
	const acme = await startAcme();
	const api = acme.sandbox.addRepository({workspace: 'acme', slug: 'api'});
	return {...acme, api, url: acme.sandbox.urlOf(api)};
};

const advertisement = ({sandbox}: Acme, path: string, headers: Record<string, string> = {}) =>
	fetch(`${sandbox.origin}${path}/info/refs?service=git-upload-pack`, {
		headers: {authorization: basic('ann', 'ATATT-of-ann'), ...headers},
	});

describe('git over HTTP', () => {
	it('clones with the user name and the token, megabytes too, and serves a later fetch', async () => {
		const {api, url, git: gitAs} = await startWithApi();
		const content = noise('large', 3 * 1024 * 1024);
		await commitFile(api.path, {file: 'large.bin', content});
		const oid = await commitFile(api.path, {file: 'a.txt', content: 'hello\n'});
		await tagAnnotated(api.path, 'v1');
		const folder = join(makeTemporaryFolder(), 'clone');
		await gitAs(['clone', '--quiet', '--mirror', url, folder]);
		expect(await readRefs(folder)).toEqual(await readRefs(api.path));
		expect(await git(folder, 'show', 'main:a.txt')).toBe('hello\n');
		expect(await readOid(folder, 'HEAD')).toBe(oid);
		await git(folder, 'fsck', '--full', '--strict');

		const next = await commitFile(api.path);
		await branch(api.path, 'release/1');
		await gitAs(['-C', folder, 'fetch', '--quiet']);
		expect(await readOid(folder, 'release/1')).toBe(next);
		expect(await readRefs(folder)).toEqual(await readRefs(api.path));
	});

	it.each(['0', '1', '2'])('speaks protocol %s', async (version) => {
		const {api, url, git: gitAs} = await startWithApi();
		const oid = await commitFile(api.path);
		const list = ['-c', `protocol.version=${version}`, 'ls-remote', url, 'refs/heads/*'];
		expect(await gitAs(list)).toBe(`${oid}\trefs/heads/main\n`);
	});

	it('advertises refs in one answer when no version is asked for', async () => {
		const acme = await startWithApi();
		const oid = await commitFile(acme.api.path);
		const text = await (await advertisement(acme, '/acme/api.git')).text();
		expect(text).toMatch(/^001e# service=git-upload-pack\n0000/);
		expect(text).toContain(`${oid} refs/heads/main`);
		expect(text).toContain('symref=HEAD:refs/heads/main');
		const second = await advertisement(acme, '/acme/api.git', {'git-protocol': 'version=2'});
		expect(await second.text()).toContain('version 2');
	});

	it('reads a compressed request body', async () => {
		const {sandbox, api, url, git: gitAs} = await startWithApi();
		const commits = Array.from(
			{length: 60},
			(_, index): Step => ({kind: 'commit', branch: `b${index}`, message: `${index}`, files: {}}),
		);
		await importHistory(api.path, commits);
		const folder = join(makeTemporaryFolder(), 'clone');
		await gitAs(['clone', '--quiet', '--mirror', url, folder]);
		expect((await readRefs(folder)).size).toBe(60);
		const encodings = sandbox.requests.map(({headers}) => headers['content-encoding']);
		expect(encodings).toContain('gzip');
	});

	it('serves a renamed repository only under its new name', async () => {
		const acme = await startWithApi();
		await commitFile(acme.api.path);
		acme.sandbox.renameRepository(acme.api, 'engine');
		expect((await advertisement(acme, '/acme/engine.git')).status).toBe(200);
		expect((await advertisement(acme, '/acme/api.git')).status).toBe(404);
	});

	it('takes a push from a token that may write', async () => {
		const {sandbox, account, api, url, git: gitAs} = await startWithApi();
		const scopes = ['read:repository:bitbucket', 'write:repository:bitbucket'];
		sandbox.addApiToken({account, token: 'ATATT-writes', scopes});
		const source = sandbox.addRepository({workspace: 'acme', slug: 'source'});
		const oid = await commitFile(source.path);
		const push = ['-C', source.path, 'push', '--quiet', url, 'main'];
		await expect(gitAs(push)).rejects.toThrow('403');
		await gitAs(push, basic('ann', 'ATATT-writes'));
		expect(await readOid(api.path, 'main')).toBe(oid);
	});

	it('serves several repositories from one folder', async () => {
		const acme = await startWithApi();
		await commitFile(acme.api.path);
		acme.sandbox.addRepository({workspace: 'acme', slug: 'twin', path: acme.api.path});
		expect((await advertisement(acme, '/acme/twin.git')).status).toBe(200);
	});
});

describe('signing in to git', () => {
	it.each([
		['the user name', basic('ann', 'ATATT-of-ann')],
		['the name for any account', basic('x-bitbucket-api-token-auth', 'ATATT-of-ann')],
	])('takes an API token with %s', async (_what, authorization) => {
		const acme = await startWithApi();
		await commitFile(acme.api.path);
		const answer = await advertisement(acme, '/acme/api.git', {authorization});
		expect(await answer.text()).toContain('refs/heads/main');
	});

	it('takes an access token as x-token-auth', async () => {
		const acme = await startWithApi();
		const scopes = ['repository'];
		acme.sandbox.addAccessToken({token: 'ATCTT1', kind: 'repo', scopes, workspace: 'acme'});
		const statusAs = async (user: string): Promise<number> => {
			const authorization = basic(user, 'ATCTT1');
			return (await advertisement(acme, '/acme/api.git', {authorization})).status;
		};
		expect([await statusAs('x-token-auth'), await statusAs('ann')]).toEqual([200, 401]);
	});

	it.each([
		['the e-mail instead of the user name', basic('ann@example.com', 'ATATT-of-ann')],
		['a wrong token', basic('ann', 'ATATT-of-bob')],
		['nothing', null],
	])('answers 401 for %s, in words that git shows', async (_what, authorization) => {
		const {sandbox} = await startWithApi();
		const headers = authorization === null ? undefined : {authorization};
		const path = `${sandbox.origin}/acme/api.git/info/refs?service=git-upload-pack`;
		const answer = await fetch(path, headers && {headers});
		expect(answer.status).toBe(401);
		expect(answer.headers.get('www-authenticate')).toMatch(/^Basic/);
		expect(answer.headers.get('content-type')).toBe('text/plain');
		expect(await answer.text()).toMatch(/^You may not have access to this repository/);
	});

	it('answers 410 for an app password', async () => {
		const authorization = basic('ann', 'ATBBsecret');
		const acme = await startWithApi();
		expect((await advertisement(acme, '/acme/api.git', {authorization})).status).toBe(410);
	});

	it('answers 403 for a token without the scope', async () => {
		const acme = await startWithApi();
		acme.token.scopes = ['write:repository:bitbucket'];
		expect((await advertisement(acme, '/acme/api.git')).status).toBe(403);
	});

	it('answers 404 for a repository that does not exist or that the token may not read', async () => {
		const acme = await startWithApi();
		expect((await advertisement(acme, '/acme/nothing.git')).status).toBe(404);
		acme.token.workspaces = ['other'];
		expect((await advertisement(acme, '/acme/api.git')).status).toBe(404);
	});

	it('lets an anonymous caller read public repositories, but not push', async () => {
		const {sandbox, git: gitAs} = await startAcme();
		const open = sandbox.addRepository({workspace: 'acme', slug: 'open', isPrivate: false});
		await commitFile(open.path);
		const url = sandbox.urlOf(open);
		expect(await gitAs(['ls-remote', url], null)).toContain('refs/heads/main');
		await expect(gitAs(['-C', open.path, 'push', url, 'main:new'], null)).rejects.toThrow();
		expect(sandbox.requests.at(-1)).toMatchObject({status: 401});
	});
});

describe('an empty repository', () => {
	it('has no refs', async () => {
		const {url, git: gitAs} = await startWithApi();
		expect(await gitAs(['ls-remote', url])).toBe('');
	});

	it('can answer with the known protocol error until the first push', async () => {
		const {sandbox, git: gitAs} = await startAcme();
		const whenEmpty = 'fork-exec-error';
		const odd = sandbox.addRepository({workspace: 'acme', slug: 'odd', whenEmpty});
		const list = ['ls-remote', sandbox.urlOf(odd)];
		await expect(gitAs(list)).rejects.toThrow(
			"fatal: protocol error: unexpected 'Error running git: fork/exec /usr/bin/git-upload-pack: no such file or directory'",
		);
		await commitFile(odd.path);
		expect(await gitAs(list)).toContain('refs/heads/main');
	});

	it('can answer 404', async () => {
		const acme = await startAcme();
		const whenEmpty = 'not-found';
		acme.sandbox.addRepository({workspace: 'acme', slug: 'odd', whenEmpty});
		expect((await advertisement(acme, '/acme/odd.git')).status).toBe(404);
	});
});

describe('wikis', () => {
	it('have a repository below the address', async () => {
		const {sandbox, git: gitAs} = await startAcme();
		const docs = sandbox.addRepository({workspace: 'acme', slug: 'docs', withWiki: true});
		const oid = await commitFile(docs.wikiPath ?? '', {branch: 'master', file: 'Home.md'});
		const list = await gitAs(['ls-remote', `${sandbox.urlOf(docs)}/wiki`]);
		expect(list).toContain(`${oid}\trefs/heads/master`);
		expect(await gitAs(['ls-remote', sandbox.urlOf(docs)])).toBe('');
	});

	it.each([404, 410] as const)(
		'that are missing answer %i, whatever has_wiki says',
		async (status) => {
			const acme = await startAcme();
			acme.sandbox.addRepository({
				workspace: 'acme',
				slug: 'docs',
				hasWiki: true,
				missingWikiStatus: status,
			});
			expect((await advertisement(acme, '/acme/docs.git/wiki')).status).toBe(status);
		},
	);
});

describe('an advertisement', () => {
	it('is always up to date, whatever changes a ref', async () => {
		const acme = await startWithApi();
		const {path} = acme.api;
		const changes: readonly (() => Promise<unknown>)[] = [
			() => commitFile(path),
			() => branch(path, 'old'),
			() => git(path, 'pack-refs', '--all'),
			() => commitFile(path),
			() => deleteRef(path, 'refs/heads/old'),
			() => git(path, 'symbolic-ref', 'HEAD', 'refs/heads/old'),
		];
		for (const change of changes) {
			await change();
			const text = await (await advertisement(acme, '/acme/api.git')).text();
			const shown = [...text.matchAll(/([0-9a-f]{40}) (refs\/[^\0\n]+)/g)];
			expect(new Map(shown.map(([, oid, ref]) => [ref, oid]))).toEqual(await readRefs(path));
			expect(text.includes('symref=HEAD:refs/heads/main')).toBe(change !== changes.at(-1));
		}
	});
});

describe('the folder of a sandbox', () => {
	it('is removed at the end unless the test chose it', async () => {
		const folder = makeTemporaryFolder();
		const {sandbox} = await startAcme({folder});
		const api = sandbox.addRepository({workspace: 'acme', slug: 'api'});
		await commitFile(api.path);
		await deleteRef(api.path, 'refs/heads/main');
		await sandbox.close();
		expect(await readdir(folder)).toHaveLength(1);

		const other = await startAcme();
		const {path} = other.sandbox.addRepository({workspace: 'acme', slug: 'api'});
		await other.sandbox.close();
		await expect(readdir(path)).rejects.toThrow('ENOENT');
	});
});
