import {readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {Secret} from '../../source/domain/settings/settings.ts';
import {noFilter} from '../../source/engine/backup/run-filter.ts';
import {ann, canaryToken} from '../helpers/backup.ts';
import {commitFile, readRefs} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

const credentialWith = (token: string, gitUser = 'ann') =>
	({kind: 'api-token', apiUser: ann.email, gitUser, token: new Secret(token)}) as const;

describe('one repository that fails', () => {
	it('is named with its reason, and the others are saved: exit 3', async () => {
		await acme.add('good');
		await acme.add('bad');
		acme.sandbox.addFault({
			match: {repository: 'acme/bad', service: 'git'},
			answer: {kind: 'answer', status: 500, body: 'oops'},
		});

		const {exitCode, outcomes} = await acme.run();

		expect(exitCode).toBe(exitCodes.incomplete);
		expect(outcomes.get('acme/good')).toMatchObject({result: 'saved'});
		expect(outcomes.get('acme/bad')).toMatchObject({
			result: 'failed',
			failure: {kind: 'server-error', status: 500},
			attempts: 4,
		});
	});

	it.each([
		[403, 'forbidden', exitCodes.incomplete],
		[404, 'not-found', exitCodes.incomplete],
		[503, 'server-error', exitCodes.incomplete],
	] as const)(
		'is told as it is where only the request for a pack is answered %i',
		async (status, kind, code) => {
			await acme.add('api');
			acme.sandbox.addFault({
				match: {method: 'POST', service: 'git'},
				answer: {kind: 'answer', status, body: 'no'},
			});

			const {exitCode, outcomes} = await acme.run();

			expect(outcomes.get('acme/api')).toMatchObject({result: 'failed', failure: {kind}});
			expect(exitCode).toBe(code);
		},
	);

	it.each([
		['a run of everything', false],
		['a run of a part', true],
	])('says when it was last good, by %s; a new one never was', async (_, isNarrowed) => {
		await acme.add('api');
		const firstRun = new Date(acme.clock.now()).toISOString();
		await acme.run({run: {filter: {...noFilter, isNarrowed}}});
		await acme.add('new');
		acme.sandbox.addFault({
			match: {service: 'git'},
			answer: {kind: 'answer', status: 500, body: 'oops'},
		});

		const {outcomes} = await acme.run();

		expect(outcomes.get('acme/api')).toMatchObject({result: 'failed', lastGood: firstRun});
		expect(outcomes.get('acme/new')).toMatchObject({result: 'failed', lastGood: undefined});
	});

	it('is not taken for an empty one where git alone is told of no branch', async () => {
		const {path} = await acme.add('api');
		acme.sandbox.addFault({
			match: {method: 'POST', service: 'git'},
			times: 1,
			answer: {
				kind: 'answer',
				status: 200,
				headers: {'content-type': 'application/x-git-upload-pack-result'},
				body: '0000',
			},
		});

		const {outcomes} = await acme.run();

		expect(outcomes.get('acme/api')).toMatchObject({result: 'saved', refs: 1});
		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));
	});

	it('is not taken for an empty one where the look makes no sense and git then sees no branch', async () => {
		const {path} = await acme.add('api');
		const answer = (body: string) => ({
			kind: 'answer' as const,
			status: 200,
			headers: {'content-type': 'application/x-git-upload-pack-advertisement'},
			body,
		});
		const odd = ['<html>', '001e# service=git-upload-pack\n00000000'];
		for (const body of [...odd, ...odd]) {
			acme.sandbox.addFault({match: {service: 'git'}, times: 1, answer: answer(body)});
		}

		const {outcomes} = await acme.run();

		expect(outcomes.get('acme/api')).toMatchObject({result: 'saved', refs: 1});
		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));
	});

	it('is tried again, and saved when the trouble passes', async () => {
		await acme.add('api');
		acme.sandbox.addFault({match: {service: 'git'}, times: 2, answer: {kind: 'reset'}});

		const {exitCode} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect(acme.clock.waits).toHaveLength(2);
	});
});

describe('a clock that jumps while a run is at work, as after a sleep', () => {
	it.each([
		['ahead', 9 * 60 * 60_000],
		['back', -40 * 24 * 60 * 60_000],
	])('%s, harms neither that run nor the next', async (_, distance) => {
		const {path} = await acme.add('api');
		await acme.run();
		await commitFile(path);
		const jump = (): void => acme.clock.jump(distance);
		acme.sandbox.addFault({
			match: {method: 'POST', service: 'git'},
			times: 1,
			answer: {kind: 'meanwhile', run: jump},
		});
		acme.sandbox.addFault({
			match: {method: 'POST', service: 'git'},
			times: 1,
			answer: {kind: 'reset'},
		});

		const during = await acme.run();
		const after = await acme.run();

		expect([during.exitCode, after.exitCode]).toEqual([exitCodes.done, exitCodes.done]);
		expect(after.outcomes.get('acme/api')).toMatchObject({result: 'unchanged'});
		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));
		expect(acme.clock.waits.every((wait) => wait < 4000)).toBe(true);
		expect(during.reports[0]?.duration).toBeLessThan(60_000);
	});
});

