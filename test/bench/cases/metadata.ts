import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {openFiles} from '../../../source/adapters/files/files.ts';
import {findGit} from '../../../source/adapters/git/installed-git.ts';
import {openGit} from '../../../source/adapters/git/open-git.ts';
import {peoplePath} from '../../../source/domain/metadata/paths.ts';
import {recordFile} from '../../../source/domain/plan/layout.ts';
import {createDraft} from '../../../source/engine/metadata/draft.ts';
import {runPool} from '../../../source/engine/retry/pool.ts';
import {
	describeMetadata,
	importMetadata,
	metadataName,
} from '../../../source/parts/metadata/entry.ts';
import type {FileChange} from '../../../source/ports/git-metadata.ts';
import {
	compareMedians,
	type Finding,
	interleave,
	limitMedian,
	limitMost,
	type Measurement,
} from '../report/measurement.ts';
import type {Bench} from '../scene/bench.ts';
import {openCistern} from '../scene/cistern.ts';
import {makeSmallUpstream} from '../scene/upstream.ts';
import {folderOf, saveWorkspace, slugsOf} from '../scene/workspace.ts';

const git = openGit({
	installed: findGit(process.env),
	authorization: () => undefined,
	redact: (text) => text,
	origin: 'https://bitbucket.org',
	run: 'bench',
});

const tools = {
	git,
	files: openFiles(),
	digest: (text: string) => createHash('sha256').update(text).digest('hex'),
};

const at = Date.parse('2026-11-01T12:00:00Z');

const ann = {type: 'user', display_name: 'Ann Example', uuid: '{ann}', account_id: '70121:ann'};

const dateOf = (id: number, minute: number): string =>
	new Date(at - id * 600_000 + minute * 60_000).toISOString();

/** As Bitbucket's list has it, about. */
const pullRequestOf = (id: number) => ({
	type: 'pullrequest',
	id,
	title: `Change ${id} of the search`,
	description: 'An index in memory, so that searching takes less time.\n'.repeat(4),
	state: id % 10 === 0 ? 'OPEN' : 'MERGED',
	author: ann,
	comment_count: 5,
	task_count: 0,
	created_on: dateOf(id, 0),
	updated_on: dateOf(id, 9),
	source: {branch: {name: `change-${id}`}, commit: {hash: tools.digest(`${id}`).slice(0, 12)}},
	destination: {branch: {name: 'main'}, commit: {hash: tools.digest('main').slice(0, 12)}},
	participants: [{type: 'participant', user: ann, role: 'REVIEWER', approved: true}],
	reviewers: [ann],
});

const commentsOf = (id: number, words: string) =>
	[1, 2, 3, 4, 5].map((number) => ({
		type: 'pullrequest_comment',
		id: id * 10 + number,
		content: {type: 'rendered', raw: `${words} ${number} about change ${id}`, markup: 'markdown'},
		user: ann,
		created_on: dateOf(id, number),
		updated_on: dateOf(id, number),
		deleted: false,
		...(number > 1 ? {parent: {id: id * 10 + number - 1}} : {inline: {path: 'a.ts', to: number}}),
	}));

const activityOf = (id: number) => [
	{approval: {date: dateOf(id, 6), user: ann}, pull_request: {id}},
	...[7, 8, 9].map((minute) => ({
		update: {date: dateOf(id, minute), author: ann, state: 'OPEN', changes: {}},
		pull_request: {id},
	})),
];

const numbersTo = (last: number): readonly number[] =>
	Array.from({length: last}, (_, index) => index + 1);

/** First the list of pull requests, then all that the feed tells of them: a commit each. */
const save = async (folder: string, ids: readonly number[]): Promise<void> => {
	const list = createDraft();
	const feed = createDraft();
	for (const id of ids) {
		list.putNew(id, pullRequestOf(id));
		feed.addComments(id, commentsOf(id, 'Words'), 'feed');
		feed.addActivity(id, activityOf(id));
	}

	for (const draft of [list, feed]) {
		const files = [...draft.finish(new Map()).files].map(([path, text]) => ({path, text}));
		await importMetadata({git, folder}, files, {message: 'Pull requests\n', at});
	}
	await describe(folder);
};

/** The entry of the record, as the end of a reading makes it. */
const describe = async (folder: string) => {
	const commit = (await git.readMetadataTip(join(folder, metadataName))) ?? '';
	return describeMetadata({...tools, folder}, commit, {reading: {}, changedAt: at});
};

/** Repositories that a backup reads at once. */
const atOnce = 4;

