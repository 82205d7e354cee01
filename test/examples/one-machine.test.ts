import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as v from 'valibot';
import {describe, expect, it} from 'vitest';
import {parseAllDocuments} from 'yaml';
import {parseArguments} from '../../source/arguments/arguments.ts';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {confined, cronJobOf, podFailurePolicy, podOf} from '../helpers/kubernetes.ts';
import {load} from '../helpers/load-settings.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';

const read = (name: string): string => readFileSync(join('docs/examples', name), 'utf8');

const documentsOf = (name: string): readonly unknown[] =>
	parseAllDocuments(read(name)).map((document) => {
		expect(document.errors).toEqual([]);
		return document.toJS();
	});

const text = v.string();
const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const texts = v.pipe(v.array(text), v.minLength(1));

// Each form has the keys that the example uses, as the service documents them, and no others: so a
// misspelt key is refused, which the services themselves often pass over.

const container = v.strictObject({
	name: text,
	image: text,
	args: texts,
	env: v.array(
		v.strictObject({
			name: text,
			valueFrom: v.strictObject({secretKeyRef: v.strictObject({name: text, key: text})}),
		}),
	),
	...confined,
});

const kubernetes = v.tuple([
	v.strictObject({
		apiVersion: v.literal('v1'),
		kind: v.literal('ConfigMap'),
		metadata: v.strictObject({name: text}),
		data: v.strictObject({'settings.yml': text}),
	}),
	cronJobOf(
		v.strictObject({
			backoffLimit: count,
			podFailurePolicy,
			template: v.strictObject({spec: podOf(container)}),
		}),
	),
]);

const compose = v.tuple([
	v.strictObject({
		services: v.strictObject({
			cistern: v.strictObject({
				image: text,
				command: texts,
				restart: v.picklist(['no', 'always', 'on-failure', 'unless-stopped']),
				stop_grace_period: v.pipe(text, v.regex(/^\d+s$/)),
				read_only: v.boolean(),
				cap_drop: texts,
				security_opt: texts,
				tmpfs: texts,
				volumes: texts,
				configs: v.array(v.strictObject({source: text, target: text})),
				secrets: texts,
			}),
		}),
		configs: v.strictObject({settings: v.strictObject({content: text})}),
		secrets: v.record(text, v.strictObject({file: text})),
		volumes: v.record(text, v.strictObject({})),
	}),
]);

const pipelines = v.tuple([
	v.strictObject({
		pipelines: v.strictObject({
			custom: v.record(
				text,
				v.tuple([
					v.strictObject({
						step: v.strictObject({
							name: text,
							'runs-on': texts,
							// Minutes.
							'max-time': v.pipe(count, v.maxValue(720)),
							clone: v.strictObject({enabled: v.boolean()}),
							script: v.tuple([text]),
						}),
					}),
				]),
			),
		}),
	}),
]);

const actions = v.tuple([
	v.strictObject({
		name: text,
		on: v.strictObject({
			schedule: v.array(v.strictObject({cron: text})),
			workflow_dispatch: v.null(),
		}),
		permissions: v.strictObject({}),
		concurrency: v.strictObject({group: text, 'cancel-in-progress': v.boolean()}),
		jobs: v.strictObject({
			backup: v.strictObject({
				'runs-on': texts,
				'timeout-minutes': count,
				steps: v.array(
					v.strictObject({
						name: text,
						if: v.optional(text),
						run: text,
						env: v.record(text, text),
					}),
				),
			}),
		}),
	}),
]);

const token = 'ATATT3xFfGF0abc';

/** Settings as Cistern reads them on the machine of an example. */
const sourcesOf = async (situation: Omit<Parameters<typeof load>[0], 'home'>) => {
	const {localFolder, sources} = await load({home: makeTemporaryFolder(), ...situation});
	return {localFolder, names: sources.map(({workspace}) => workspace)};
};

const wordsOf = (command: string): readonly string[] => {
	const [program, ...words] = command.split(' ');
	expect(program).toBe('cistern');
	return words;
};

