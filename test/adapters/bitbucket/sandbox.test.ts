import {describe, expect, it, onTestFinished} from 'vitest';
import {connectBitbucket} from '../../../source/adapters/bitbucket/bitbucket.ts';
import {makeAgents} from '../../../source/adapters/network/agents.ts';
import type {Failure} from '../../../source/domain/failure/failure.ts';
import {type Credential, Secret, tokenGitUser} from '../../../source/domain/settings/settings.ts';
import type {FaultAnswer} from '../../../source/sandbox/faults.ts';
import {type Sandbox, startSandbox} from '../../../source/sandbox/start-sandbox.ts';
import {commitFile, readOid} from '../../helpers/upstream.ts';
import {failureOf, never} from './sources.ts';

const scopes = ['read:user:bitbucket', 'read:workspace:bitbucket', 'read:repository:bitbucket'];

const good: Credential = {
	kind: 'api-token',
	apiUser: 'ann@example.com',
	gitUser: 'ann',
	token: new Secret('ATATT3xGood'),
};

const openSandbox = async (): Promise<Sandbox> => {
	const sandbox = await startSandbox();
	onTestFinished(() => sandbox.close());
	sandbox.addWorkspace({slug: 'acme', name: 'Acme Ltd'});
	const account = sandbox.addAccount({
		email: 'ann@example.com',
		userName: 'ann',
		displayName: 'Ann Example',
		workspaces: ['acme'],
	});
	sandbox.addApiToken({account, token: 'ATATT3xGood', scopes});
	sandbox.addApiToken({account, token: 'ATATT3xNarrow', scopes: ['read:pullrequest:bitbucket']});
	sandbox.addAccessToken({
		token: 'ATCTT3xAccess',
		kind: 'workspace',
		scopes: ['repository'],
		workspace: 'acme',
	});
	return sandbox;
};

const connect = ({apiUrl}: Sandbox, credential: Credential = good, workspace = 'acme') =>
	connectBitbucket(
		{
			title: 'acme',
			type: 'org',
			workspace,
			credential,
			includeRepos: [],
			ignoreRepos: [],
			apiUrl,
			ofParts: {},
			tokenExpires: undefined,
		},
		{version: '1.2.3', agents: makeAgents()},
	);

const accessToken: Credential = {kind: 'access-token', token: new Secret('ATCTT3xAccess')};

