import {execFileSync} from 'node:child_process';
import {describe, expect, it} from 'vitest';
import {placeAtRemotes, placeInFolders} from '../../../source/commands/place-restored.ts';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {findRestorable} from '../../../source/engine/restore/choose.ts';
import {parts} from '../../../source/parts/registry.ts';
import {makeWorld, type RunResult, readScopes} from '../../helpers/backup.ts';
import {findPart} from '../../helpers/find-part.ts';
import {
	addReader,
	countMetadataRequests,
	pullRequestPath,
	readSaved,
} from '../../helpers/metadata.ts';
import {commitFile} from '../../helpers/upstream.ts';
import {runVerify} from '../../helpers/verify.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

const setUp = async (...slugs: readonly string[]) => {
	const repositories = await acme.addSaved(...slugs);
	const {account: by, source} = addReader(acme.sandbox);
	const {pullRequests} = acme.sandbox.metadata;
	const run = (): Promise<RunResult> => acme.run({source});
	const mirror = (slug: string): string => acme.path(`acme#${slug}`, 'metadata');
	const saved = (slug: string, id: number, file = 'pull-request'): unknown =>
		readSaved(mirror(slug), pullRequestPath(id, file));
	const count = (): number => countMetadataRequests(acme.sandbox);
	return {repositories, by, source, pullRequests, run, mirror, saved, count};
};

