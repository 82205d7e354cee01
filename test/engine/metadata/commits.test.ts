import {execFileSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {flipByte} from '../../helpers/flip-byte.ts';
import {placeOf, pointerTo, sha256} from '../../helpers/lfs-files.ts';
import {addReader, pullRequestPath, readSaved} from '../../helpers/metadata.ts';
import {branch, commitFile, deleteRef, git, readOid, readRefs} from '../../helpers/upstream.ts';
import {runVerify} from '../../helpers/verify.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

/** Commits of a branch that was never here: more than a page of them. */
const gone = Array.from({length: 120}, (_, index) => String(100 + index).padEnd(40, 'a'));

const setUp = async () => {
	const [api] = await acme.addSaved('api');
	const {account: by, source} = addReader(acme.sandbox);
	const {pullRequests} = acme.sandbox.metadata;
	const mirror = acme.path('acme#api', 'metadata');
	return {
		api,
		by,
		pullRequests,
		mirror,
		run: () => acme.run({source}),
		asked: (from = 0) =>
			acme.sandbox.requests
				.slice(from)
				.flatMap(({path}) => /\/pullrequests\/\d+\/(?:commits|patch)/.exec(path)?.[0] ?? []),
		commits: (id: number) => readSaved(mirror, pullRequestPath(id, 'commits')),
		/** Its bytes. */
		patch: (id: number): Buffer | undefined => {
			const path = pullRequestPath(id, 'x').replace('x.json', 'patch');
			try {
				return execFileSync('git', ['-C', mirror, 'show', `main:${path}`], {
					stdio: ['ignore', 'pipe', 'ignore'],
				});
			} catch {
				return undefined;
			}
		},
	};
};

describe('commits of pull requests', () => {
	it('that the mirror has cost no request', async () => {
		const {api, by, pullRequests, run, asked, commits} = await setUp();
		const [tip] = pullRequests.open(api, {by}).commits;
		const squashed = pullRequests.open(api, {by, commits: gone});
		pullRequests.close(squashed, 'MERGED', {by, mergeCommit: tip ?? ''});
		expect((await run()).exitCode).toBe(exitCodes.done);
		expect(asked()).toEqual([]);
		expect(commits(1)).toBeUndefined();
	});

	it('that no branch has any more come by git, and are held for good', async () => {
		const {api, by, pullRequests, run, asked, patch} = await setUp();
		await branch(api.path, 'change');
		const older = await commitFile(api.path, {branch: 'change'});
		const content = pointerTo('a large file');
		const oid = await commitFile(api.path, {branch: 'change', file: 'hero.psd', content});
		acme.sandbox.putLfs(api, 'a large file');
		await deleteRef(api.path, 'refs/heads/change');
		const open = pullRequests.open(api, {by, commits: [oid, older]});
		pullRequests.close(open, 'DECLINED', {by});
		const {exitCode} = await run();
		expect(exitCode).toBe(exitCodes.done);
		expect(asked()).toEqual(['/pullrequests/1/commits']);
		expect(patch(1)).toBeUndefined();
		const mirror = acme.path('acme#api', 'repo');
		expect(
			[...(await readRefs(mirror, 'refs/cistern/pull-requests/'))].map(([, tip]) => tip),
		).toEqual([oid]);
		expect(await git(mirror, 'rev-list', '--count', oid)).toBe('3\n');
		expect((await runVerify(acme)).exitCode).toBe(exitCodes.done);

		// The mirror is as the record says, and the next backup looks for LFS files in what came.
		const next = await run();
		expect(next.exitCode).toBe(exitCodes.done);
		expect(existsSync(placeOf(mirror, sha256('a large file')))).toBe(true);
		const again = await run();
		expect(again.outcomes.get('acme/api')).toMatchObject({result: 'unchanged'});
		// A mirror that is built anew takes them over: upstream shows them by no ref.
		await flipByte(mirror, await readOid(mirror, 'main:README.md'));
		expect((await runVerify(acme)).exitCode).toBe(exitCodes.incomplete);
		await commitFile(api.path);
		const changed = await run();
		expect(changed.outcomes.get('acme/api')).toMatchObject({result: 'saved'});
		expect(
			(await readRefs(mirror, 'refs/cistern/')).get(
				`refs/cistern/pull-requests/1/${oid.slice(0, 12)}`,
			),
		).toBe(oid);
		expect((await runVerify(acme)).exitCode).toBe(exitCodes.done);
	});

	it('that it lacks are listed, with their changes as a patch, byte for byte', async () => {
		const {api, by, pullRequests, run, asked, commits, patch} = await setUp();
		const bytes = Buffer.from([0x2d, 0xe9, 0xff, 0x0a, 0x00, 0x0d]);
		const open = pullRequests.open(api, {by, commits: gone, patch: bytes});
		pullRequests.close(open, 'DECLINED', {by});
		const {exitCode, events} = await run();
		expect(exitCode).toBe(exitCodes.done);
		expect(commits(1)).toMatchObject(gone.map((hash) => ({hash})));
		expect(patch(1)).toEqual(bytes);
		expect(events).toContainEqual(
			expect.objectContaining({
				type: 'follow-up-saved',
				text: expect.stringContaining('commits of 1 pull request'),
			}),
		);
		expect((await runVerify(acme)).exitCode).toBe(exitCodes.done);

		const before = acme.sandbox.requests.length;
		pullRequests.comment(open, {by, text: 'Why?'});
		expect((await run()).exitCode).toBe(exitCodes.done);
		expect(asked(before)).toEqual([]);
	});

	it('come again where a new one was pushed to a fork', async () => {
		const {api, by, pullRequests, run, commits} = await setUp();
		const open = pullRequests.open(api, {by, commits: gone.slice(1)});
		await run();
		pullRequests.edit(open, {commits: gone});
		expect((await run()).exitCode).toBe(exitCodes.done);
		expect(commits(1)).toMatchObject(gone.map((hash) => ({hash})));
	});

	it('that Bitbucket does not give are no failure, and are not asked for again', async () => {
		const {api, by, pullRequests, run, asked, commits} = await setUp();
		pullRequests.open(api, {by, commits: gone, sourceRepository: null});
		const huge = pullRequests.open(api, {by, commits: gone, patch: 'too-large'});
		const {exitCode} = await run();
		expect(exitCode).toBe(exitCodes.done);
		expect(asked().filter((path) => path === '/pullrequests/2/patch')).toHaveLength(2);
		expect(commits(1)).toMatchObject(gone.map((hash) => ({hash})));
		const before = acme.sandbox.requests.length;
		pullRequests.comment(huge, {by, text: 'Why?'});
		expect((await run()).exitCode).toBe(exitCodes.done);
		expect(asked(before)).toEqual([]);
	});
});
