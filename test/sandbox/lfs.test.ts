import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {runGit} from '../../source/sandbox/bare-repository.ts';
import {hasGitLfs, leftOut, lfsFilter} from '../helpers/git-lfs.ts';
import {objectOf, pointerTo} from '../helpers/lfs-files.ts';
import {basic, startAcme} from '../helpers/sandbox.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {commitFile} from '../helpers/upstream.ts';

type Link = {readonly href: string; readonly header: Record<string, string>};
type Entry = {
	readonly oid: string;
	readonly size: number;
	readonly actions?: {readonly download?: Link; readonly upload?: Link};
	readonly error?: {readonly code: number; readonly message: string};
};

const startWithApi = async () => {
	const acme = await startAcme();
	const api = acme.sandbox.addRepository({workspace: 'acme', slug: 'api'});
	const ask = (
		objects: readonly {oid: string; size: number}[],
		operation = 'download',
		authorization: string | undefined = basic('ann', acme.token.token),
	) =>
		fetch(`${acme.sandbox.urlOf(api)}/info/lfs/objects/batch`, {
			method: 'POST',
			headers: {
				'content-type': 'application/vnd.git-lfs+json',
				...(authorization && {authorization}),
			},
			body: JSON.stringify({operation, transfers: ['basic'], objects}),
		});
	const askFor = async (...given: Parameters<typeof ask>): Promise<readonly Entry[]> => {
		const answer = (await (await ask(...given)).json()) as {objects: readonly Entry[]};
		return answer.objects;
	};
	const linkTo = async (content: string): Promise<Link> => {
		const [entry] = await askFor([acme.sandbox.putLfs(api, content)]);
		return entry?.actions?.download ?? {href: '', header: {}};
	};
	return {...acme, api, ask, askFor, linkTo};
};

describe('the batch API', () => {
	it('answers in the shape of Bitbucket, with a link to another origin', async () => {
		const {sandbox, api, ask} = await startWithApi();
		const object = sandbox.putLfs(api, 'content');
		const answer = await ask([object]);
		expect(answer.headers.get('content-type')).toBe('application/vnd.git-lfs+json');
		expect(await answer.json()).toEqual({
			objects: [
				{
					...object,
					actions: {
						download: {
							href: expect.stringMatching(`^${sandbox.mediaOrigin}/file/[\\w-]+/binary$`),
							header: {
								'X-Client-ID': expect.any(String),
								Authorization: expect.stringMatching(/^Bearer /),
							},
						},
					},
				},
			],
		});
		expect(sandbox.mediaOrigin).not.toBe(sandbox.origin);
		expect(sandbox.requests.at(-1)).toMatchObject({service: 'git', repository: 'acme/api'});
	});

	it('says 404 of a file alone that it does not have, or no longer', async () => {
		const {sandbox, api, askFor} = await startWithApi();
		const [kept, forgotten] = [sandbox.putLfs(api, 'kept'), sandbox.putLfs(api, 'forgotten')];
		sandbox.forgetLfs(api, forgotten.oid);
		const [first, second] = await askFor([kept, forgotten]);
		expect(first?.actions?.download).toBeDefined();
		expect(second).toEqual({
			...forgotten,
			error: {code: 404, message: 'Object does not exist on the server'},
		});
	});

	it('keeps the files of one repository from another', async () => {
		const {sandbox, askFor} = await startWithApi();
		const web = sandbox.addRepository({workspace: 'acme', slug: 'web'});
		const [entry] = await askFor([sandbox.putLfs(web, 'content')]);
		expect(entry?.error?.code).toBe(404);
	});

	it('wants the credential of git, and the scope to write for an upload', async () => {
		const {ask, token} = await startWithApi();
		const object = objectOf('content');
		expect((await ask([object], 'download', '')).status).toBe(401);
		expect((await ask([object], 'download', basic('ann@example.com', 'wrong'))).status).toBe(401);
		expect((await ask([object], 'upload')).status).toBe(403);
		token.scopes = [...token.scopes, 'write:repository:bitbucket'];
		expect((await ask([object], 'upload')).status).toBe(200);
	});

	it('answers 413 above a number of files that a test sets', async () => {
		const {sandbox, ask} = await startWithApi();
		sandbox.limitBatches(1);
		expect((await ask([objectOf('a')])).status).toBe(200);
		expect((await ask([objectOf('a'), objectOf('b')])).status).toBe(413);
	});

	it('lets a test change its answers', async () => {
		const {sandbox, askFor} = await startWithApi();
		sandbox.transformBatches(({objects}, {objects: asked}) => ({
			objects: [...objects, ...asked.map(({size}) => ({oid: 'f'.repeat(64), size}))],
		}));
		expect(await askFor([objectOf('a')])).toHaveLength(2);
	});
});

