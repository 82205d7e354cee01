import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {fileOf, type MetadataFile} from '../../../source/domain/metadata/paths.ts';
import {Secret, type Source} from '../../../source/domain/settings/settings.ts';
import type {Bitbucket} from '../../../source/ports/bitbucket.ts';
import type {MetadataRequest, RepositoryName} from '../../../source/ports/metadata.ts';
import type {SandboxPullRequest} from '../../../source/sandbox/metadata/model.ts';
import type {SandboxAccount, SandboxRepository} from '../../../source/sandbox/model.ts';
import {type Sandbox, startSandbox} from '../../../source/sandbox/start-sandbox.ts';
import {makeSource, makeWorld, type RunResult, runBackup} from '../../helpers/backup.ts';
import {createFakeClock, type FakeClock} from '../../helpers/fake-clock.ts';
import {addReader, metadataScopes} from '../../helpers/metadata.ts';
import {copyOriginal} from '../../helpers/originals.ts';
import {pick, type Random} from '../../helpers/random.ts';

type RunOptions = NonNullable<Parameters<typeof runBackup>[2]>;

/** A workspace in which people work on pull requests, and its backup. Server and backup share a clock. */
export type Living = {
	readonly sandbox: Sandbox;
	readonly clock: FakeClock;
	readonly repositories: readonly SandboxRepository[];
	readonly people: readonly SandboxAccount[];
	readonly folder: string;
	/** Signs in with a token that may read pull requests. */
	readonly source: Partial<Source>;
	readonly run: (
		settings?: Readonly<Record<string, string>>,
		options?: RunOptions,
	) => Promise<RunResult>;
	/** Path of a repository's saved metadata. */
	readonly mirror: (repository: SandboxRepository) => string;
	/** The files of all pull requests, and of settings that change, as the server has them now, by path. */
	readonly readTruth: (repository: SandboxRepository) => Promise<ReadonlyMap<string, string>>;
};

export const openLiving = async (
	slugs: readonly string[],
	scopes: readonly string[] = metadataScopes,
): Promise<Living> => {
	const clock = createFakeClock();
	const sandbox = await startSandbox({now: clock.now});
	const folder = mkdtempSync(join(tmpdir(), 'cistern-test-'));
	onTestFinished(async () => {
		await sandbox.close();
		rmSync(folder, {recursive: true, force: true});
	});
	sandbox.addWorkspace({slug: 'acme'});
	const {account, source} = addReader(sandbox, scopes);
	const others = ['cyd', 'dee'].map((userName) =>
		sandbox.addAccount({email: `${userName}@example.com`, userName, displayName: userName}),
	);
	const repositories: SandboxRepository[] = [];
	for (const [index, slug] of slugs.entries()) {
		const repository = sandbox.addRepository({workspace: 'acme', slug});
		await copyOriginal(index, repository, join(folder, 'acme', `acme#${slug}`));
		repositories.push(repository);
	}

	return {
		sandbox,
		clock,
		repositories,
		people: [account, ...others],
		folder,
		source,
		run: (settings = {}, options = {}) =>
			runBackup(
				folder,
				[makeSource(sandbox, {...source, ofParts: {metadata: 'true', ...settings}})],
				{clock, ...options},
			),
		mirror: ({slug}) => join(folder, 'acme', `acme#${slug}`, 'metadata'),
		readTruth: openJudge(sandbox, clock),
	};
};

/** Every change shows in a date, so nothing but a mistake of ours can hide one. */
export const moveAlways = ({metadata: {unknowns}}: Sandbox): void => {
	unknowns.approvalsMove = true;
	unknowns.tasksMove = true;
	unknowns.resolutionsMove = true;
	// The feed tells the same things, and could hide that a list was not read.
	unknowns.feedsTombstones = false;
};

/** Reads from the server, with an account that may read everything. */
export const openJudge = (sandbox: Sandbox, clock: FakeClock): Living['readTruth'] => {
	const account = sandbox.addAccount({
		email: 'judge@example.com',
		userName: 'judge',
		displayName: 'J',
	});
	const token = 'ATATT3xFfGF0-of-the-judge';
	sandbox.addApiToken({account, token, scopes: metadataScopes});
	const {bitbucket} = makeWorld(clock).connect(
		makeSource(sandbox, {
			credential: {
				kind: 'api-token',
				apiUser: 'judge@example.com',
				gitUser: 'judge',
				token: new Secret(token),
			},
		}),
		'judge',
	);
	return (repository) => readTruth(bitbucket, sandbox, repository);
};

const readTruth = async (
	bitbucket: Bitbucket,
	{metadata}: Sandbox,
	{uuid, slug, ...one}: SandboxRepository,
): Promise<ReadonlyMap<string, string>> => {
	const repository: RepositoryName = {workspace: 'acme', slug, uuid: uuid.slice(1, -1)};
	const readAll = async (request: MetadataRequest): Promise<readonly unknown[]> => {
		const {signal} = new AbortController();
		const values: unknown[] = [];
		let page: string | undefined;
		do {
			const answer = await bitbucket.readMetadata({...request, ...(page && {page})}, signal);
			if (answer.state !== 'read') {
				throw new Error(`refused: ${request.kind}`);
			}

			values.push(...answer.values);
			page = answer.next;
		} while (page !== undefined);

		return values;
	};
	const files = new Map<string, string>();
	const add = (file: MetadataFile): void => {
		const {path, text} = fileOf(file);
		files.set(path, text);
	};
	const list = await readAll({
		kind: 'pull-requests',
		repository,
		walk: {to: 'oldest', before: undefined},
		isSorted: false,
	});
	for (const {id} of metadata.pullRequests.list({...one, uuid, slug})) {
		const value = list.find((item) => (item as {readonly id: number}).id === id);
		add({kind: 'pull-request', id, value});
		const comments = await readAll({kind: 'comments', repository, id});
		const tasks = await readAll({kind: 'tasks', repository, id});
		if (comments.length > 0) {
			add({kind: 'comments', id, value: comments});
		}

		if (tasks.length > 0) {
			add({kind: 'tasks', id, value: tasks});
		}
	}

	const reviewers = await readAll({kind: 'default-reviewers', repository});
	add({kind: 'settings', name: 'default-reviewers', value: reviewers});

	return files;
};

