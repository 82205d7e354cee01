import {execFileSync, spawnSync} from 'node:child_process';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {day} from '../../../source/domain/text/format.ts';
import {readHistory} from '../../../source/engine/saved/read-history.ts';
import type {Document} from '../../../source/sandbox/metadata/metadata.ts';
import type {SandboxRepository} from '../../../source/sandbox/model.ts';
import {acceptAll} from '../../helpers/accept-all.ts';
import {makeWorld, type RunResult} from '../../helpers/backup.ts';
import {addReader, metadataScopes, readSaved, settingsScopes} from '../../helpers/metadata.ts';
import {runVerify} from '../../helpers/verify.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

const setUp = async (scopes: readonly string[], ...slugs: readonly string[]) => {
	const repositories = await acme.addSaved(...slugs);
	const {source, token} = addReader(acme.sandbox, scopes);
	const {settings} = acme.sandbox.metadata;
	let requests = acme.sandbox.requests.length;
	return {
		repositories,
		token,
		put: (index: number, path: string, document: Document): void =>
			settings.put(repositories[index] as SandboxRepository, path, document),
		run: (ofParts: Readonly<Record<string, string>> = {}): Promise<RunResult> =>
			acme.run({
				source: {...source, ofParts: {metadata: 'true', ...ofParts}},
				settings: {metadataTime: 60_000},
			}),
		saved: (slug: string, path: string): unknown =>
			readSaved(acme.path(`acme#${slug}`, 'metadata'), path),
		log: (slug: string): string => readLog(acme.path(`acme#${slug}`, 'metadata')),
		/** Paths that were asked for since the last time, below the repository's address. */
		asked: (): readonly string[] => {
			const since = acme.sandbox.requests.slice(requests);
			requests = acme.sandbox.requests.length;
			return since.flatMap(({path}) => {
				const [, below] = /^\/2\.0\/repositories\/[^/]+\/[^/]+\/([^?]+)/.exec(path) ?? [];
				return below === undefined || /^(pullrequests|commit|downloads)/.test(below) ? [] : [below];
			});
		},
	};
};

const readLog = (mirror: string): string =>
	execFileSync('git', ['-C', mirror, 'log', '-p', '--format=%s', 'main'], {encoding: 'utf8'});

const noticesOf = ({events}: RunResult): readonly string[] =>
	events.flatMap((event) => (event.type === 'noticed' ? [event.text] : []));