describe('a small Bitbucket', () => {
	it('is listed page by page, each repository once', async () => {
		const sandbox = await openSandbox();
		const shared = sandbox.addRepository({workspace: 'acme', slug: 'r0'});
		for (let number = 1; number < 230; number += 1) {
			sandbox.addRepository({workspace: 'acme', slug: `r${number}`, path: shared.path});
		}
		const bitbucket = connect(sandbox);
		const slugs: string[] = [];
		let page: string | undefined;
		do {
			const {repositories, total, next} = await bitbucket.readRepositoryPage(page, never);
			expect(total).toBe(230);
			slugs.push(...repositories.map(({slug}) => slug));
			page = next;
		} while (page !== undefined);
		expect(slugs).toHaveLength(230);
		expect(new Set(slugs).size).toBe(230);
		expect(sandbox.requestsTo('api')).toHaveLength(3);
	});

	it('names its repositories with the fields that a backup needs', async () => {
		const sandbox = await openSandbox();
		const repository = sandbox.addRepository({
			workspace: 'acme',
			slug: 'api',
			mainBranch: 'trunk',
			hasWiki: true,
			size: 42,
		});
		const bitbucket = connect(sandbox);
		const before = await bitbucket.readRepositoryPage(undefined, never);
		expect(before.repositories[0]?.mainBranch).toBeUndefined();
		await commitFile(repository.path, {branch: 'trunk'});
		const after = await bitbucket.readRepositoryPage(undefined, never);
		expect(after.repositories).toEqual([
			{
				uuid: repository.uuid.slice(1, -1),
				workspace: 'acme',
				slug: 'api',
				isPrivate: true,
				mainBranch: 'trunk',
				hasWiki: true,
				size: 42,
				cloneUrl: sandbox.urlOf(repository),
			},
		]);
	});

	it('names the account of either kind of token', async () => {
		const sandbox = await openSandbox();
		expect(await connect(sandbox).readAccount(never)).toEqual({
			kind: 'user',
			displayName: 'Ann Example',
			userName: 'ann',
			scopes,
		});
		expect(await connect(sandbox, accessToken).readAccount(never)).toMatchObject({
			kind: 'access-token',
			scopes: ['repository'],
		});
		expect(await connect(sandbox).readWorkspace(never)).toMatchObject({
			slug: 'acme',
			name: 'Acme Ltd',
		});
		expect(await connect(sandbox).listWorkspaces(never)).toEqual(['acme']);
	});

	it('advertises the refs that a repository has, to every kind of credential', async () => {
		const sandbox = await openSandbox();
		const repository = sandbox.addRepository({workspace: 'acme', slug: 'api', mainBranch: 'trunk'});
		await commitFile(repository.path, {branch: 'trunk'});
		const anyName: Credential = {...good, gitUser: tokenGitUser};
		for (const credential of [good, anyName, accessToken]) {
			const bitbucket = connect(sandbox, credential);
			const url = bitbucket.checkCloneUrl(sandbox.urlOf(repository));
			expect(await bitbucket.readAdvertisement(url, never)).toEqual({
				head: 'refs/heads/trunk',
				refs: new Map([['refs/heads/trunk', await readOid(repository.path, 'refs/heads/trunk')]]),
				refused: [],
			});
		}
		expect(sandbox.requestsTo('git')).toHaveLength(3);
	});

	it('answers in three ways for a repository without a push', async () => {
		const sandbox = await openSandbox();
		const repository = sandbox.addRepository({workspace: 'acme', slug: 'empty'});
		const read = () => connect(sandbox).readAdvertisement(sandbox.urlOf(repository), never);
		expect((await read()).refs.size).toBe(0);
		repository.whenEmpty = 'fork-exec-error';
		expect(await failureOf(read())).toMatchObject({kind: 'server-error', status: 200});
		repository.whenEmpty = 'not-found';
		expect(await failureOf(read())).toMatchObject({kind: 'not-found', door: 'git'});
	});

	it.each<[string, Credential, Failure, Failure]>([
		[
			'a wrong token',
			{...good, token: new Secret('ATATT3xWrong')},
			{kind: 'credentials-refused', door: 'api'},
			{kind: 'credentials-refused', door: 'git'},
		],
		[
			'an app password',
			{...good, token: new Secret('ATBBxyz')},
			{kind: 'credentials-refused', door: 'api'},
			{kind: 'gone', door: 'git', message: expect.any(String)},
		],
		[
			'a token without the scope',
			{...good, token: new Secret('ATATT3xNarrow')},
			{kind: 'permission-missing', door: 'api', required: ['read:repository:bitbucket']},
			{kind: 'permission-missing', door: 'git', required: []},
		],
	])('refuses %s at both endpoints', async (_, credential, api, git) => {
		const sandbox = await openSandbox();
		const repository = sandbox.addRepository({workspace: 'acme', slug: 'api'});
		const bitbucket = connect(sandbox, credential);
		expect(await failureOf(bitbucket.readRepositoryPage(undefined, never))).toEqual(api);
		expect(await failureOf(bitbucket.readAdvertisement(sandbox.urlOf(repository), never))).toEqual(
			git,
		);
	});

	it('accepts the API request and refuses git if the user name is wrong', async () => {
		const sandbox = await openSandbox();
		const repository = sandbox.addRepository({workspace: 'acme', slug: 'api'});
		const bitbucket = connect(sandbox, {...good, gitUser: 'ann@example.com'});
		expect((await bitbucket.readAccount(never)).userName).toBe('ann');
		expect(await failureOf(bitbucket.readAdvertisement(sandbox.urlOf(repository), never))).toEqual({
			kind: 'credentials-refused',
			door: 'git',
		});
	});

	it.each<[FaultAnswer, Partial<Failure>]>([
		[
			{kind: 'rate-limit', tells: 'retry-after-seconds', seconds: 7},
			{kind: 'rate-limited', retryAfter: 7000},
		],
		[
			{kind: 'rate-limit', tells: 'reset-seconds', seconds: 7},
			{kind: 'rate-limited', retryAfter: 7000},
		],
		[
			{kind: 'rate-limit', tells: 'nothing'},
			{kind: 'rate-limited', retryAfter: undefined},
		],
		[{kind: 'reset'}, {kind: 'network', problem: 'connection-reset'}],
		[{kind: 'empty-reply'}, {kind: 'network', problem: 'connection-reset'}],
		[
			{kind: 'cut-short', after: 10},
			{kind: 'network', problem: 'cut-short'},
		],
		[{kind: 'answer', status: 555}, {kind: 'server-timeout'}],
		[{kind: 'redirect', to: 'https://evil.example/'}, {kind: 'address-refused'}],
	])('fails as %o at either endpoint, after one request', async (answer, expected) => {
		const sandbox = await openSandbox();
		const repository = sandbox.addRepository({workspace: 'acme', slug: 'api'});
		await commitFile(repository.path);
		sandbox.addFault({answer});
		const bitbucket = connect(sandbox);
		expect(await failureOf(bitbucket.readRepositoryPage(undefined, never))).toMatchObject(expected);
		expect(
			await failureOf(bitbucket.readAdvertisement(sandbox.urlOf(repository), never)),
		).toMatchObject(expected);
		expect(sandbox.requests).toHaveLength(2);
	});

	it('reads an answer that comes three bytes at a time', async () => {
		const sandbox = await openSandbox();
		const repository = sandbox.addRepository({workspace: 'acme', slug: 'api'});
		await commitFile(repository.path);
		sandbox.addFault({answer: {kind: 'trickle', bytes: 3, every: 0}});
		const bitbucket = connect(sandbox);
		const {refs} = await bitbucket.readAdvertisement(sandbox.urlOf(repository), never);
		expect([...refs.keys()]).toEqual(['refs/heads/main']);
		expect((await bitbucket.readRepositoryPage(undefined, never)).repositories).toHaveLength(1);
	});

	it('shows nothing private without a credential', async () => {
		const sandbox = await openSandbox();
		sandbox.addRepository({workspace: 'acme', slug: 'hidden'});
		sandbox.addRepository({workspace: 'acme', slug: 'open', isPrivate: false});
		const {repositories} = await connect(sandbox, {kind: 'none'}).readRepositoryPage(
			undefined,
			never,
		);
		expect(repositories.map(({slug}) => slug)).toEqual(['open']);
	});

	it('knows no other workspace', async () => {
		const sandbox = await openSandbox();
		const bitbucket = connect(sandbox, good, 'nobody');
		expect(await failureOf(bitbucket.readWorkspace(never))).toMatchObject({kind: 'not-found'});
		expect(await failureOf(bitbucket.readRepositoryPage(undefined, never))).toMatchObject({
			kind: 'not-found',
		});
	});
});
