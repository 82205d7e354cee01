import {execFileSync} from 'node:child_process';
import {createServer} from 'node:net';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {connectBitbucket} from '../../../source/adapters/bitbucket/bitbucket.ts';
import {makeAgents} from '../../../source/adapters/network/agents.ts';
import type {AccessLine, AccessReport} from '../../../source/domain/access/access.ts';
import {accessExitCode} from '../../../source/domain/access/access.ts';
import {
	type Credential,
	Secret,
	type Source,
	tokenGitUser,
} from '../../../source/domain/settings/settings.ts';
import {checkAccess} from '../../../source/engine/access/check-access.ts';
import {lookUpWorkspace} from '../../../source/engine/access/workspace.ts';
import {parts} from '../../../source/parts/registry.ts';
import {type Sandbox, startSandbox} from '../../../source/sandbox/start-sandbox.ts';
import {ann, canaryToken, makeSource, readScopes} from '../../helpers/backup.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile} from '../../helpers/upstream.ts';

let sandbox: Sandbox;

beforeEach(async () => {
	sandbox = await startSandbox();
	sandbox.addWorkspace({slug: 'acme', name: 'Acme'});
	await commitFile(sandbox.addRepository({workspace: 'acme', slug: 'api'}).path);
	sandbox.addRepository({workspace: 'acme', slug: 'open', isPrivate: false});
});

afterEach(() => sandbox.close());

const addAnn = (
	options: {scopes?: readonly string[]; workspaces?: readonly string[]; expired?: boolean} = {},
): void => {
	const {scopes = readScopes, workspaces, expired = false} = options;
	const account = sandbox.addAccount({...ann, ...(workspaces && {workspaces})});
	sandbox.addApiToken({account, token: canaryToken, scopes, expired});
};

const apiToken = (changes: Partial<Extract<Credential, {kind: 'api-token'}>> = {}): Credential => ({
	kind: 'api-token',
	apiUser: ann.email,
	gitUser: ann.userName,
	token: new Secret(canaryToken),
	...changes,
});

const agents = makeAgents();
const connect = (source: Source) => connectBitbucket(source, {version: 'test', agents});

const check = async (
	changes: Partial<Source> = {},
	onLine: (line: AccessLine) => void = () => {},
	isSetUp = false,
): Promise<AccessReport> =>
	checkAccess({
		...(isSetUp ? {isSetUp} : {}),
		source: makeSource(sandbox, {ofParts: {}, ...changes}),
		connect,
		parts,
		signal: new AbortController().signal,
		onLine,
	});

const line = (report: AccessReport, id: string): AccessLine | undefined =>
	report.lines.find((each) => each.id === id);

