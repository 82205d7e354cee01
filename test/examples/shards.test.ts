import {execFileSync, spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as v from 'valibot';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {parse} from 'yaml';
import {makeKeyPair} from '../../source/adapters/seal/age.ts';
import {parseArguments} from '../../source/arguments/arguments.ts';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {confined, cronJobOf, podFailurePolicy, podOf} from '../helpers/kubernetes.ts';
import {load} from '../helpers/load-settings.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';

const examples = 'docs/examples/shards';
const read = (name: string): string => readFileSync(join(examples, name), 'utf8');
const readYaml = (name: string): unknown => parse(read(name), {merge: true});

const text = v.string();
const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const texts = v.pipe(v.array(text), v.minLength(1));

// Each form has the keys that the example uses, as the service documents them, and no others: so a
// misspelt key is refused, which the services themselves often pass over.

const container = v.strictObject({
	name: text,
	image: text,
	command: texts,
	args: v.tuple([text]),
	envFrom: v.tuple([v.strictObject({secretRef: v.strictObject({name: text})})]),
	...confined,
});

const template = v.strictObject({spec: podOf(container)});

const kubernetes = v.strictObject({
	apiVersion: v.literal('v1'),
	kind: v.literal('List'),
	items: v.tuple([
		cronJobOf(v.strictObject({backoffLimit: count, podFailurePolicy, template})),
		cronJobOf(
			v.strictObject({
				completionMode: v.literal('Indexed'),
				completions: count,
				parallelism: count,
				backoffLimitPerIndex: count,
				podFailurePolicy,
				template,
			}),
		),
	]),
});

const secret = v.strictObject({name: text, valueFrom: v.pipe(text, v.startsWith('arn:'))});

const batch = v.strictObject({
	jobDefinitionName: text,
	type: v.literal('container'),
	platformCapabilities: v.tuple([v.literal('FARGATE')]),
	containerProperties: v.strictObject({
		image: text,
		command: v.tuple([v.literal('sh'), v.literal('-c'), text]),
		executionRoleArn: v.pipe(text, v.startsWith('arn:')),
		secrets: v.array(secret),
		resourceRequirements: v.array(
			v.strictObject({type: v.picklist(['VCPU', 'MEMORY']), value: text}),
		),
		ephemeralStorage: v.strictObject({
			sizeInGiB: v.pipe(count, v.minValue(21), v.maxValue(200)),
		}),
		networkConfiguration: v.strictObject({assignPublicIp: v.picklist(['ENABLED', 'DISABLED'])}),
	}),
	retryStrategy: v.strictObject({
		attempts: v.pipe(count, v.maxValue(10)),
		evaluateOnExit: v.pipe(
			v.array(v.strictObject({onExitCode: text, action: v.picklist(['EXIT', 'RETRY'])})),
			v.maxLength(5),
		),
	}),
	timeout: v.strictObject({attemptDurationSeconds: count}),
});

const gitlab = v.strictObject({
	stages: texts,
	workflow: v.strictObject({rules: v.array(v.strictObject({if: text}))}),
	default: v.strictObject({
		image: v.strictObject({name: text, entrypoint: v.tuple([v.literal('')])}),
		retry: v.strictObject({
			max: v.pipe(count, v.maxValue(2)),
			exit_codes: v.array(count),
			when: v.array(v.picklist(['runner_system_failure', 'stuck_or_timeout_failure'])),
		}),
	}),
	list: v.strictObject({stage: text, script: v.tuple([text])}),
	shard: v.strictObject({
		stage: text,
		parallel: v.pipe(count, v.maxValue(200)),
		timeout: text,
		script: v.tuple([text]),
	}),
});

const action = v.strictObject({
	uses: v.pipe(text, v.regex(/^actions\/[\w-]+@[0-9a-f]{40}$/)),
	with: v.record(text, v.union([v.boolean(), v.number()])),
});
const jobSteps = v.tuple([
	action,
	action,
	v.strictObject({run: v.pipe(text, v.startsWith('npm install'))}),
	v.strictObject({name: text, run: text, env: v.record(text, text)}),
]);

const github = v.strictObject({
	name: text,
	on: v.strictObject({
		schedule: v.array(v.strictObject({cron: text})),
		workflow_dispatch: v.null(),
	}),
	permissions: v.strictObject({contents: v.literal('read')}),
	concurrency: v.strictObject({group: text, 'cancel-in-progress': v.literal(false)}),
	jobs: v.strictObject({
		list: v.strictObject({'runs-on': text, 'timeout-minutes': count, steps: jobSteps}),
		shard: v.strictObject({
			needs: v.literal('list'),
			strategy: v.strictObject({
				'fail-fast': v.literal(false),
				'max-parallel': count,
				matrix: v.strictObject({shard: v.array(count)}),
			}),
			'runs-on': text,
			'timeout-minutes': count,
			steps: jobSteps,
		}),
	}),
});

const bitbucketStep = v.strictObject({
	step: v.strictObject({
		name: text,
		'runs-on': v.pipe(texts, v.includes('self.hosted')),
		// Minutes.
		'max-time': v.optional(v.pipe(count, v.maxValue(720))),
		script: v.tuple([text]),
	}),
});

const bitbucket = v.strictObject({
	definitions: v.strictObject({steps: v.array(bitbucketStep)}),
	pipelines: v.strictObject({
		custom: v.strictObject({
			backup: v.tuple([bitbucketStep, v.strictObject({parallel: v.array(bitbucketStep)})]),
		}),
	}),
});

/** The variables that an engine gives to the jobs of an example, and the lines that they run. */
type Example = {
	/** Reads the list of repositories. */
	readonly list: string;
	/** Backs up one shard. */
	readonly shard: string;
	readonly shards: number;
	/** The variables by which the engine tells a job its place, counted from 0. */
	readonly placeOf: (index: number) => Readonly<Record<string, string>>;
	/** The names of the secrets that the jobs get. */
	readonly secrets: readonly string[];
};

/** As GitHub writes it. */
const expression = (name: string): string => ['$', `{{ ${name} }}`].join('');

const readExamples: Readonly<Record<string, () => Example>> = {
	'kubernetes.yml': () => {
		const [list, backup] = v.parse(kubernetes, readYaml('kubernetes.yml')).items;
		const {completions, template: pod} = backup.spec.jobTemplate.spec;
		const [listing] = list.spec.jobTemplate.spec.template.spec.containers;
		return {
			list: listing.args[0],
			shard: pod.spec.containers[0].args[0],
			shards: completions,
			placeOf: (index) => ({JOB_COMPLETION_INDEX: String(index)}),
			// They are in the secret, whose keys the head of the file names.
			secrets,
		};
	},
	'aws-batch.yml': () => {
		const {containerProperties} = v.parse(batch, readYaml('aws-batch.yml'));
		const [first = [], second = []] = submissions();
		const {command} = v.parse(
			v.strictObject({command: texts}),
			JSON.parse(first[first.indexOf('--container-overrides') + 1] ?? ''),
		);
		return {
			list: command.join(' '),
			shard: containerProperties.command[2],
			shards: Number(
				/^size=(\d+)$/.exec(second[second.indexOf('--array-properties') + 1] ?? '')?.[1],
			),
			placeOf: (index) => ({AWS_BATCH_JOB_ARRAY_INDEX: String(index)}),
			secrets: containerProperties.secrets.map(({name}) => name),
		};
	},
	'gitlab-ci.yml': () => {
		const {list, shard} = v.parse(gitlab, readYaml('gitlab-ci.yml'));
		return {
			list: list.script[0],
			shard: shard.script[0],
			shards: shard.parallel,
			placeOf: (index) => ({
				CI_NODE_INDEX: String(index + 1),
				CI_NODE_TOTAL: String(shard.parallel),
			}),
			// They are variables of the project, which the head of the file names.
			secrets,
		};
	},
	'github-actions.yml': () => {
		const {list, shard} = v.parse(github, readYaml('github-actions.yml')).jobs;
		const places = shard.strategy.matrix.shard;
		const [, , , {run, env}] = shard.steps;
		expect(env).toMatchObject({
			SHARD: expression('matrix.shard'),
			SHARDS: expression('strategy.job-total'),
		});
		const isSecret = ([name, value]: readonly [string, string]): boolean =>
			value === expression(`secrets.${name}`);
		return {
			list: list.steps[3].run,
			shard: run,
			shards: places.length,
			placeOf: (index) => ({SHARD: String(places[index]), SHARDS: String(places.length)}),
			secrets: Object.entries(env)
				.filter(isSecret)
				.map(([name]) => name),
		};
	},
	'bitbucket-pipelines.yml': () => {
		const {pipelines} = v.parse(bitbucket, readYaml('bitbucket-pipelines.yml'));
		const [list, {parallel}] = pipelines.custom.backup;
		return {
			list: list.step.script[0],
			shard: parallel[0]?.step.script[0] ?? '',
			shards: parallel.length,
			placeOf: (index) => ({
				BITBUCKET_PARALLEL_STEP: String(index),
				BITBUCKET_PARALLEL_STEP_COUNT: String(parallel.length),
			}),
			// They are variables of the repository, which the head of the file names.
			secrets,
		};
	},
};

/** The secrets of the settings; the runner's key is made. */
const plainSecrets = {
	BITBUCKET_TOKEN: 'ATATT3xFfGF0abc',
	STORE_KEY_ID: 'AKIAEXAMPLE',
	STORE_SECRET: 'secret',
};
const secrets = [...Object.keys(plainSecrets), 'STORE_RUNNER_KEY'];

/** Holds a `cistern` and an `aws` that only print their words, a line each. */
let printers = '';

/** Runs the line in a shell with nothing but these variables, and gives its output. */
const runInShell = (line: string, variables: Readonly<Record<string, string>> = {}): string =>
	execFileSync('sh', ['-euc', line], {
		encoding: 'utf8',
		env: {PATH: `${printers}:/usr/bin:/bin`, ...variables},
	});

const parseLine = (line: string, variables?: Readonly<Record<string, string>>) =>
	parseArguments(runInShell(line, variables).split('\n').slice(0, -1), {});

/** The words of each `aws` that the script for AWS Batch runs. Each answers with the id of a job. */
const submissions = (): readonly (readonly string[])[] => {
	const calls = join(printers, 'calls');
	rmSync(calls, {force: true});
	runInShell(`. ./${examples}/aws-batch.sh`, {CALLS: calls});
	return readFileSync(calls, 'utf8')
		.trim()
		.split('\n\n')
		.map((call) => call.split('\n'));
};

describe.skipIf(process.platform === 'win32')('the examples for shards', () => {
	beforeAll(() => {
		printers = mkdtempSync(join(tmpdir(), 'cistern-test-'));
		const write = (name: string, line: string): void =>
			writeFileSync(join(printers, name), `#!/bin/sh\n${line}\n`, {mode: 0o755});
		write('cistern', 'printf "%s\\n" "$@"');
		write('aws', 'printf "%s\\n" "$@" "" >>"$CALLS"; echo job-1');
	});
	afterAll(() => rmSync(printers, {recursive: true}));

	describe.each(Object.entries(readExamples))('%s', (name, readExample) => {
		it('reads the list once, and gives each shard its place and the list', () => {
			const {list, shard, shards, placeOf} = readExample();
			expect(parseLine(list)).toMatchObject({command: 'list', to: 'offsite'});
			for (const index of [0, shards - 1]) {
				expect(parseLine(shard, placeOf(index))).toMatchObject({
					command: 'backup',
					options: {yes: true},
					stateless: {
						store: 'offsite',
						shard: {index: index + 1, of: shards},
						listing: 'offsite',
					},
				});
			}
		});

		it('backs up nothing in a job that got no place', () => {
			const {shard} = readExample();
			const result = spawnSync('sh', ['-c', shard], {
				encoding: 'utf8',
				env: {PATH: `${printers}:/usr/bin:/bin`},
			});
			const words = result.stdout.split('\n').slice(0, -1);
			const start = () => {
				expect(result.status, 'the shell ended the line').toBe(0);
				parseArguments(words, {});
			};
			expect(start).toThrow(/--shard|the shell ended the line/);
		});

		it('gives the settings all the secrets that they name', async () => {
			const {recipient, identity} = await makeKeyPair();
			const values = {...plainSecrets, STORE_RUNNER_KEY: identity};
			const given = readExample().secrets;
			const {sources} = await load({
				home: makeTemporaryFolder(),
				file: read('settings.yml').replaceAll('age1…', recipient),
				// A run without a folder has one of its own while it runs.
				argv: ['--folder', '/tmp/run'],
				environment: Object.fromEntries(
					Object.entries(values).filter(([secret]) => given.includes(secret)),
				),
			});
			expect(sources.map(({workspace}) => workspace)).toEqual(['acme']);
			expect(secrets.filter((secret) => !read(name).includes(secret))).toEqual([]);
		});

		it('names each exit code', () => {
			const codes = [...read(name).matchAll(/^# +(\d+) {2}\S/gm)].map(([, code]) => Number(code));
			expect(codes).toEqual(Object.values(exitCodes));
		});
	});

	it('end a shard or the whole job in Kubernetes, as its exit code asks', () => {
		const [, {spec}] = v.parse(kubernetes, readYaml('kubernetes.yml')).items;
		const {backoffLimitPerIndex, podFailurePolicy: policy} = spec.jobTemplate.spec;
		const rules = policy.rules.map((rule) =>
			rule.action === 'Ignore' ? [rule.action] : [rule.action, ...rule.onExitCodes.values],
		);
		expect(rules).toEqual([
			['Ignore'],
			['FailJob', exitCodes.usage, exitCodes.refused],
			['FailIndex', exitCodes.incomplete],
		]);
		expect(backoffLimitPerIndex).toBe(1);
	});

	it('try a shard again in AWS Batch and GitLab only where that may help', () => {
		const {retryStrategy} = v.parse(batch, readYaml('aws-batch.yml'));
		const final = retryStrategy.evaluateOnExit.filter(({action: end}) => end === 'EXIT');
		const {usage, incomplete, refused, failed, interrupted} = exitCodes;
		expect(final.map(({onExitCode}) => Number(onExitCode))).toEqual([usage, incomplete, refused]);
		const {retry} = v.parse(gitlab, readYaml('gitlab-ci.yml')).default;
		expect(retry.exit_codes).toEqual([failed, interrupted]);
	});
});
