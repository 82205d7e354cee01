import {createCipheriv, createHash} from 'node:crypto';
import {runGit} from './bare-repository.ts';
import {addDemoPullRequests, changeDemoPullRequests} from './demo-pull-requests.ts';
import {importHistory, type Step} from './import-history.ts';
import {showPerson} from './metadata/show.ts';
import type {SandboxAccount, SandboxRepository} from './model.ts';
import type {Sandbox} from './start-sandbox.ts';
import type {RepositoryOptions} from './workspaces.ts';

/** Bytes that do not compress, the same on every day. */
export const noise = (name: string, size: number): Buffer => {
	const key = Buffer.alloc(16);
	key.write(name);
	return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
};

const topics = ['parser', 'queue', 'report', 'sign-in', 'search', 'export', 'settings', 'cache'];

const topicOf = (index: number): string => topics[index % topics.length] ?? 'code';

const source = (topic: string, version: number): string =>
	Array.from(
		{length: 12 + version},
		(_, line) => `${topic} step ${line + 1}: ${topic.length * (line + version)}`,
	).join('\n');

/** A new branch of `count` commits. */
const growBranch = (branch: string, count: number): readonly Step[] =>
	Array.from({length: count}, (_, index): Step => {
		const topic = topicOf(index);
		return index === 0
			? {kind: 'commit', branch, message: 'Begin', files: {'README.md': `Grown on ${branch}.\n`}}
			: {
					kind: 'commit',
					branch,
					message: `Improve the ${topic}`,
					files: {[`source/${topic}.txt`]: source(topic, index)},
				};
	});

/** One more commit on a branch that earlier steps made. */
const addTo = (branch: string, message: string): Step => ({
	kind: 'commit',
	branch,
	message,
	files: {[`notes/${message.replaceAll(' ', '-').toLowerCase()}.md`]: `${message}.\n`},
});

/** One commit on a branch, on top of `from`: another branch, or a revision such as `main~3`. */
const branchOff = (branch: string, from: string, message: string): Step => ({
	kind: 'commit',
	branch,
	message,
	files: {[`notes/${branch.replaceAll('/', '-')}.md`]: `${message}.\n`},
	from: branch === from ? `refs/heads/${from}^0` : `refs/heads/${from}`,
});

const release = (name: string, branch: string): Step => ({
	kind: 'tag',
	name,
	message: `Release ${name}`,
	target: `refs/heads/${branch}`,
});

/** `count` commits of half a megabyte each, so that a transfer takes long enough to be watched. */
const growLarge = (branch: string, count: number): readonly Step[] =>
	Array.from({length: count}, (_, index): Step => {
		const name = `readings/${2014 + index}.bin`;
		return {
			kind: 'commit',
			branch,
			message: `Add ${name}`,
			files: {[name]: noise(name, 512 * 1024)},
		};
	});

export type DemoWorkspace = {
	readonly workspace: string;
	readonly email: string;
	readonly userName: string;
	readonly token: string;
};

const demo: DemoWorkspace = {
	workspace: 'harbour',
	email: 'ann@example.com',
	userName: 'ann',
	token: 'ATATT3xFfGF0-only-for-the-demonstration-9f3c',
};

type Plan = Omit<RepositoryOptions, 'workspace'> & {
	readonly steps: readonly Step[];
	readonly wikiSteps?: readonly Step[];
	/** Content of the LFS files that the steps have pointers to. */
	readonly lfs?: readonly Buffer[];
};

/** Two versions of a drawing that lies in LFS. */
const drawings = [noise('logo', 300 * 1024), noise('logo, redrawn', 400 * 1024)];

const drawLogo = (drawing: Buffer): Step => ({
	kind: 'commit',
	branch: 'trunk',
	message: 'Draw the logo',
	files: {
		'.gitattributes': '*.psd filter=lfs diff=lfs merge=lfs -text\n',
		'art/logo.psd': [
			'version https://git-lfs.github.com/spec/v1',
			`oid sha256:${createHash('sha256').update(drawing).digest('hex')}`,
			`size ${drawing.length}\n`,
		].join('\n'),
	},
});

const plans: readonly Plan[] = [
	{
		slug: 'api',
		steps: [
			...growBranch('main', 40),
			release('v1.0', 'main'),
			branchOff('release/1', 'main', 'Hold the first release'),
			branchOff('feature/search', 'main', 'Find things faster'),
			release('v1.1', 'release/1'),
		],
	},
	{
		slug: 'web',
		steps: [
			...growBranch('main', 25),
			branchOff('develop', 'main', 'Try a calmer front page'),
			// The force-push takes these two away.
			addTo('main', 'Load the front page in half the time'),
			addTo('main', 'Say in the footer who we are'),
		],
	},
	{slug: 'data-lake', size: 6 * 1024 * 1024, steps: growLarge('main', 12)},
	{slug: 'infra', steps: growBranch('main', 12)},
	{
		slug: 'docs',
		isPrivate: false,
		withWiki: true,
		steps: growBranch('main', 9),
		wikiSteps: growBranch('master', 4),
	},
	{slug: 'handbook', hasWiki: true, steps: growBranch('main', 6)},
	{slug: 'billing', steps: [...growBranch('main', 15), release('stable', 'main')]},
	{slug: 'mobile', steps: [...growBranch('main', 18), release('v0.9', 'main')]},
	{slug: 'website', isPrivate: false, steps: growBranch('main', 8)},
	{
		slug: 'design-system',
		isPrivate: false,
		mainBranch: 'trunk',
		steps: [...growBranch('trunk', 10), ...drawings.map(drawLogo)],
		lfs: drawings,
	},
	{slug: 'old-site', mainBranch: 'master', steps: growBranch('master', 5)},
	{slug: 'playground', steps: []},
];

