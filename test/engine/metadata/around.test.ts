import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {readTip} from '../../../source/sandbox/bare-repository.ts';
import {addReader, readSaved} from '../../helpers/metadata.ts';
import {commitFile} from '../../helpers/upstream.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

const setUp = async () => {
	const [api] = await acme.addSaved('api');
	const {account: by, source} = addReader(acme.sandbox);
	const {pullRequests, settings} = acme.sandbox.metadata;
	const mirror = acme.path('acme#api', 'metadata');
	return {
		api,
		by,
		pullRequests,
		run: () => acme.run({source}),
		saved: (path: string) => readSaved(mirror, path),
		tip: () => readTip(api) ?? '',
		build: (path: string, state: string) =>
			settings.put(api, path, [{type: 'build', key: 'test', state}]),
		asked: (from: number) =>
			acme.sandbox.requests
				.slice(from)
				.flatMap(
					({path}) =>
						/\/(?:commit|pullrequests\/\d+)\/.*(?:statuses|comments)/.exec(path)?.[0] ?? [],
				),
	};
};

describe('results of builds', () => {
	it('are saved of the newest commit, with the comments on it, and of open pull requests', async () => {
		const {api, by, pullRequests, run, saved, tip, build} = await setUp();
		const commit = tip();
		build(`commit/${commit}/statuses`, 'SUCCESSFUL');
		acme.sandbox.metadata.settings.put(api, `commit/${commit}/comments`, [
			{id: 1, content: {raw: 'Why?'}, user: {account_id: '1:a', display_name: 'Ann'}},
		]);
		pullRequests.open(api, {by, commits: ['d'.repeat(40)]});
		build('pullrequests/1/statuses', 'FAILED');
		expect((await run()).exitCode).toBe(exitCodes.done);
		expect(saved(`tips/${commit}.json`)).toMatchObject({
			statuses: [{key: 'test', state: 'SUCCESSFUL'}],
			comments: [{content: {raw: 'Why?'}}],
		});
		expect(saved(`tips/${'d'.repeat(12)}.json`)).toMatchObject({statuses: [{state: 'FAILED'}]});
	});

	it('are asked for again after a push, and once more while one runs', async () => {
		const {api, run, saved, tip, build, asked} = await setUp();
		expect((await run()).exitCode).toBe(exitCodes.done);
		const before = acme.sandbox.requests.length;
		await run();
		expect(asked(before)).toEqual([]);

		await commitFile(api.path);
		const commit = tip();
		build(`commit/${commit}/statuses`, 'INPROGRESS');
		await run();
		expect(saved(`tips/${commit}.json`)).toMatchObject({statuses: [{state: 'INPROGRESS'}]});
		build(`commit/${commit}/statuses`, 'SUCCESSFUL');
		await run();
		expect(saved(`tips/${commit}.json`)).toMatchObject({statuses: [{state: 'SUCCESSFUL'}]});
		const after = acme.sandbox.requests.length;
		expect((await run()).exitCode).toBe(exitCodes.done);
		expect(asked(after)).toEqual([]);
	});
});

describe('names of people', () => {
	it('are kept by account id, for mentions', async () => {
		const {api, by, pullRequests, run, saved} = await setUp();
		const cyd = acme.sandbox.addAccount({
			email: 'cyd@example.com',
			userName: 'cyd',
			displayName: 'Cyd Example',
		});
		const open = pullRequests.open(api, {by});
		await run();
		pullRequests.comment(open, {by: cyd, text: 'Hello'});
		await run();
		expect(Object.values(saved('people.json') as object).toSorted()).toEqual([
			'Bo Example',
			'Cyd Example',
		]);
	});
});

describe('images in texts', () => {
	it('are counted, each once, and named in the summary', async () => {
		const {api, by, pullRequests, run, saved} = await setUp();
		const address = (name: string) => `https://bitbucket.org/repo/a1B2c3/images/${name}.png`;
		const open = pullRequests.open(api, {by, description: `![one](${address('one')})`});
		pullRequests.comment(open, {by, text: `![one](${address('one')}) ![two](${address('two')})`});
		const note =
			'2 images in comments are not in the backup: Bitbucket gives them to browsers only.';
		expect((await run()).reports[0]?.notes).toContain(note);
		expect(saved('images.json')).toEqual([address('one'), address('two')]);
		pullRequests.comment(open, {by, text: 'No image here'});
		expect((await run()).reports[0]?.notes).toContain(note);
	});
});
