import {describe, expect, it} from 'vitest';
import type {MetadataRead, MetadataRequest} from '../../../source/ports/metadata.ts';
import {accessToken, canary, connect, failureOf, never} from './sources.ts';
import {sendJson, startServer} from './start-server.ts';

const repository = {
	workspace: 'acme',
	slug: 'api',
	uuid: '1f2e3d4c-0000-4000-8000-000000000001',
} as const;

const hooks: MetadataRequest = {kind: 'hooks', repository};

const place = `/2.0/repositories/acme/${encodeURIComponent(`{${repository.uuid}}`)}`;

/** Answers every request with this, and gives the source. */
const answerWith = async (value: unknown, status = 200, headers: Record<string, string> = {}) => {
	const server = await startServer((_request, response) =>
		sendJson(response, value, status, headers),
	);
	return {...server, bitbucket: connect(server.origin)};
};

const expectRead = async (work: Promise<{state: string}>): Promise<MetadataRead> => {
	const answer = await work;
	expect(answer.state).toBe('read');
	return answer as MetadataRead;
};

const addressOf = async (request: MetadataRequest): Promise<URL> => {
	const {bitbucket, requests, origin} = await answerWith({values: []});
	await bitbucket.readMetadata(request, never);
	return new URL(requests[0]?.url ?? '', origin);
};

describe('a question about metadata', () => {
	it('asks with the look for open ones and what changed, by id, with participants', async () => {
		const since = '2026-11-21T08:03:11.203941+00:00';
		const {pathname, searchParams} = await addressOf({
			kind: 'pull-requests',
			repository,
			walk: {to: 'newest', since, after: 142},
			isSorted: true,
		});
		expect(pathname).toBe(`${place}/pullrequests`);
		expect(searchParams.getAll('state')).toEqual(['OPEN', 'MERGED', 'DECLINED', 'SUPERSEDED']);
		expect(searchParams.get('pagelen')).toBe('50');
		expect(searchParams.get('sort')).toBe('id');
		expect(searchParams.get('q')).toBe(`(state="OPEN" OR updated_on>="${since}") AND id>142`);
		expect(searchParams.get('fields')).toMatch(
			/^\+values\.participants,\+values\.reviewers,-values/,
		);
	});

	it.each([
		[{to: 'newest', since: undefined, after: 0}, true, 'state="OPEN" AND id>0', 'id'],
		[{to: 'oldest', before: 51}, true, 'id<51', '-id'],
		[{to: 'oldest', before: undefined}, false, null, null],
	] as const)('walks as %j', async (walk, isSorted, q, sort) => {
		const {searchParams} = await addressOf({kind: 'pull-requests', repository, walk, isSorted});
		expect([searchParams.get('q'), searchParams.get('sort')]).toEqual([q, sort]);
	});

	it.each([
		[
			{kind: 'comments', repository, id: 7, since: '2026-01-01T00:00:00Z'},
			'/pullrequests/7/comments',
		],
		[{kind: 'tasks', repository, id: 7}, '/pullrequests/7/tasks'],
		[{kind: 'pull-request-commits', repository, id: 7}, '/pullrequests/7/commits'],
		[{kind: 'activity', repository}, '/pullrequests/activity'],
		[{kind: 'commit-comments', repository, commit: 'a/b'}, '/commit/a%2Fb/comments'],
		[{kind: 'branching-model-settings', repository}, '/branching-model/settings'],
	] as const)('is sent to the address of %j', async (request, path) => {
		expect((await addressOf(request)).pathname).toBe(`${place}${path}`);
	});

	it('names a repository by its slug where Bitbucket knows no other name', async () => {
		const {pathname} = await addressOf({
			kind: 'environment-variables',
			repository,
			environment: '{e1}',
		});
		expect(pathname).toBe(
			'/2.0/repositories/acme/api/deployments_config/environments/%7Be1%7D/variables',
		);
	});

	it('is sent to its workspace and project whatever the names hold', async () => {
		expect((await addressOf({kind: 'workspace-hooks'})).pathname).toBe(
			'/2.0/workspaces/acme/hooks',
		);
		const {pathname} = await addressOf({kind: 'project-deploy-keys', project: '../x'});
		expect(pathname).toBe('/2.0/workspaces/acme/projects/..%2Fx/deploy-keys');
	});
});