describe('the examples for one machine', () => {
	it('have a job for Kubernetes that ends as its exit codes say, with settings that are right', async () => {
		const [config, job] = v.parse(kubernetes, documentsOf('kubernetes.yml'));
		const {template, podFailurePolicy, backoffLimit} = job.spec.jobTemplate.spec;
		const [{args, name, volumeMounts}] = template.spec.containers;
		expect(parseArguments(args, {})).toMatchObject({
			command: 'backup',
			wait: true,
			options: {yes: true, config: '/settings/settings.yml'},
		});
		expect(podFailurePolicy.rules).toContainEqual({
			action: 'FailJob',
			onExitCodes: {
				containerName: name,
				operator: 'In',
				values: [exitCodes.failed, exitCodes.usage, exitCodes.refused],
			},
		});
		expect(backoffLimit).toBe(2);
		const volumes = template.spec.volumes.map((one) => one.name);
		expect(volumes).toEqual(expect.arrayContaining(volumeMounts.map((one) => one.name)));
		expect(
			await sourcesOf({
				file: config.data['settings.yml'],
				environment: {BITBUCKET_TOKEN: token},
			}),
		).toEqual({localFolder: '/backup', names: ['acme']});
	});

	it('have a service for Compose, with settings and a secret that are there', async () => {
		const [{services, configs, secrets, volumes}] = v.parse(compose, documentsOf('compose.yml'));
		const {command, secrets: used, volumes: mounts} = services.cistern;
		expect(parseArguments(command, {})).toMatchObject({command: 'backup', every: 86_400_000});
		expect(Object.keys(secrets)).toEqual(used);
		const named = mounts
			.map((mount) => mount.split(':')[0] ?? '')
			.filter((one) => !one.startsWith('.'));
		expect(Object.keys(volumes)).toEqual(named);
		const file = configs.settings.content;
		expect(file).toContain(`passwordFile: /run/secrets/${used[0]}`);
		expect(await sourcesOf({file, readsDiskOnly: true})).toEqual({
			localFolder: '/backup',
			names: ['acme'],
		});
	});

	it('have a pipeline for Bitbucket, whose options are all that is needed', async () => {
		const [{pipelines: found}] = v.parse(pipelines, documentsOf('bitbucket-pipelines.yml'));
		for (const [{step}] of Object.values(found.custom)) {
			expect(step['runs-on']).toContain('self.hosted');
			const argv = wordsOf(step.script[0]);
			expect(parseArguments(argv, {})).toMatchObject({command: 'backup', options: {yes: true}});
			expect(await sourcesOf({argv, environment: {CISTERN_TOKEN: token}})).toEqual({
				localFolder: '/srv/backup',
				names: ['acme'],
			});
		}
	});

	it('have a workflow for GitHub, whose variables are all that is needed', async () => {
		const [{jobs}] = v.parse(actions, documentsOf('github-actions.yml'));
		expect(jobs.backup['runs-on']).toContain('self-hosted');
		for (const {run, env} of jobs.backup.steps) {
			const argv = wordsOf(run);
			const environment = Object.fromEntries(
				Object.entries(env).map(([name, value]) => [
					name,
					value.replace(/^\$\{\{ secrets\.CISTERN_TOKEN \}\}$/, token),
				]),
			);
			const {command} = parseArguments(argv, environment);
			const readsDiskOnly = command === 'status';
			expect(await sourcesOf({argv, environment, readsDiskOnly})).toEqual({
				localFolder: '/srv/backup',
				names: ['acme'],
			});
		}
	});

	it.each(['kubernetes.yml', 'compose.yml', 'bitbucket-pipelines.yml', 'github-actions.yml'])(
		'say what each exit code leads to: %s',
		(name) => {
			const codes = [...read(name).matchAll(/^# +(\d+) {2}\S/gm)].map(([, code]) => Number(code));
			expect(codes).toEqual(Object.values(exitCodes));
		},
	);
});
