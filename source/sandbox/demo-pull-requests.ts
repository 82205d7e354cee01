import {runGit} from './bare-repository.ts';
import type {SandboxAccount, SandboxRepository} from './model.ts';
import type {Sandbox} from './start-sandbox.ts';

type Team = {readonly ann: SandboxAccount; readonly bo: SandboxAccount};

/** Pull requests of the demo, with a discussion whose words change before the second backup. */
export const addDemoPullRequests = async (
	sandbox: Sandbox,
	api: SandboxRepository,
	{ann, bo}: Team,
): Promise<void> => {
	const {pullRequests, settings, downloads} = sandbox.metadata;
	const commitOf = async (branch: string): Promise<string> =>
		(await runGit(api.path, ['rev-parse', branch])).trim();
	const [main, search, release] = await Promise.all(
		['main', 'feature/search', 'release/1'].map(commitOf),
	);

	const merged = pullRequests.open(api, {
		by: ann,
		title: 'Hold the first release',
		description: 'Nothing but repairs goes in from here on.',
		sourceBranch: 'release/1',
		commits: [release ?? ''],
		reviewers: [bo],
	});
	pullRequests.comment(merged, {by: bo, text: 'Good. Who tells the customers?'});
	pullRequests.approve(merged, bo);
	pullRequests.close(merged, 'MERGED', {by: ann, mergeCommit: main ?? ''});

	const open = pullRequests.open(api, {
		by: ann,
		title: 'Find things faster',
		description: 'An index in memory. Searching takes 4 ms in place of 900.',
		sourceBranch: 'feature/search',
		commits: [search ?? ''],
		reviewers: [bo],
	});
	const question = pullRequests.comment(open, {
		by: bo,
		text: 'Why in memory? The index of our largest customer has 40 GB.',
		inline: {path: 'notes/feature-search.md', to: 1},
	});
	pullRequests.comment(open, {
		by: ann,
		parent: question,
		text: 'Only the newest month is in memory: 300 MB at most. The rest stays on the disk.',
	});
	pullRequests.addTask(open, bo, 'Measure it with the data of March');

	settings.put(api, 'hooks', [
		{
			type: 'webhook_subscription',
			uuid: '{0c5c3a5e-5f5e-4a6b-9d51-6c1f0e6f7a10}',
			url: 'https://ci.example.com/hook',
			description: 'Build each push',
			events: ['repo:push'],
			active: true,
		},
	]);
	downloads.add(api, {name: 'handbook-1.0.txt', content: 'How to run the API.\n', by: ann});
};

/** A comment is edited, another deleted, and the pull request declined. */
export const changeDemoPullRequests = (sandbox: Sandbox, api: SandboxRepository): void => {
	const {pullRequests} = sandbox.metadata;
	const open = pullRequests.find(api, 2);
	const [question, answer] = open?.comments ?? [];
	if (open?.author === undefined || question === undefined || answer === undefined) {
		throw new Error('The demo has no pull request with a question and an answer');
	}

	pullRequests.editComment(open, question, 'Why in memory?');
	pullRequests.deleteComment(open, answer);
	pullRequests.close(open, 'DECLINED', {by: open.author});
};
