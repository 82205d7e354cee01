import {readFileSync} from 'node:fs';
import {registerHooks} from 'node:module';
import {describe, expect, it} from 'vitest';
import {parse} from 'yaml';

const read = (file: string): string => readFileSync(file, 'utf8');

// GitHub's parser imports JSON as only bundlers do.
registerHooks({
	resolve: (specifier, context, next) => {
		const found = next(specifier, context);
		return specifier.endsWith('.json') ? {...found, importAttributes: {type: 'json'}} : found;
	},
});

const {convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow} = await import(
	'@actions/workflow-parser'
);

/** The faults that GitHub's own parser finds in a workflow. */
const complaintsAbout = async (content: string): Promise<readonly string[]> => {
	const {context, value} = parseWorkflow(
		{name: 'workflow.yml', content},
		new NoOperationTraceWriter(),
	);
	if (value !== undefined) {
		await convertWorkflowTemplate(context, value);
	}

	return context.errors.getErrors().map(({message}) => message);
};

const [release, test] = ['.github/workflows/release.yml', '.github/workflows/test.yml'];

describe('the workflows', () => {
	it.each([
		release,
		test,
		'docs/examples/github-actions.yml',
		'docs/examples/shards/github-actions.yml',
	])('are right for the parser of GitHub: %s', async (file) => {
		expect(await complaintsAbout(read(file))).toEqual([]);
		const misspelt = read(file).replace('timeout-minutes', 'timeout-minuts');
		expect(await complaintsAbout(misspelt)).toEqual([
			expect.stringContaining("Unexpected value 'timeout-minuts'"),
		]);
	});

	it.each([release, test])('run scripts that there are: %s', (file) => {
		const {scripts} = JSON.parse(read('package.json'));
		const names = [...read(file).matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(
			([, name]) => name,
		);
		expect(names).not.toEqual([]);
		expect(Object.keys(scripts)).toEqual(expect.arrayContaining(names));
	});

	it('let no job of a release do more than it has to', () => {
		const {permissions, jobs} = parse(read(release));
		expect(permissions).toEqual({});
		expect(
			Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, permissionsOf(job)])),
		).toEqual({
			package: {contents: 'read'},
			attest: {'id-token': 'write', attestations: 'write'},
			npm: {'id-token': 'write'},
			image: {packages: 'write'},
			release: {contents: 'write'},
		});
	});

	it('run the code of others only in the job of a release that may write nothing', () => {
		const {jobs}: {jobs: Record<string, {steps: readonly {run?: string}[]}>} = parse(read(release));
		const runsOthers = ({run = ''}: {run?: string}) => /npm (?:ci|test|run)|apt-get/.test(run);
		const names = Object.keys(jobs).filter((name) => jobs[name]?.steps.some(runsOthers));
		expect(names).toEqual(['package']);
	});

	it("publish nothing before npm's environment has asked a maintainer", () => {
		const {jobs} = parse(read(release));
		expect(jobs.npm.environment).toBe('npm');
		expect([jobs.npm.needs, jobs.image.needs, jobs.release.needs]).toEqual([
			'attest',
			'npm',
			'image',
		]);
	});

	it.each([release, test, 'docs/examples/shards/github-actions.yml'])(
		'take only actions of GitHub itself, each by the hash of its commit: %s',
		(file) => {
			const uses = [...read(file).matchAll(/uses: (.*)/g)].map(([, action]) => action);
			expect(uses).not.toEqual([]);
			for (const action of uses) {
				expect(action).toMatch(/^actions\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
			}
		},
	);
});

const permissionsOf = (job: unknown): unknown =>
	typeof job === 'object' && job !== null && 'permissions' in job ? job.permissions : undefined;