describe('credentials', () => {
	it('that are wrong end the source with 12', async () => {
		await acme.add('api');
		const {exitCode, reports} = await acme.run({
			source: {credential: credentialWith('ATATTwrong')},
		});
		expect(exitCode).toBe(exitCodes.refused);
		expect(reports[0]?.problem).toEqual({kind: 'credentials-refused', door: 'api'});
	});

	it('with a wrong user name for git end it with 12, without a request for each repository', async () => {
		for (let index = 0; index < 120; index += 1) {
			acme.sandbox.addRepository({workspace: 'acme', slug: `r${index}`, isPrivate: true});
		}

		const {exitCode, reports} = await acme.run({
			source: {credential: credentialWith(canaryToken, 'nobody')},
		});

		expect(exitCode).toBe(exitCodes.refused);
		expect(reports[0]?.problem).toEqual({kind: 'credentials-refused', door: 'git'});
		expect(acme.sandbox.requestsTo('git').length).toBeLessThan(80);
	});

	it('that the API finds good are not the cause where only some repositories refuse', async () => {
		for (const slug of ['bad-1', 'bad-2', 'bad-3', 'good']) {
			await acme.add(slug);
		}

		acme.sandbox.addFault({
			match: {path: /\/bad-.*info\/refs/},
			answer: {kind: 'answer', status: 401, body: 'no'},
		});
		acme.sandbox.addFault({
			match: {repository: 'acme/good'},
			answer: {kind: 'delay', duration: 20},
		});

		const {exitCode, outcomes, reports} = await acme.run();

		expect(exitCode).toBe(exitCodes.incomplete);
		expect(reports[0]?.problem).toBeUndefined();
		expect(outcomes.get('acme/good')).toMatchObject({result: 'saved'});
		expect(outcomes.get('acme/bad-1')).toMatchObject({failure: {kind: 'forbidden', door: 'git'}});
		expect(acme.sandbox.requestsTo('api').length).toBeLessThan(5);
	});

	it('that go bad in the middle end it with 12 and keep what was saved', async () => {
		const [{path}] = await acme.addSaved('api', 'web');
		await commitFile(path);
		acme.sandbox.addFault({
			match: {service: 'git'},
			after: 2,
			times: 1,
			answer: {kind: 'meanwhile', run: () => acme.sandbox.revokeToken(canaryToken)},
		});

		const {exitCode} = await acme.run();

		expect(exitCode).toBe(exitCodes.refused);
		expect((await readRefs(acme.mirror('web'))).size).toBe(1);
	});

	it('that lack a scope are told by its name', async () => {
		await acme.add('api');
		const account = acme.sandbox.addAccount({email: 'bob@example.com', userName: 'bob'});
		acme.sandbox.addApiToken({account, token: 'ATATTbob', scopes: ['read:user:bitbucket']});

		const {exitCode, reports} = await acme.run({
			source: {
				credential: {
					kind: 'api-token',
					apiUser: 'bob@example.com',
					gitUser: 'bob',
					token: new Secret('ATATTbob'),
				},
			},
		});

		expect(exitCode).toBe(exitCodes.refused);
		expect(reports[0]?.problem).toMatchObject({
			kind: 'permission-missing',
			required: ['read:repository:bitbucket'],
		});
	});

	it('that are not given save the public repositories only', async () => {
		await acme.add('open', {isPrivate: false});
		await acme.add('closed');

		const {exitCode, outcomes} = await acme.run({source: {credential: {kind: 'none'}}});

		expect(exitCode).toBe(exitCodes.done);
		expect([...outcomes.keys()]).toEqual(['acme/open']);
	});
});