describe('checkAccess', () => {
	it('reports the account, the visible repositories, the scopes and the sign-in to git', async () => {
		addAnn();
		const report = await check();
		expect(report.lines.map(({id, state, text}) => [id, state, text])).toEqual([
			['api', 'ok', 'Ann Example, as ann@example.com'],
			['workspace', 'ok', 'acme: 2 repositories visible, 1 of them private'],
			['read:repository:bitbucket', 'ok', 'held'],
			['read:workspace:bitbucket', 'ok', 'held'],
			['read:user:bitbucket', 'ok', 'held'],
			['git', 'ok', 'as ann, tried on acme/api'],
			['lfs', 'ok', 'saved too, with the same sign-in; size not known yet'],
			['metadata', 'ok', 'not saved: that takes read:pullrequest and "metadata: true"'],
		]);
		expect(report).toMatchObject({verdict: 'good', suspects: [], userName: 'ann'});
		expect(accessExitCode(report)).toBe(0);
	});

	it.each([
		['read:pullrequest:bitbucket', 'ok', 'held', undefined],
		[undefined, 'attention', 'missing', expect.stringContaining('Pull requests are not saved')],
	])('says whether pull requests can be read, where they are wanted: %s', async (more, ...said) => {
		addAnn({scopes: [...readScopes, ...(more === undefined ? [] : [more])]});
		const {state, text, consequence} =
			line(await check({ofParts: {metadata: 'true'}}), 'read:pullrequest:bitbucket') ?? {};
		expect([state, text, consequence]).toEqual(said);
	});

	it('finds no fault with a token that may not read settings, and says what is not saved', async () => {
		addAnn({scopes: [...readScopes, 'read:pullrequest:bitbucket', 'read:webhook:bitbucket']});
		const report = await check({ofParts: {metadata: 'true'}});
		expect(line(report, 'read:webhook:bitbucket')).toMatchObject({state: 'ok', text: 'held'});
		expect(line(report, 'admin:repository:bitbucket')).toMatchObject({
			state: 'ok',
			text: 'not held: branch restrictions and deploy keys are not saved',
		});
		expect(report.verdict).toBe('good');
	});

	it.each([
		[[], {}, 'Pull requests are not saved', 'not saved: that takes read:pullrequest'],
		[['read:pullrequest:bitbucket'], {metadata: 'true'}, 'are saved too', 'saved too'],
	])(
		'offers a source that is set up what its token allows: %j',
		async (more, settings, remark, text) => {
			addAnn({scopes: [...readScopes, ...more]});
			const report = await check({}, () => {}, true);
			expect(report.offered).toEqual({settings, remarks: [expect.stringContaining(remark)]});
			expect(line(report, 'metadata')?.text).toContain(text);
			expect(report.verdict).toBe('good');
		},
	);

	it('tells of LFS files what the settings say, and nothing where the sign-in fails', async () => {
		addAnn();
		const tell = async (lfs: string) => line(await check({ofParts: {lfs}}), 'lfs')?.text;
		expect(await tell('report')).toBe('not saved, only named: "lfs: report"');
		expect(await tell('ignore')).toBe('not saved and not named: "lfs: ignore"');
		const refused = await check({credential: apiToken({gitUser: 'anna'})});
		expect(line(refused, 'lfs')).toBeUndefined();
	});

	it('reports each line as it comes, and ends with the last ones', async () => {
		addAnn();
		const told: AccessLine[] = [];
		const report = await check({}, (each) => told.push(each));
		const states = told.filter(({id}) => id === 'api').map(({state}) => state);
		expect(states).toEqual(['running', 'ok']);
		expect(report.lines).toEqual([...new Map(told.map((each) => [each.id, each])).values()]);
	});

	it('suspects the e-mail address when git accepts the token', async () => {
		addAnn();
		const report = await check({credential: apiToken({apiUser: 'ann@elsewhere.example'})});
		expect(report).toMatchObject({verdict: 'refused', suspects: ['apiAuthName', 'token']});
		expect(line(report, 'api')?.text).toBe('refused for ann@elsewhere.example');
		expect(accessExitCode(report)).toBe(12);
	});

	it.each([
		['expired', () => addAnn({expired: true})],
		['unknown', () => {}],
		[
			'revoked',
			() => {
				addAnn();
				sandbox.revokeToken(canaryToken);
			},
		],
	])('takes an %s token for the cause if git refuses it as well', async (_, arrange) => {
		arrange();
		const report = await check();
		expect(report).toMatchObject({verdict: 'refused', suspects: ['token', 'apiAuthName']});
	});

	it('names both suspects when git cannot be asked', async () => {
		sandbox.addFault({match: {service: 'git'}, answer: {kind: 'reset'}});
		const report = await check();
		expect(report).toMatchObject({verdict: 'refused', suspects: ['token', 'apiAuthName']});
		expect(line(report, 'api')?.consequence).toContain('does not say which');
	});

	it('suspects the user name when git accepts the token with another', async () => {
		addAnn();
		const report = await check({credential: apiToken({gitUser: 'anna'})});
		expect(report).toMatchObject({
			verdict: 'refused',
			suspects: ['authName'],
			userName: 'ann',
			tokenNameWorks: true,
		});
		expect(line(report, 'git')?.text).toBe('refused for the user name "anna"');
		expect(line(report, 'git')?.consequence).toContain('Bitbucket calls you "ann"');
	});

	it('suspects the token when git accepts it with no name at all', async () => {
		addAnn();
		sandbox.addFault({match: {service: 'git'}, answer: {kind: 'answer', status: 401}});
		const report = await check({credential: apiToken({gitUser: tokenGitUser})});
		expect(report).toMatchObject({suspects: ['token'], tokenNameWorks: false});
	});

	it('names each missing scope and its consequence', async () => {
		addAnn({scopes: ['read:repository:bitbucket']});
		const report = await check();
		expect(line(report, 'read:repository:bitbucket')?.state).toBe('ok');
		expect(line(report, 'read:workspace:bitbucket')).toMatchObject({
			state: 'attention',
			text: 'missing',
		});
		expect(line(report, 'read:user:bitbucket')?.state).toBe('attention');
		expect(line(report, 'git')?.state).toBe('ok');
		expect(report.verdict).toBe('limited');
		expect(accessExitCode(report)).toBe(3);
	});

	it('refuses a token without the needed scope', async () => {
		addAnn({scopes: ['read:user:bitbucket', 'write:repository:bitbucket']});
		const report = await check();
		expect(line(report, 'read:repository:bitbucket')).toMatchObject({
			state: 'failed',
			text: 'missing',
		});
		expect(report).toMatchObject({verdict: 'refused', suspects: ['token']});
	});

	it('explains a token without scopes', async () => {
		addAnn({scopes: []});
		const report = await check();
		expect(line(report, 'read:repository:bitbucket')?.text).toContain('made without scopes');
	});

	it('infers the scopes from the requests when Bitbucket does not send them', async () => {
		addAnn();
		const withoutHeader = (source: Source) => {
			const bitbucket = connect(source);
			return {
				...bitbucket,
				readAccount: async (signal: AbortSignal) => ({
					...(await bitbucket.readAccount(signal)),
					scopes: undefined,
				}),
			};
		};
		const report = await checkAccess({
			source: makeSource(sandbox),
			connect: withoutHeader,
			parts,
			signal: new AbortController().signal,
			onLine: () => {},
		});
		expect(line(report, 'read:user:bitbucket')?.state).toBe('ok');
		expect(line(report, 'read:workspace:bitbucket')?.state).toBe('ok');
		expect(line(report, 'read:repository:bitbucket')).toMatchObject({state: 'ok'});
	});

	it('reports a missing workspace and names the existing ones', async () => {
		addAnn();
		const report = await check({workspace: 'acne'});
		expect(line(report, 'workspace')?.text).toBe('acne: there is no such workspace');
		expect(report).toMatchObject({
			verdict: 'unreachable',
			suspects: ['workspace'],
			workspaces: ['acme'],
		});
	});

	it('reports that the account is not a member of a private workspace', async () => {
		sandbox.addWorkspace({slug: 'own'});
		addAnn({workspaces: ['own']});
		const report = await check();
		expect(line(report, 'workspace')?.text).toContain('not a member');
		expect(report).toMatchObject({verdict: 'refused', workspaces: ['own']});
	});

	it('warns a guest of a public workspace that only a part is visible', async () => {
		sandbox.addWorkspace({slug: 'own'});
		const open = sandbox.addWorkspace({slug: 'open', isPrivate: false});
		await commitFile(
			sandbox.addRepository({workspace: open.slug, slug: 'web', isPrivate: false}).path,
		);
		addAnn({workspaces: ['own']});
		const report = await check({workspace: 'open'});
		expect(line(report, 'workspace')).toMatchObject({state: 'attention'});
		expect(line(report, 'workspace')?.consequence).toContain('not a member of open');
	});

	it('counts ten pages at most', async () => {
		addAnn();
		const path = makeTemporaryFolder();
		execFileSync('git', ['init', '--quiet', '--bare', path]);
		for (let index = 0; index < 1100; index += 1) {
			sandbox.addRepository({workspace: 'acme', slug: `many-${index}`, path});
		}
		const report = await check();
		expect(line(report, 'workspace')?.text).toBe(
			'acme: 1102 repositories visible; of the first 1000, 999 are private',
		);
	});

	it('accepts an access token, which has no user name', async () => {
		const token = 'ATCTT3xFfGN0-of-acme';
		sandbox.addAccessToken({token, kind: 'workspace', scopes: ['repository'], workspace: 'acme'});
		const report = await check({credential: {kind: 'access-token', token: new Secret(token)}});
		expect(report.lines.map(({id, state}) => [id, state])).toEqual([
			['api', 'ok'],
			['workspace', 'ok'],
			['repository', 'ok'],
			['git', 'ok'],
			['lfs', 'ok'],
			['metadata', 'ok'],
		]);
		expect(report.verdict).toBe('good');
	});

	it('reports that without a token only public repositories are visible', async () => {
		sandbox.addWorkspace({slug: 'open', isPrivate: false});
		await commitFile(
			sandbox.addRepository({workspace: 'open', slug: 'web', isPrivate: false}).path,
		);
		const report = await check({workspace: 'open', credential: {kind: 'none'}});
		expect(line(report, 'api')?.consequence).toContain('Private repositories');
		expect(line(report, 'workspace')?.text).toBe('open: 1 repository visible, 0 of them private');
		expect(report.verdict).toBe('good');
	});

	it('does not blame the credentials for a limit, an outage or a lost network', async () => {
		addAnn();
		const fault = sandbox.addFault({
			match: {service: 'api'},
			answer: {kind: 'rate-limit', tells: 'nothing'},
		});
		const limited = await check();
		expect(limited).toMatchObject({verdict: 'unreachable', suspects: []});
		expect(line(limited, 'api')?.text).toContain('slow down');
		fault.remove();
		sandbox.addFault({match: {service: 'git'}, answer: {kind: 'answer', status: 503}});
		const broken = await check();
		expect(line(broken, 'git')).toMatchObject({state: 'failed'});
		expect(broken).toMatchObject({verdict: 'unreachable', suspects: []});
		expect(accessExitCode(broken)).toBe(3);
	});

	it('distinguishes no answer from an answer that is not trusted', async () => {
		const server = createServer((socket) => {
			socket.on('error', () => {});
			socket.write('not TLS\n', () => socket.destroy());
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const address = server.address();
		const port = typeof address === 'object' ? address?.port : undefined;
		const untrusted = await check({apiUrl: `https://127.0.0.1:${port}/2.0`});
		await new Promise((resolve) => server.close(resolve));
		const silent = await check({apiUrl: `http://127.0.0.1:${port}/2.0`});
		expect(line(untrusted, 'api')?.text).toContain('trusted connection');
		expect(line(silent, 'api')?.text).toContain('refused');
		expect([untrusted.verdict, silent.verdict]).toEqual(['unreachable', 'unreachable']);
	});

	it('removes terminal control characters from the names that a server sends', async () => {
		const account = sandbox.addAccount({...ann, displayName: '\u001B[31mAnn\u202E'});
		sandbox.addApiToken({account, token: canaryToken, scopes: readScopes});
		const report = await check();
		expect(line(report, 'api')?.text).toBe('\\x1b[31mAnn\\u{202e}, as ann@example.com');
	});

	it('never shows the token', async () => {
		addAnn({expired: true});
		expect(JSON.stringify(await check())).not.toContain(canaryToken);
	});

	it('stops at once when its signal aborts', async () => {
		addAnn();
		sandbox.addFault({match: {service: 'api'}, answer: {kind: 'silence'}});
		const controller = new AbortController();
		const reason = new Error('enough');
		const running = checkAccess({
			source: makeSource(sandbox),
			connect,
			parts,
			signal: controller.signal,
			onLine: () => controller.abort(reason),
		});
		await expect(running).rejects.toBe(reason);
	});
});

describe('lookUpWorkspace', () => {
	const lookUp = (workspace: string) =>
		lookUpWorkspace(makeSource(sandbox, {workspace}), connect, new AbortController().signal);

	it('distinguishes public, private and missing without a token', async () => {
		sandbox.addWorkspace({slug: 'open', name: 'Open', isPrivate: false});
		expect(await lookUp('open')).toEqual({state: 'public', name: 'Open'});
		expect(await lookUp('acme')).toEqual({state: 'private'});
		expect(await lookUp('acne')).toEqual({state: 'missing'});
		expect(sandbox.requests.map(({headers}) => headers.authorization)).not.toContainEqual(
			expect.any(String),
		);
	});

	it('reports unknown when Bitbucket cannot be asked', async () => {
		sandbox.addFault({answer: {kind: 'reset'}});
		expect(await lookUp('acme')).toEqual({state: 'unknown'});
	});
});