describe('settings of a repository', () => {
	it('are saved, each answer in a file of its own, and the repository as it was listed', async () => {
		const {repositories, put, run, saved, asked} = await setUp(settingsScopes, 'api');
		const [api] = repositories;
		if (api !== undefined) {
			api.description = 'The interface';
		}

		put(0, 'hooks', [
			{uuid: '{2}', url: 'https://b.example'},
			{uuid: '{1}', url: 'https://a.example'},
		]);
		put(0, 'deploy-keys', [{id: 7, key: 'ssh-ed25519 AAAA', last_used: '2026-11-29'}]);
		const {exitCode, reports, events} = await run();
		expect(saved('api', 'settings/hooks.json')).toEqual([
			{url: 'https://a.example', uuid: '{1}'},
			{url: 'https://b.example', uuid: '{2}'},
		]);
		expect(saved('api', 'settings/deploy-keys.json')).toEqual([{id: 7, key: 'ssh-ed25519 AAAA'}]);
		expect(saved('api', 'settings/pipelines.json')).toMatchObject({enabled: false});
		expect(saved('api', 'repository.json')).toMatchObject({
			description: 'The interface',
			project: {key: api?.projectKey},
			override_settings: expect.anything(),
		});
		expect(asked()).not.toContain('');
		// Each repository has settings, so the first ones are no news.
		expect(events.filter(({type}) => type === 'follow-up-saved')).toEqual([]);
		expect(reports[0]?.gaps).toEqual([]);
		expect(exitCode).toBe(exitCodes.done);
		expect([...(await runVerify(acme)).findings.values()].flat()).toEqual([]);
	});

	it('of pipelines are read where these are on, with the variables of each environment', async () => {
		const {put, run, saved, asked} = await setUp(settingsScopes, 'api', 'web');
		put(0, 'pipelines_config', {enabled: true});
		put(0, 'environments', [{uuid: '{e1}', name: 'Test'}]);
		put(0, 'deployments_config/environments/{e1}/variables', [{uuid: '{v}', key: 'A', value: '1'}]);
		await run();
		expect(saved('api', 'settings/environment-variables.json')).toEqual([
			{name: 'Test', uuid: '{e1}', variables: [{key: 'A', uuid: '{v}', value: '1'}]},
		]);
		expect(asked().filter((path) => path === 'pipelines_config/schedules')).toHaveLength(1);
		expect(saved('web', 'settings/pipeline-variables.json')).toBeUndefined();
	});

	it('never hold a secret, and no screen, record or log does', async () => {
		const {put, run, log} = await setUp(settingsScopes, 'api');
		put(0, 'hooks', [{uuid: '{1}', secret: 'canary-of-the-hook', secret_set: true}]);
		put(0, 'pipelines_config', {enabled: true});
		put(0, 'pipelines_config/variables', [{uuid: '{v}', secured: true, value: 'canary-variable'}]);
		put(0, 'pipelines_config/ssh/key_pair', {public_key: 'p', private_key: 'canary-key'});
		put(0, 'deploy-keys', [{id: 1, token: 'canary-token', password: 'canary-password'}]);
		const result = await run();
		expect(log('api')).not.toContain('canary');
		expect(JSON.stringify(result)).not.toContain('canary-');
		expect(spawnSync('grep', ['-r', 'canary-', acme.folder]).status).toBe(1);
		expect(noticesOf(result)).toContainEqual(expect.stringContaining('private_key'));
	});

	it('are read again after seven days, and cost nothing before', async () => {
		const {run, asked, put, saved, log} = await setUp(settingsScopes, 'api', 'web');
		await run();
		acme.clock.advance(3 * day);
		asked();
		const {exitCode: quiet, reports} = await run();
		expect(quiet).toBe(exitCodes.done);
		expect(reports[0]?.notes).toContain('Oldest settings 3 days ago.');
		expect(asked()).toEqual([]);
		put(0, 'hooks', [{uuid: '{1}', url: 'https://new.example'}]);
		acme.clock.advance(4 * day);
		const {events, exitCode} = await run();
		expect(asked().filter((path) => path === 'hooks')).toHaveLength(2);
		expect(saved('api', 'settings/hooks.json')).toMatchObject([{url: 'https://new.example'}]);
		expect(events).toContainEqual(
			expect.objectContaining({type: 'follow-up-saved', text: 'settings: webhooks'}),
		);
		expect(log('api')).toMatch(/^settings: webhooks$/m);
		const {settings: changes} = await readHistory(
			{git: makeWorld(acme.clock).openGit('history'), clock: acme.clock},
			{
				source: {source: 'acme', folder: acme.path()},
				folder: 'acme#api',
				record: {workspace: 'acme', slug: 'api'},
			},
		);
		expect(changes).toEqual([{at: expect.any(String), names: ['hooks']}]);
		expect(exitCode).toBe(exitCodes.done);
	});

	it('that the token lacks a scope for are not asked for, and named in every run', async () => {
		const {run, asked} = await setUp(metadataScopes, 'api');
		for (let count = 0; count < 2; count += 1) {
			const {exitCode, reports} = await run();
			expect(exitCode).toBe(exitCodes.done);
			expect(reports[0]?.notes.at(-1)).toContain(
				'branch restrictions, deploy keys, pipelines (the token lacks admin:repository)',
			);
		}

		expect(asked().toSorted()).toEqual([
			'branching-model',
			'effective-default-reviewers',
			'permissions-config/groups',
			'permissions-config/users',
		]);
	});

	it('are asked for at once where the token has more scopes than it had', async () => {
		const {run, asked, token, saved} = await setUp(metadataScopes, 'api');
		await run();
		token.scopes = settingsScopes;
		acme.clock.advance(7 * day);
		asked();
		await run();
		expect(asked()).toContain('deploy-keys');
		expect(saved('api', 'settings/branch-restrictions.json')).toEqual([]);
	});

	it('that were read once and are refused now stay, and make runs incomplete until the user says that this is on purpose', async () => {
		const {run, put, saved, token} = await setUp(settingsScopes, 'api');
		put(0, 'deploy-keys', [{id: 7}]);
		await run();
		const runWith = async (scopes: readonly string[]): Promise<RunResult> => {
			token.scopes = scopes;
			acme.clock.advance(7 * day);
			return run();
		};
		const {exitCode, reports} = await runWith(metadataScopes);
		expect(exitCode).toBe(exitCodes.incomplete);
		expect(saved('api', 'settings/deploy-keys.json')).toEqual([{id: 7}]);
		expect(reports[0]?.gaps).toContainEqual(
			expect.objectContaining({
				repository: 'acme/api',
				what: 'settings',
				detail: expect.stringMatching(/deploy keys.* \(the token lacks .*could be read earlier$/),
			}),
		);
		expect(reports[0]?.gaps.map(({advice}) => advice)).toContain(
			'Their last state is kept. If that is on purpose: cistern accept-missing "*" workspace --metadata',
		);
		expect(await acceptAll(acme, 'api', 'metadata')).toContainEqual(
			expect.stringMatching(/^deploy keys: the token/),
		);
		expect(await acceptAll(acme, 'workspace', 'metadata')).not.toEqual([]);
		const accepted = await run();
		expect(accepted.exitCode).toBe(exitCodes.done);
		expect(accepted.reports[0]?.notes.at(-1)).toContain('deploy keys');
		expect((await runWith(metadataScopes)).exitCode).toBe(exitCodes.done);
		expect(await acceptAll(acme, 'api', 'metadata')).toEqual([]);

		expect((await runWith(settingsScopes)).exitCode).toBe(exitCodes.done);
		expect((await runWith(metadataScopes)).exitCode).toBe(exitCodes.incomplete);
	});

	it('that three repositories in a row refuse are not asked for any more in that run', async () => {
		const {run, asked} = await setUp(settingsScopes, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
		acme.sandbox.addFault({
			match: {path: /\/hooks/},
			answer: {
				kind: 'answer',
				status: 403,
				body: JSON.stringify({error: {message: 'Only admins'}}),
			},
		});
		const {exitCode, reports} = await run();
		const count = asked().filter((path) => path === 'hooks').length;
		expect(count).toBeGreaterThanOrEqual(3);
		// As many more as were under way already.
		expect(count).toBeLessThan(7);
		expect(reports[0]?.notes.at(-1)).toMatch(/^Not read: webhooks \(.*Only admins/);
		expect(exitCode).toBe(exitCodes.done);
	});

	it('stay where an answer cannot be right, and where Bitbucket does not find the repository', async () => {
		const {run, put, saved, asked} = await setUp(settingsScopes, 'api');
		put(0, 'hooks', [{uuid: '{1}'}, {uuid: '{2}'}]);
		await run();
		const model = saved('api', 'settings/branching-model.json');
		for (const [status, body] of [
			// Fewer than it counts, empty, and broken.
			[200, {values: [{uuid: '{1}'}], size: 3}],
			[200, {}],
			[200, 'not JSON'],
			[404, ''],
		] as const) {
			acme.clock.advance(7 * day);
			const isOfBoth = status === 200 && !('size' in Object(body));
			const fault = acme.sandbox.addFault({
				match: {path: isOfBoth ? /\/(hooks|branching-model)(\?|$)/ : /\/hooks/},
				answer: {kind: 'answer', status, body},
			});
			expect((await run()).exitCode).toBe(status === 200 ? exitCodes.incomplete : exitCodes.done);
			expect(saved('api', 'settings/hooks.json')).toEqual([{uuid: '{1}'}, {uuid: '{2}'}]);
			expect(saved('api', 'settings/branching-model.json')).toEqual(model);
			fault.remove();
			asked();
			expect((await run()).exitCode).toBe(exitCodes.done);
			// All others were read.
			expect(asked()).not.toContain('deploy-keys');
		}
	});

	it('that are none any more are told, and stay in the history', async () => {
		const {run, put, saved, log} = await setUp(settingsScopes, 'api');
		put(0, 'hooks', [{uuid: '{1}', url: 'https://ci.example'}]);
		await run();
		put(0, 'hooks', []);
		acme.clock.advance(7 * day);
		const result = await run();
		expect(noticesOf(result)).toContainEqual(
			'acme/api has no webhooks any more. The 1 it had stay in the history of its metadata.',
		);
		expect(saved('api', 'settings/hooks.json')).toEqual([]);
		expect(log('api')).toContain('https://ci.example');
		expect(result.exitCode).toBe(exitCodes.done);
	});

	it('are read over as many runs as the budget takes, and what is left is told', async () => {
		const {run, asked} = await setUp(settingsScopes, 'api');
		const counts: number[] = [];
		let exitCode: number = exitCodes.incomplete;
		for (let runs = 0; exitCode !== exitCodes.done; runs += 1) {
			expect(runs).toBeLessThan(15);
			const result = await run({requestsPerHour: '8'});
			({exitCode} = result);
			counts.push(asked().length);
			acme.clock.advance(2 * 60 * 60_000);
			if (exitCode !== exitCodes.done) {
				expect(result.reports[0]?.gaps.at(-1)?.detail).toMatch(
					/^about \d+ requests? (is|are) left/,
				);
			}
		}

		// Whether pipelines are on has to be asked again where a round goes on.
		expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThan(9 + counts.length);
	});

	it('are kept up with a repository that is renamed or described anew, without a request', async () => {
		const {repositories, run, saved, asked} = await setUp(settingsScopes, 'api');
		const [api] = repositories;
		await run();
		asked();
		if (api !== undefined) {
			api.description = 'Another one';
		}

		await run();
		expect(asked()).toEqual([]);
		expect(saved('api', 'repository.json')).toMatchObject({description: 'Another one'});
	});
});