/** The same files as they are saved, without activity and commits. `commit`: the newest one without it. */
export const readSavedFiles = async (
	mirror: string,
	clock: FakeClock,
	commit?: string,
): Promise<ReadonlyMap<string, string>> => {
	const git = makeWorld(clock).openGit('reader');
	const tip = commit ?? (await git.readMetadataTip(mirror));
	const files = new Map<string, string>();
	if (tip === undefined) {
		return files;
	}

	const paths: string[] = [];
	for await (const path of git.listFiles(mirror, tip, '.')) {
		const isCompared =
			/^settings\/default-reviewers|^pull-requests\/.*\/(pull-request|comments|tasks)\.json$/;
		paths.push(...(isCompared.test(path) ? [path] : []));
	}

	let index = 0;
	for await (const text of git.readTexts(
		mirror,
		paths.map((path) => `${tip}:${path}`),
	)) {
		files.set(paths[index] ?? '', text ?? '');
		index += 1;
	}

	return files;
};

/** All that a user may do. */
export const deeds = [
	'add a download',
	'approve',
	'change a task',
	'change reviewers',
	'close',
	'comment',
	'comment on a line',
	'delete a comment',
	'edit',
	'edit a comment',
	'open',
	'open with lost commits',
	'remove a download',
	'reply',
	'request changes',
	'resolve a comment',
	'withdraw',
] as const;

export type Deed = (typeof deeds)[number];

/** One thing that a user does. Text is never used twice, so that it can be looked for. */
export const changeSomething = (
	{sandbox, repositories, people}: Pick<Living, 'sandbox' | 'repositories' | 'people'>,
	random: Random,
	texts: string[],
): Deed | undefined => {
	const {pullRequests, downloads} = sandbox.metadata;
	const repository = pick(random, repositories);
	const by = pick(random, people);
	const write = (): string => {
		const text = `words-${texts.length}-${random(1_000_000)}.`;
		texts.push(text);
		return text;
	};
	const all = pullRequests.list(repository);
	const open = all.filter(({state}) => state === 'OPEN');
	const deed = random(15);
	if (deed === 1) {
		const {settings} = sandbox.metadata;
		settings.put(repository, 'effective-default-reviewers', [{uuid: '{1}', nickname: write()}]);
		return 'change reviewers';
	}

	if (open.length < 2 || deed === 0) {
		const commits = random(4) === 0 ? {commits: [lostCommit(random)]} : {};
		const reviewers = [pick(random, people)];
		pullRequests.open(repository, {by, title: write(), reviewers, ...commits});
		return 'commits' in commits ? 'open with lost commits' : 'open';
	}

	const pull = pick(random, open);
	const living = pull.comments.filter(({isDeleted}) => !isDeleted);
	const comment = living.length === 0 ? undefined : pick(random, living);
	const acts: readonly (readonly [Deed, (() => void) | undefined])[] = [
		[
			'add a download',
			() => downloads.add(repository, {name: `file-${random(4)}`, content: write(), by}),
		],
		['remove a download', () => downloads.remove(repository, `file-${random(4)}`)],
		['comment', () => pullRequests.comment(pull, {by, text: write()})],
		[
			'comment on a line',
			() => pullRequests.comment(pull, {by, text: write(), inline: {path: 'a.ts', to: random(90)}}),
		],
		['comment', () => pullRequests.comment(pick(random, all), {by, text: write()})],
		['reply', comment && (() => pullRequests.comment(pull, {by, text: write(), parent: comment}))],
		['edit a comment', comment && (() => pullRequests.editComment(pull, comment, write()))],
		['delete a comment', comment && (() => pullRequests.deleteComment(pull, comment))],
		[
			'resolve a comment',
			comment &&
				(() => pullRequests.resolveComment(pull, comment, comment.resolution ? undefined : by)),
		],
		['edit', () => pullRequests.edit(pull, {description: write()})],
		['approve', () => pullRequests.approve(pick(random, all), by)],
		['request changes', () => pullRequests.requestChanges(pull, by)],
		['withdraw', () => pullRequests.withdraw(pull, by)],
		['change a task', () => changeTasks(pullRequests, pull, by, random, write)],
		[
			'close',
			() =>
				pullRequests.close(pull, pick(random, ['MERGED', 'DECLINED', 'SUPERSEDED'] as const), {
					by,
				}),
		],
	];
	const [name, act] = pick(random, acts);
	act?.();
	return act && name;
};

/** Of a branch that no backup ever saw. */
const lostCommit = (random: Random): string =>
	random(2 ** 31)
		.toString(16)
		.padStart(40, 'e');

const changeTasks = (
	pullRequests: Sandbox['metadata']['pullRequests'],
	pull: SandboxPullRequest,
	by: SandboxAccount,
	random: Random,
	write: () => string,
): void => {
	const task = pull.tasks.length === 0 ? undefined : pick(random, pull.tasks);
	if (task === undefined || random(2) === 0) {
		pullRequests.addTask(pull, by, write());
	} else {
		pullRequests.resolveTask(pull, task, task.resolvedBy ? undefined : by);
	}
};