describe('the media server', () => {
	it('sends a file from any byte on', async () => {
		const {linkTo} = await startWithApi();
		const {href, header} = await linkTo('content');
		expect(await (await fetch(href, {headers: header})).text()).toBe('content');
		const part = await fetch(href, {headers: {...header, range: 'bytes=3-'}});
		expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 3-6/7']);
		expect(await part.text()).toBe('tent');
	});

	it('answers 400 as Bitbucket does if nothing is left', async () => {
		const {linkTo} = await startWithApi();
		const {href, header} = await linkTo('content');
		const answer = await fetch(href, {headers: {...header, range: 'bytes=7-'}});
		expect([answer.status, await answer.json()]).toEqual([
			400,
			{
				error: {
					code: 'InvalidArgumentError',
					title: 'range first index must not be greater than last index',
				},
			},
		]);
	});

	it('wants the header of the link, which expires', async () => {
		const {sandbox, linkTo} = await startWithApi();
		const {href, header} = await linkTo('content');
		expect((await fetch(href)).status).toBe(403);
		sandbox.expireLinks();
		expect((await fetch(href, {headers: header})).status).toBe(403);
	});

	it('has its own place in faults and in the log, with headers as they were sent', async () => {
		const {sandbox, linkTo} = await startWithApi();
		const {href, header} = await linkTo('content');
		sandbox.addFault({match: {service: 'media'}, answer: {kind: 'rate-limit', tells: 'nothing'}});
		expect((await fetch(href, {headers: header})).status).toBe(429);
		const [request] = sandbox.requestsTo('media');
		expect(request?.rawHeaders).toContain(header['Authorization']);
	});

	it('refuses an upload with another content than was announced', async () => {
		const {askFor, token} = await startWithApi();
		token.scopes = [...token.scopes, 'write:repository:bitbucket'];
		const [entry] = await askFor([objectOf('content')], 'upload');
		const {href = '', header} = entry?.actions?.upload ?? {};
		const put = (body: string) =>
			fetch(href, {method: 'PUT', body, ...(header && {headers: header})});
		expect((await put('another')).status).toBe(422);
		expect((await put('content')).status).toBe(200);
		const [again] = await askFor([objectOf('content')], 'upload');
		expect(again?.actions).toBeUndefined();
	});
});

describe(`a real git-lfs${leftOut}`, () => {
	it.runIf(hasGitLfs)('pushes files and clones them again', async () => {
		const {sandbox, api, token, git} = await startWithApi();
		token.scopes = [...token.scopes, 'write:repository:bitbucket'];
		await commitFile(api.path, {file: '.gitattributes', content: '*.bin filter=lfs -text\n'});
		const folder = makeTemporaryFolder();
		const [work, copy] = [join(folder, 'work'), join(folder, 'copy')];
		const signIn = [
			'-c',
			`http.${sandbox.origin}/.extraHeader=authorization: ${basic('ann', token.token)}`,
		];
		await git(['clone', '-q', sandbox.urlOf(api), work]);
		mkdirSync(join(work, 'art'));
		writeFileSync(join(work, 'art', 'a.bin'), 'first');
		await runGit(work, [...lfsFilter, 'add', '.']);
		await runGit(work, ['commit', '-qm', 'Add']);
		expect(await runGit(work, ['show', 'HEAD:art/a.bin'])).toBe(pointerTo('first'));
		await runGit(work, [...signIn, 'lfs', 'push', '--all', 'origin']);
		await runGit(work, [...signIn, 'push', '-q']);

		await git([...lfsFilter, 'clone', '-q', sandbox.urlOf(api), copy]);
		expect(readFileSync(join(copy, 'art', 'a.bin'), 'utf8')).toBe('first');
	});
});