describe('an answer about metadata', () => {
	it('has its items as they came, its size, its date and the next page', async () => {
		const date = 'Mon, 23 Nov 2026 12:00:00 GMT';
		const server = await startServer((_request, response) =>
			sendJson(
				response,
				{values: [{id: 1, unknown: {field: true}}], size: 9, next: `${server.origin}/2.0/x?page=2`},
				200,
				{date},
			),
		);
		const answer = await connect(server.origin).readMetadata(hooks, never);
		expect(answer).toEqual({
			state: 'read',
			values: [{id: 1, unknown: {field: true}}],
			isList: true,
			size: 9,
			next: `${server.origin}/2.0/x?page=2`,
			at: Date.parse(date),
		});
	});

	it('is one item for a single object', async () => {
		const {bitbucket} = await answerWith({development: {name: 'main'}});
		const answer = await bitbucket.readMetadata({kind: 'branching-model', repository}, never);
		expect(answer).toMatchObject({values: [{development: {name: 'main'}}], isList: false});
	});

	it('goes on only at the API’s own origin', async () => {
		const {bitbucket} = await answerWith({values: [], next: 'https://evil.example/2.0/x'});
		const refusal = {kind: 'address-refused', address: 'https://evil.example'};
		expect(await failureOf(bitbucket.readMetadata(hooks, never))).toMatchObject(refusal);
		const page = 'https://evil.example/2.0/x';
		expect(await failureOf(bitbucket.readMetadata({...hooks, page}, never))).toMatchObject(refusal);
	});

	it.each([
		[{values: [1]}, 'an item is not an object'],
		[{values: [{id: 1}, null]}, 'an item is not an object'],
		[{values: 'none'}, 'values is not a list'],
		[[], 'values is not a list'],
	])('of another form is refused: %j', async (body, detail) => {
		const {bitbucket} = await answerWith(body);
		const failure = await failureOf(bitbucket.readMetadata(hooks, never));
		expect(failure).toMatchObject({kind: 'unexpected-answer'});
		expect(JSON.stringify(failure)).toContain(detail.split(' ')[0]);
	});

	it('never holds the token, though a server repeats it', async () => {
		const {bitbucket} = await answerWith({values: [{url: `https://x/?${canary}`}]});
		const {values} = await expectRead(bitbucket.readMetadata(hooks, never));
		expect(values).toEqual([{url: 'https://x/?[secret]'}]);
		const refusing = await answerWith({error: {message: `No ${canary}`}}, 402);
		const answer = await refusing.bitbucket.readMetadata(hooks, never);
		expect(answer).toMatchObject({failure: {message: 'No [secret]'}});
	});

	it.each([
		[402, 'refused', 'payment-required'],
		[403, 'refused', 'forbidden'],
		[404, 'absent', 'not-found'],
		[410, 'absent', 'gone'],
	])('of status %i is %s and no failure', async (status, state, kind) => {
		const {bitbucket} = await answerWith({error: {message: 'No.'}}, status);
		const answer = await bitbucket.readMetadata(hooks, never);
		expect(answer).toMatchObject({state, failure: {kind}});
	});

	it('is refused where a sentence stands in place of snippets', async () => {
		const message = 'A workspace on a Free plan does not support snippets.';
		const {bitbucket} = await answerWith({values: [message]});
		const answer = await bitbucket.readMetadata({kind: 'snippets'}, never);
		expect(answer).toEqual({state: 'refused', failure: {kind: 'payment-required', message}});
	});

	it.each([
		[401, {}, 'credentials-refused'],
		[429, {}, 'rate-limited'],
		[403, {message: 'Rate limit for this resource has been exceeded'}, 'rate-limited'],
		[500, {}, 'server-error'],
		[555, {}, 'server-timeout'],
		[400, {message: 'Invalid context'}, 'unexpected-answer'],
		[404, {message: 'You may not have access to this repository or it no longer …'}, 'not-found'],
	])('of status %i with %j is a failure', async (status, error, kind) => {
		const {bitbucket} = await answerWith({error}, status);
		expect(await failureOf(bitbucket.readMetadata(hooks, never))).toMatchObject({kind});
	});
});

describe('a refusal for want of a scope', () => {
	const foresee = async (held: string, credential?: typeof accessToken) => {
		const server = await startServer((_request, response) =>
			sendJson(response, {values: []}, 200, {'x-oauth-scopes': held}),
		);
		const bitbucket = connect(server.origin, credential);
		expect(bitbucket.foreseeRefusal('deploy-keys')).toBeUndefined();
		await bitbucket.readMetadata(hooks, never);
		return (kind: MetadataRequest['kind']) => bitbucket.foreseeRefusal(kind);
	};

	it('is foreseen from the first answer on, and names the scope', async () => {
		const refusalOf = await foresee('read:webhook:bitbucket, read:repository:bitbucket');
		expect(refusalOf('hooks')).toBeUndefined();
		expect(refusalOf('branching-model')).toBeUndefined();
		expect(refusalOf('deploy-keys')).toEqual({
			state: 'refused',
			failure: {
				kind: 'permission-missing',
				door: 'api',
				required: ['admin:repository:bitbucket'],
			},
		});
	});

	it('follows the names that access tokens have, where writing gives reading', async () => {
		const refusalOf = await foresee('pullrequest:write, webhook', accessToken);
		expect(refusalOf('comments')).toBeUndefined();
		expect(refusalOf('hooks')).toBeUndefined();
		expect(refusalOf('downloads')).toBeUndefined();
		expect(refusalOf('branch-restrictions')).toMatchObject({
			failure: {required: ['repository:admin']},
		});
	});
});