/** Writing what was read, in one repository and in 100. Nothing asks Bitbucket. */
export const measureMetadata = async (bench: Bench): Promise<readonly Finding[]> => {
	const all = bench.isQuick ? 500 : 5000;
	const rounds = bench.isQuick ? 1 : 3;
	const contenderOf = (count: number) => {
		const folder = (index: number): string => join(bench.folder, `writing-${count}-${index}`);
		const indices = numbersTo(count);
		return {
			name: count === 1 ? 'in one repository' : `in ${count} repositories`,
			prepare: () => {
				for (const index of indices) {
					rmSync(folder(index), {recursive: true, force: true});
					mkdirSync(folder(index));
				}
			},
			act: async () => {
				const before = readProcessorTime();
				await runPool(indices, atOnce, (index) => save(folder(index), numbersTo(all / count)));
				used[count]?.push(readProcessorTime() - before);
			},
		};
	};
	const used: Readonly<Record<number, number[]>> = {1: [], 100: []};
	const times = await interleave({one: contenderOf(1), many: contenderOf(100)}, rounds);
	const both = [times.one, times.many];
	return [
		{
			title: `Metadata of ${all} pull requests, with five comments each, is written`,
			measurements: Object.values(used).map((samples, index) => ({
				name: `${both[index]?.name}: processor time, with git's`,
				unit: 'ms',
				samples,
			})),
			goals: both.map((time) => limitMedian(time, {atMost: 10_000})),
		},
	];
};

/**
 * Milliseconds of a core that this process and the gits that ended have used (proc(5), "stat"). Where
 * there is no such file, without git's.
 */
const readProcessorTime = (): number => {
	const path = '/proc/self/stat';
	if (!existsSync(path)) {
		const {user, system} = process.cpuUsage();
		return (user + system) / 1000;
	}
	const text = readFileSync(path, 'utf8');
	const ticks = text.slice(text.lastIndexOf(')')).split(' ').slice(12, 16);
	return ticks.reduce((sum, count) => sum + Number(count) * 10, 0);
};

/** Files of these pull requests, some at a time, with these words in their comments. */
async function* filesOf(ids: readonly number[], words: string): AsyncGenerator<FileChange> {
	for (let start = 0; start < ids.length; start += 500) {
		const draft = createDraft();
		for (const id of ids.slice(start, start + 500)) {
			draft.putNew(id, pullRequestOf(id));
			draft.addComments(id, commentsOf(id, words), 'list');
			draft.addActivity(id, activityOf(id));
		}

		for (const [path, text] of draft.finish(new Map()).files) {
			if (path !== peoplePath) {
				yield {path, text};
			}
		}
	}
}

/** Puts so many pull requests into a saved repository's folder. Of one in ten the comments were edited. */
const addPullRequests = async (folder: string, count: number): Promise<void> => {
	const ids = numbersTo(count);
	const edited = ids.filter((id) => id % 10 === 0);
	for (const [some, words] of [
		[ids, 'Words'],
		[edited, 'Other words'],
	] as const) {
		await importMetadata({git, folder}, filesOf(some, words), {message: 'Pull requests\n', at});
	}
	const entry = await describe(folder);
	const path = join(folder, recordFile);
	const record = JSON.parse(readFileSync(path, 'utf8'));
	const parts = {...record.parts, [metadataName]: entry};
	writeFileSync(path, JSON.stringify({...record, parts}));
};

/** Makes pages of so many pull requests: once, for it takes minutes. */
const measureCount = async (bench: Bench, upstream: string, count: number) => {
	const cistern = openCistern(bench, `pages-${count}`);
	const [slug = ''] = slugsOf(1);
	const pages = join(bench.folder, 'pages');
	await saveWorkspace(bench, cistern, [slug], upstream);
	await addPullRequests(folderOf(cistern, slug), count);
	const memory: number[] = [];
	const act = async (): Promise<void> => {
		memory.push((await cistern.runMeasured(['show', slug, '--html', pages])).memory);
	};
	const {time} = await interleave({time: {name: `${count}: time`, act}}, 1);
	const written = readdirSync(join(pages, slug)).filter((name) => /^\d+\.html$/.test(name)).length;
	if (written !== count) {
		throw new Error(`${written} pages were written, not ${count}`);
	}
	for (const folder of [pages, cistern.backup]) {
		rmSync(folder, {recursive: true});
	}
	const peak: Measurement = {
		name: `${count}: memory at its peak`,
		unit: 'MiB',
		samples: memory,
	};
	return {time, peak};
};

/** Pages of saved pull requests, for a browser. */
export const measurePages = async (bench: Bench): Promise<readonly Finding[]> => {
	const upstream = join(bench.folder, 'small.git');
	await makeSmallUpstream(upstream);
	const [few, many] = bench.isQuick ? [200, 2000] : [10_000, 100_000];
	const small = await measureCount(bench, upstream, few);
	const large = await measureCount(bench, upstream, many);
	const name = `memory of ${many} against ${few}`;
	return [
		{
			title: '`cistern show --html`: a page for each pull request',
			measurements: [small.time, small.peak, large.time],
			goals: [
				limitMost(large.peak, {atMost: 200}),
				compareMedians(name, large.peak, small.peak, {atMost: 1.3}),
			],
		},
	];
};
