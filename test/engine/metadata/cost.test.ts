import {execFileSync} from 'node:child_process';
import {expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import type {SandboxRequest} from '../../../source/sandbox/request-log.ts';
import {makeSource, runBackup} from '../../helpers/backup.ts';
import {settingsScopes} from '../../helpers/metadata.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {type Living, openLiving, readSavedFiles} from './living.ts';

/** `npm run metadata-model`: 5,000 in 100 repositories. */
const pullRequests = Number(process.env['METADATA_PULL_REQUESTS'] ?? 60);
const repositories = Math.ceil(pullRequests / 50) + 1;

/** Of a workspace of that size, the n-th repository has 1 / n^0.9 of the largest one's. */
const shareOut = (): readonly number[] => {
	const weights = Array.from({length: repositories}, (_, index) => (index + 1) ** -0.9);
	const all = weights.reduce((sum, weight) => sum + weight, 0);
	return weights.map((weight) => Math.max(1, Math.round((pullRequests * weight) / all)));
};

/** Per pull request: 5 comments, 1.5 approvals, 2.8 updates. */
const entries = 9.3;

/** Projects of a workspace with so many repositories. */
const countProjects = (all: number): number => Math.ceil(all / 10);

/** Snippets of such a workspace. */
const countSnippets = (all: number): number => Math.ceil(all / 2);

/** Of ten repositories, six have pipelines, with two environments. */
const hasPipelines = (index: number): boolean => index % 10 < 6;

/** About how many requests a first save costs, by what is asked for. */
const model = (counts: readonly number[]) => {
	const all = counts.reduce((sum, count) => sum + count, 0);
	const open = all / 10;
	const pages = (perPull: number): number =>
		counts.reduce((sum, count) => sum + Math.ceil((count * perPull) / 50), 0);
	return {
		list: pages(1) + counts.length,
		feed: pages(entries),
		// Of one in twenty the feed does not tell all comments.
		comments: all / 20,
		// All closed ones, and one in five of the open ones.
		tasks: all - open + open / 5,
		// Of one in twelve the mirror lacks the commits.
		commits: (all / 12) * 3,
		// The newest commit of each repository, and that of each open pull request.
		tips: counts.length * 2 + open,
		// 8 of each repository; with pipelines 5 more, and one for each environment.
		settings: counts.length * 8 + counts.filter((_, index) => hasPipelines(index)).length * 7,
		snippets: countSnippets(counts.length),
		// The listing, the workspace and its projects.
		workspace: Math.ceil(counts.length / 100) + 3 + 7 + countProjects(counts.length) * 6,
	};
};

type Row = keyof ReturnType<typeof model>;

/** By the path of a request to the API. The first form that fits counts. */
const forms: readonly (readonly [RegExp, Row])[] = [
	[/\/pullrequests$/, 'list'],
	[/\/pullrequests\/activity$/, 'feed'],
	[/\/pullrequests\/\d+\/comments$/, 'comments'],
	[/\/pullrequests\/\d+\/tasks$/, 'tasks'],
	[/\/(pullrequests\/\d+\/(commits|patch)|patch\/\d+)$/, 'commits'],
	[/\/(commit|pullrequests)\/\w+\/(statuses|comments)$/, 'tips'],
	[/^\/2\.0\/repositories\/[^/]+\/[^/]+\//, 'settings'],
	[/^\/2\.0\/snippets\/[^/]+\//, 'snippets'],
	[/^/, 'workspace'],
];

const countRows = (requests: readonly SandboxRequest[]): Record<Row, number> => {
	const counts = {
		...{list: 0, feed: 0, comments: 0, tasks: 0, commits: 0},
		...{tips: 0, settings: 0, snippets: 0, workspace: 0},
	};
	for (const {service, path} of requests) {
		const row = service === 'api' ? forms.find(([form]) => form.test(path))?.[1] : undefined;
		if (row !== undefined) {
			counts[row] += 1;
		}
	}

	return counts;
};

const sumOf = (rows: Readonly<Record<Row, number>>): number =>
	Object.values(rows).reduce((sum, count) => sum + count, 0);

/** Fills the workspace as the model supposes it. */
const fill = (
	{sandbox, repositories: all, people, clock}: Living,
	counts: readonly number[],
): void => {
	const {pullRequests: pulls, unknowns, settings} = sandbox.metadata;
	unknowns.countsTombstones = true;
	unknowns.feedsTombstones = false;
	for (const [index, repository] of all.entries()) {
		if (hasPipelines(index)) {
			settings.put(repository, 'pipelines_config', {enabled: true});
			settings.put(repository, 'environments', [{uuid: '{test}'}, {uuid: '{live}'}]);
		}

		const tip = execFileSync('git', ['-C', repository.path, 'rev-parse', 'main'], {
			encoding: 'utf8',
		}).trim();
		for (let number = 1; number <= (counts[index] ?? 0); number += 1) {
			const by = people[number % people.length];
			if (by === undefined) {
				throw new Error('no people');
			}

			// A look asks for a day before the newest change, so a page must hold the open ones and a day.
			clock.advance(3 * 60 * 60_000);
			const commit = number % 12 === 0 ? number.toString(16).padStart(40, 'd') : tip;
			const pull = pulls.open(repository, {by, commits: [commit]});
			const comments = [1, 2, 3, 4, 5].map((one) =>
				pulls.comment(pull, {by, text: `Words ${one}.`}),
			);
			const [first] = comments;
			if (number % 20 === 0 && first !== undefined) {
				pulls.deleteComment(pull, first);
			}

			pulls.approve(pull, by);
			pulls.edit(pull, {description: 'More.'});
			if (number % 50 === 0) {
				pulls.addTask(pull, by, 'Do it.');
			}

			if (number % 10 !== 0) {
				pulls.close(pull, 'MERGED', {by, mergeCommit: commit});
			}
		}
	}
};

const fillWorkspace = ({sandbox, people: [by]}: Living, repositoryCount: number): void => {
	const workspace = sandbox.findWorkspace('acme');
	if (workspace === undefined || by === undefined) {
		throw new Error('no workspace');
	}

	for (let number = 0; number < countSnippets(repositoryCount); number += 1) {
		const files = {'notes.txt': `Words ${number}.`, 'image.png': Buffer.alloc(100, 0xff)};
		sandbox.metadata.snippets.add(workspace, {id: `s${number}`, by, files});
	}

	const count = countProjects(repositoryCount);
	const projects = Array.from({length: count}, (_, index) => ({
		key: `P${index}`,
		uuid: `{00000000-0000-4000-8000-${`${index}`.padStart(12, '0')}}`,
	}));
	sandbox.metadata.settings.put(workspace, 'projects', projects);
};

const openCompany = async (counts: readonly number[]): Promise<Living> => {
	const slugs = counts.map((_, index) => `repository-${index}`);
	const living = await openLiving(slugs, settingsScopes);
	fill(living, counts);
	fillWorkspace(living, counts.length);
	return living;
};

it('saves a workspace with as many requests as foreseen, and asks once a repository in a quiet night', async () => {
	const counts = shareOut();
	const living = await openCompany(counts);
	const {sandbox} = living;
	expect((await living.run({requestsPerHour: '100000'})).exitCode).toBe(exitCodes.done);
	const rows = countRows(sandbox.requests);
	const foreseen = model(counts);
	if (process.env['METADATA_PULL_REQUESTS'] !== undefined) {
		process.stdout.write(`${JSON.stringify({rows, foreseen})}\n`);
	}

	expect(sumOf(rows)).toBeLessThanOrEqual(1.1 * sumOf(foreseen));
	for (const repository of living.repositories.slice(0, 3)) {
		const saved = await readSavedFiles(living.mirror(repository), living.clock);
		const all = [...saved.keys()].filter((path) => path.endsWith('/pull-request.json'));
		expect(all).toHaveLength(sandbox.metadata.pullRequests.list(repository).length);
	}

	sandbox.clearRequests();
	expect((await living.run({requestsPerHour: '100000'})).exitCode).toBe(exitCodes.done);
	const asked = sandbox.requests.filter(({service}) => service === 'api').length;
	expect(asked).toBeLessThanOrEqual(counts.length + counts.length / 100 + 10);
});

it('goes on where the last run stopped, with hardly a request more than one long run', async () => {
	const living = await openCompany([80]);
	const {sandbox, clock, source} = living;
	expect((await living.run()).exitCode).toBe(exitCodes.done);
	const inOneGo = sumOf(countRows(sandbox.requests));
	const folder = makeTemporaryFolder();
	sandbox.clearRequests();
	const few = makeSource(sandbox, {...source, ofParts: {metadata: 'true', requestsPerHour: '50'}});
	let runs = 0;
	for (let exitCode: number = exitCodes.incomplete; exitCode !== exitCodes.done; runs += 1) {
		expect(runs).toBeLessThan(10);
		const settings = {metadataTime: 10 * 60_000};
		({exitCode} = await runBackup(folder, [few], {clock, settings}));
		clock.advance(2 * 60 * 60_000);
	}

	expect(runs).toBeGreaterThan(2);
	expect(sumOf(countRows(sandbox.requests))).toBeLessThanOrEqual(Math.ceil(1.05 * inOneGo));
	const [repository] = living.repositories;
	const mirrors = [living.folder, folder].map(
		(one) => `${one}/acme/acme#${repository?.slug}/metadata`,
	);
	const [first, second] = await Promise.all(mirrors.map((mirror) => readSavedFiles(mirror, clock)));
	expect(Object.fromEntries(second ?? [])).toEqual(Object.fromEntries(first ?? []));
});