/** Version 4 in form but fixed for a name, so that a later demo finds the same repositories. */
const uuidOf = (slug: string): string => {
	const hex = createHash('sha256').update(`demo/${slug}`).digest('hex');
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

const addPlanned = async (sandbox: Sandbox, plan: Plan): Promise<void> => {
	const {steps, wikiSteps = [], lfs = [], ...options} = plan;
	const {workspace} = demo;
	const repository = sandbox.addRepository({...options, workspace, uuid: uuidOf(plan.slug)});
	for (const drawing of lfs) {
		sandbox.putLfs(repository, drawing);
	}
	if (steps.length > 0) {
		await importHistory(repository.path, steps);
	}
	if (repository.wikiPath !== undefined) {
		await importHistory(repository.wikiPath, wikiSteps);
	}
};

/** Reading of everything that needs no administrator. */
const readingScopes = [
	'user',
	'workspace',
	'repository',
	'pullrequest',
	'project',
	'pipeline',
	'webhook',
	'snippet',
].map((name) => `read:${name}:bitbucket`);

/** A small workspace with a bit of everything that a backup meets, and a token to read it. */
export const fillDemoWorkspace = async (sandbox: Sandbox): Promise<DemoWorkspace> => {
	const {workspace, email, userName, token} = demo;
	sandbox.addWorkspace({slug: workspace, name: 'Harbour Works'});
	const account = sandbox.addAccount({email, userName, displayName: 'Ann Example'});
	sandbox.addApiToken({account, token, scopes: readingScopes});
	await Promise.all(plans.map((plan) => addPlanned(sandbox, plan)));
	const bo = sandbox.addAccount({
		email: 'bo@example.com',
		userName: 'bo',
		displayName: 'Bo Example',
	});
	const api = repositoryOf(sandbox, 'api');
	await addDemoPullRequests(sandbox, api, {ann: account, bo});
	addDemoSettings(sandbox, api, [account, bo]);
	return demo;
};

const addDemoSettings = (
	{metadata: {settings}, findWorkspace}: Sandbox,
	api: SandboxRepository,
	people: readonly SandboxAccount[],
): void => {
	settings.put(api, 'effective-default-reviewers', [
		{
			type: 'default_reviewer',
			reviewer_type: 'repository',
			user: people[0] && showPerson(people[0]),
		},
	]);
	settings.put(api, 'hooks', [
		{
			uuid: '{7c1f1a52-27fd-4a2c-9a2d-6c7b8f1d2e3f}',
			url: 'https://ci.harbour.example/hook',
			description: 'Builds',
			active: true,
			events: ['repo:push', 'pullrequest:created'],
		},
	]);
	const workspace = findWorkspace(demo.workspace);
	if (workspace !== undefined) {
		const members = people.map((one) => ({type: 'workspace_membership', user: showPerson(one)}));
		settings.put(workspace, 'members', members);
	}
};

const repositoryOf = (sandbox: Sandbox, slug: string): SandboxRepository => {
	const repository = sandbox.findRepository(demo.workspace, slug);
	if (repository === undefined) {
		throw new Error(`The demo has no repository ${slug}`);
	}
	return repository;
};

const pathOf = (sandbox: Sandbox, slug: string): string => repositoryOf(sandbox, slug).path;

/**
 * A month upstream: a force-push, a deleted branch, a moved tag, a deleted repository, and a discussion
 * that lost its words.
 */
export const changeDemoWorkspace = async (sandbox: Sandbox): Promise<void> => {
	const billing = pathOf(sandbox, 'billing');
	await Promise.all([
		importHistory(pathOf(sandbox, 'web'), [
			branchOff('main', 'main~3', 'Start the front page again'),
		]),
		runGit(pathOf(sandbox, 'api'), ['update-ref', '-d', 'refs/heads/feature/search']),
		importHistory(billing, [
			branchOff('main', 'main', 'Round to the penny'),
			release('stable', 'main'),
		]),
		importHistory(pathOf(sandbox, 'docs'), [branchOff('main', 'main', 'Explain how to restore')]),
	]);
	changeDemoPullRequests(sandbox, repositoryOf(sandbox, 'api'));
	const oldSite = sandbox.findRepository(demo.workspace, 'old-site');
	if (oldSite !== undefined) {
		sandbox.deleteRepository(oldSite);
	}
};
