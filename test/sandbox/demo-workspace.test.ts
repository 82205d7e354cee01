import {beforeAll, describe, expect, it, onTestFinished} from 'vitest';
import {changeDemoWorkspace, fillDemoWorkspace} from '../../source/sandbox/demo-workspace.ts';
import {type Sandbox, startSandbox} from '../../source/sandbox/start-sandbox.ts';
import {basic} from '../helpers/sandbox.ts';
import {git, readOid, readRefs} from '../helpers/upstream.ts';

const startDemo = async () => {
	const sandbox = await startSandbox();
	return {sandbox, demo: await fillDemoWorkspace(sandbox)};
};

/** Shared by all tests, which only read from it. */
let whole: Awaited<ReturnType<typeof startDemo>>;

beforeAll(async () => {
	whole = await startDemo();
	return () => whole.sandbox.close();
});

const pathOf = (sandbox: Sandbox, slug: string): string =>
	sandbox.findRepository('harbour', slug)?.path ?? '';

const readComments = async (
	sandbox: Sandbox,
	{email, token}: {readonly email: string; readonly token: string},
): Promise<readonly string[]> => {
	const address = `${sandbox.apiUrl}/repositories/harbour/api/pullrequests/2/comments`;
	const answer = await fetch(address, {headers: {authorization: basic(email, token)}});
	const {values} = (await answer.json()) as {values: readonly {content: {raw: string}}[]};
	return values.map(({content}) => content.raw);
};

describe('the workspace of the demo', () => {
	it('holds an example of everything that a backup meets, and a token to read it', async () => {
		const {sandbox, demo} = whole;
		const authorization = basic(demo.email, demo.token);
		const address = `${sandbox.apiUrl}/repositories/${demo.workspace}?pagelen=100`;
		const {values} = (await (await fetch(address, {headers: {authorization}})).json()) as {
			values: readonly Record<string, unknown>[];
		};
		expect(values).toHaveLength(12);
		expect(values).toContainEqual(expect.objectContaining({slug: 'playground', mainbranch: null}));
		expect(values).toContainEqual(expect.objectContaining({slug: 'docs', is_private: false}));
		expect(values).toContainEqual(expect.objectContaining({slug: 'handbook', has_wiki: true}));
		const tags = await readRefs(pathOf(sandbox, 'api'), 'refs/tags/');
		expect([...tags.keys()]).toEqual(['refs/tags/v1.0', 'refs/tags/v1.1']);
	});

	it('is always the same, and goes through a force-push, a deleted branch, a moved tag, a deleted repository and lost words', async () => {
		const [first, second] = [whole, await startDemo()];
		onTestFinished(() => second.sandbox.close());
		const stateOf = ({sandbox}: {sandbox: Sandbox}) =>
			Promise.all(
				sandbox
					.listRepositories('harbour')
					.map(async ({uuid, path}) => [uuid, await readRefs(path)] as const),
			);
		expect(await stateOf(second)).toEqual(await stateOf(first));
		const lake = await readOid(pathOf(first.sandbox, 'data-lake'), 'main');
		expect(lake).toBe('90fd0c9ae879540bc6e9cc54882e5f3aebb77734');

		const {sandbox, demo} = second;
		const [web, api, billing] = ['web', 'api', 'billing'].map((slug) => pathOf(sandbox, slug));
		const old = await readOid(web ?? '', 'main');
		const tag = await readOid(billing ?? '', 'refs/tags/stable');
		const words = await readComments(sandbox, demo);
		await changeDemoWorkspace(sandbox);
		const count = await git(web ?? '', 'rev-list', '--count', `main..${old}`);
		expect(count.trim()).toBe('3');
		// Nothing else upstream leads to these, so that a backup has something to keep.
		const lost = await git(web ?? '', 'rev-list', '--count', old, '--not', '--branches', '--tags');
		expect(lost.trim()).toBe('2');
		expect((await readRefs(api ?? '')).has('refs/heads/feature/search')).toBe(false);
		expect(await readOid(billing ?? '', 'refs/tags/stable')).not.toBe(tag);
		expect(sandbox.findRepository('harbour', 'old-site')).toBeUndefined();
		expect(words.map((text) => text.length)).toEqual([59, 79]);
		expect(await readComments(sandbox, demo)).toEqual(['Why in memory?', '']);
	});
});