describe('a limit', () => {
	it('is waited for once by all together', async () => {
		for (let index = 0; index < 8; index += 1) {
			acme.sandbox.addRepository({workspace: 'acme', slug: `r${index}`});
		}

		acme.sandbox.addFault({
			match: {service: 'git'},
			times: 15,
			answer: {kind: 'rate-limit', tells: 'nothing'},
		});

		const {exitCode, events} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect(events.filter(({type}) => type === 'wait-started').length).toBeLessThan(8);
	});

	it('is told of each repository that it holds up, until that one goes on', async () => {
		await acme.add('api');
		acme.sandbox.addFault({
			match: {service: 'git', method: 'POST'},
			times: 2,
			answer: {kind: 'rate-limit', tells: 'nothing'},
		});

		const {events} = await acme.run();

		const told = events.flatMap(({type}) => (/^(wait|repository)-/.test(type) ? [type] : []));
		expect(told.filter((type) => !/looked-at|progressed/.test(type))).toEqual([
			'repository-started',
			...['wait-started', 'repository-held', 'wait-ended', 'repository-released'],
			...['wait-started', 'repository-held', 'wait-ended', 'repository-released'],
			'repository-finished',
		]);
	});

	it('that is never lifted is waited out once for all, and leaves what is left for the next run', async () => {
		for (let index = 0; index < 80; index += 1) {
			acme.sandbox.addRepository({workspace: 'acme', slug: `r${index}`});
		}

		acme.sandbox.addFault({
			match: {service: 'git'},
			answer: {kind: 'rate-limit', tells: 'nothing'},
		});

		const {exitCode, events, reports} = await acme.run();

		expect(exitCode).toBe(exitCodes.incomplete);
		expect(events.filter(({type}) => type === 'wait-started')).toHaveLength(30);
		expect(reports[0]).toMatchObject({
			problem: {kind: 'rate-limited'},
			inScope: 80,
			failed: 0,
			leftOut: 80,
		});
	});

	it('that comes in the middle of saving leaves the rest for the next run', async () => {
		await acme.add('a');
		await acme.add('b');
		acme.sandbox.addFault({
			match: {service: 'git'},
			after: 2,
			answer: {kind: 'rate-limit', tells: 'nothing'},
		});

		const {exitCode, reports} = await acme.run({run: {concurrency: 1}});

		expect(exitCode).toBe(exitCodes.incomplete);
		expect(reports[0]).toMatchObject({
			problem: {kind: 'rate-limited'},
			failed: 0,
			leftOut: 2,
		});
	});
});

describe('a limit of the API', () => {
	it.each([
		[
			'retry-after-seconds',
			{kind: 'rate-limit', tells: 'retry-after-seconds', seconds: 38},
			38_000,
		],
		['retry-after-date', {kind: 'rate-limit', tells: 'retry-after-date', seconds: 38}, 36_000],
		['seconds that are left', {kind: 'rate-limit', tells: 'reset-seconds', seconds: 38}, 38_000],
		['no time at all', {kind: 'rate-limit', tells: 'nothing'}, 2000],
		[
			'a 403 in disguise',
			{kind: 'answer', status: 403, body: 'Rate limit for this resource has been exceeded'},
			2000,
		],
	] as const)(
		'told by %s is waited for as long as that says, and no longer',
		async (_, answer, least) => {
			acme.sandbox.addRepository({workspace: 'acme', slug: 'api'});
			acme.sandbox.addFault({match: {service: 'api'}, times: 1, answer});

			const {exitCode, events} = await acme.run();

			expect(exitCode).toBe(exitCodes.done);
			expect(acme.clock.waits).toHaveLength(1);
			expect(acme.clock.waits[0]).toBeGreaterThanOrEqual(least);
			expect(acme.clock.waits[0]).toBeLessThan(least + 4000);
			const types = events.map(({type}) => type);
			expect(types.filter((type) => type.startsWith('wait'))).toEqual([
				'wait-started',
				'wait-ended',
			]);
		},
	);

	it('that is never lifted says so of the source, loses nothing and marks nothing as gone', async () => {
		await acme.addSaved('api');
		acme.sandbox.addFault({
			match: {service: 'api'},
			answer: {kind: 'rate-limit', tells: 'reset-seconds', seconds: 3000},
		});

		const {exitCode, reports} = await acme.run();

		expect(exitCode).toBe(exitCodes.incomplete);
		expect(reports[0]).toMatchObject({problem: {kind: 'rate-limited'}, gone: []});
		expect((await readRefs(acme.mirror('api'))).size).toBe(1);
	});
});

describe('the record of runs', () => {
	it('has a line a run that says whether it was complete', async () => {
		await acme.add('api');
		await acme.run();
		acme.sandbox.addFault({answer: {kind: 'answer', status: 500, body: 'oops'}});
		await acme.run();

		const lines = readFileSync(acme.path('.cistern', 'runs.jsonl'), 'utf8').trim().split('\n');
		expect(lines.map((line) => JSON.parse(line))).toMatchObject([
			{v: 1, complete: true, listed: true, exitCode: 0, new: 1},
			{v: 1, complete: false, listed: false, exitCode: 3},
		]);
	});
});