describe('reading pull requests', () => {
	it('saves those that are open and closed, with comments, tasks and approvals', async () => {
		const {repositories, by, pullRequests, run, saved} = await setUp('api');
		const [api] = repositories;
		if (api === undefined) {
			throw new Error('no repository');
		}

		const merged = pullRequests.open(api, {by, title: 'Give the gate a budget'});
		const comment = pullRequests.comment(merged, {by, text: 'Why 900?'});
		pullRequests.comment(merged, {by, text: 'Bitbucket says so.', parent: comment});
		pullRequests.resolveTask(merged, pullRequests.addTask(merged, by, 'Name the source'), by);
		pullRequests.close(merged, 'MERGED', {by});
		const open = pullRequests.open(api, {by, title: 'Wait at the gate', reviewers: [by]});
		pullRequests.approve(open, by);
		pullRequests.addTask(open, by, 'Look again');

		const {exitCode, reports, events} = await run();
		expect(saved('api', 1)).toMatchObject({id: 1, state: 'MERGED', title: merged.title});
		expect(saved('api', 2)).toMatchObject({
			id: 2,
			state: 'OPEN',
			participants: [{approved: true}],
		});
		expect(saved('api', 1, 'comments')).toMatchObject([
			{content: {raw: 'Why 900?'}},
			{content: {raw: 'Bitbucket says so.'}, parent: {id: comment.id}},
		]);
		expect(saved('api', 1, 'tasks')).toMatchObject([{state: 'RESOLVED'}]);
		expect(saved('api', 2, 'tasks')).toMatchObject([{content: {raw: 'Look again'}}]);
		expect(saved('api', 2, 'activity')).toEqual(
			expect.arrayContaining([expect.objectContaining({approval: expect.anything()})]),
		);
		expect(reports[0]?.gaps).toEqual([]);
		expect(reports[0]?.notes[0]).toBe(
			'Metadata of the only repository, all 2 pull requests with text and approvals.',
		);
		expect(
			events.flatMap((event) => (event.type === 'follow-up-saved' ? [event.json] : [])),
		).toContainEqual({pullRequests: 2, comments: 0, settings: 1});
		expect(exitCode).toBe(exitCodes.done);
		// Every file of the reading is Cistern's own.
		expect([...(await runVerify(acme)).findings.values()].flat()).toEqual([]);
	});

	it('goes along to a folder and never to a remote: it names people', async () => {
		const {run} = await setUp('api');
		await run();
		const {files} = makeWorld(acme.clock);
		const from = [{source: 'acme', folder: acme.path()}];
		const [repository] = await findRestorable(files, from, ['api'], parts);
		if (repository === undefined) {
			throw new Error('no repository');
		}

		const both = ['repo', 'metadata'].map((name) => ({repository, part: findPart(name)}));
		const placed = [
			placeInFolders('/to', both, ['api']),
			placeAtRemotes('ssh://host/{name}', both),
		];
		expect(placed.map((some) => some.map(({part}) => part.name))).toEqual([
			['repo', 'metadata'],
			['repo'],
		]);
	});

	it('that the token may not read are named once, after the code was saved: exit 12', async () => {
		const [api] = await acme.addSaved('api', 'web');
		await commitFile(api.path);
		const {source} = addReader(acme.sandbox, readScopes);
		const {exitCode, reports, outcomes} = await acme.run({source});
		expect(outcomes.get('acme/api')).toMatchObject({result: 'saved'});
		expect(reports[0]?.gaps).toMatchObject([
			{
				repository: 'acme',
				detail: expect.stringContaining('read:pullrequest:bitbucket'),
				isAccepted: false,
			},
		]);
		expect(exitCode).toBe(exitCodes.refused);
	});

	it('has few commits, each with its story', async () => {
		const {repositories, by, pullRequests, run, mirror} = await setUp('api', 'empty');
		const [api] = repositories;
		if (api === undefined) {
			throw new Error('no repository');
		}

		const open = pullRequests.open(api, {by});
		pullRequests.comment(open, {by, text: 'Why?'});
		pullRequests.addTask(open, by, 'Name the source');
		await run();
		pullRequests.comment(open, {by, text: 'Because.'});
		pullRequests.open(api, {by});
		await run();
		await run();
		expect(subjectsOf(mirror('api'))).toEqual([
			'1 new pull request, 1 pull request changed, 1 comment: 1, 2',
			'1 comment: 1; settings: default reviewers, user permissions, group permissions, branching model',
			'1 new pull request: 1; settings: repository',
		]);
		expect(subjectsOf(mirror('empty'))).toEqual([
			'settings: default reviewers, user permissions, group permissions, branching model',
			'settings: repository',
		]);
	});

	it('costs a request for each repository and writes nothing where nothing changed', async () => {
		const {repositories, by, pullRequests, run, mirror, count} = await setUp('api', 'web');
		for (const repository of repositories) {
			pullRequests.comment(pullRequests.open(repository, {by}), {by, text: 'Hello'});
		}

		expect((await run()).exitCode).toBe(exitCodes.done);
		const tips = ['api', 'web'].map((slug) => tipOf(mirror(slug)));
		const before = count();
		expect((await run()).exitCode).toBe(exitCodes.done);
		expect(count() - before).toBe(2);
		expect(['api', 'web'].map((slug) => tipOf(mirror(slug)))).toEqual(tips);
	});

	it('keeps the words of a comment that is edited or deleted, in the history', async () => {
		const {repositories, by, pullRequests, run, mirror, saved} = await setUp('api');
		const [api] = repositories;
		if (api === undefined) {
			throw new Error('no repository');
		}

		const open = pullRequests.open(api, {by});
		const first = pullRequests.comment(open, {by, text: 'First words'});
		const second = pullRequests.comment(open, {by, text: 'Second words'});
		await run();
		pullRequests.editComment(open, first, 'Other words');
		pullRequests.deleteComment(open, second);
		const {events} = await run();

		expect(saved('api', 1, 'comments')).toMatchObject([
			{content: {raw: 'Other words'}},
			{content: {raw: ''}, deleted: true},
		]);
		const log = execFileSync('git', ['-C', mirror('api'), 'log', '-p', 'main'], {encoding: 'utf8'});
		expect(log).toContain('First words');
		expect(log).toContain('Second words');
		expect(events).toContainEqual(
			expect.objectContaining({
				type: 'follow-up-saved',
				text: '1 pull request changed, 2 comments',
			}),
		);
	});

	it('reads everything once more of a pull request that is closed', async () => {
		const {repositories, by, pullRequests, run, saved} = await setUp('api');
		const [api] = repositories;
		if (api === undefined) {
			throw new Error('no repository');
		}

		const open = pullRequests.open(api, {by});
		const task = pullRequests.addTask(open, by, 'Name the source');
		const comment = pullRequests.comment(open, {by, text: 'Why?'});
		await run();
		pullRequests.resolveTask(open, task, by);
		pullRequests.resolveComment(open, comment, by);
		pullRequests.close(open, 'DECLINED', {by});
		await run();

		expect(saved('api', 1)).toMatchObject({state: 'DECLINED'});
		expect(saved('api', 1, 'tasks')).toMatchObject([{state: 'RESOLVED'}]);
		expect(saved('api', 1, 'comments')).toMatchObject([{resolution: expect.anything()}]);
	});

	it('comes back to a pull request whose comments could not be read', async () => {
		const {repositories, by, pullRequests, run, saved} = await setUp('api');
		const [api] = repositories;
		if (api === undefined) {
			throw new Error('no repository');
		}

		acme.sandbox.metadata.unknowns.feedsTombstones = false;
		const open = pullRequests.open(api, {by});
		const comment = pullRequests.comment(open, {by, text: 'Why?'});
		await run();
		pullRequests.deleteComment(open, comment);
		const fault = acme.sandbox.addFault({
			match: {path: /\/comments/},
			answer: {kind: 'answer', status: 500},
		});
		const {exitCode, reports} = await run();
		expect(exitCode).toBe(exitCodes.incomplete);
		expect(reports[0]?.gaps).toMatchObject([{repository: 'acme/api', part: 'metadata'}]);
		fault.remove();
		expect((await run()).exitCode).toBe(exitCodes.done);
		expect(saved('api', 1, 'comments')).toMatchObject([{deleted: true}]);
	});
});

const subjectsOf = (mirror: string): readonly string[] =>
	execFileSync('git', ['-C', mirror, 'log', '--format=%s', 'main'], {
		encoding: 'utf8',
	})
		.split('\n')
		.filter((line) => line !== '');

const tipOf = (mirror: string): string =>
	execFileSync('git', ['-C', mirror, 'rev-parse', 'main'], {encoding: 'utf8'}).trim();
