import {execFileSync, spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import type {RunLine} from '../../../source/domain/run/run-line.ts';
import {formatMetrics, type MeasuredSource} from '../../../source/domain/status/metrics.ts';

const run = (changes: Partial<RunLine> = {}): RunLine => ({
	v: 1,
	run: 'r',
	at: '2026-11-23T02:00:00.000Z',
	duration: 12_500,
	exitCode: 0,
	complete: true,
	partial: false,
	listed: true,
	inScope: 3,
	unchanged: 2,
	updated: 1,
	new: 0,
	failed: [],
	leftOut: [],
	missing: [],
	gone: ['acme/old'],
	size: 4_200_000_000,
	received: 12,
	free: 81_000_000_000,
	kept: 1,
	...changes,
});

const acme: MeasuredSource = {
	source: 'acme',
	workspace: 'acme',
	runs: [
		run(),
		run({
			at: '2026-11-24T02:00:00.000Z',
			exitCode: 3,
			complete: false,
			failed: [
				{
					repository: 'acme/a"b\\c\nd',
					reason: 'the server answered 500 four times',
					kind: 'server-error',
				},
				{repository: 'acme/old', reason: 'noted by an earlier version'},
			],
		}),
		run({at: '2026-11-24T03:00:00.000Z', partial: true, complete: false}),
	],
	checks: [],
	tokenExpires: '2027-03-01',
};

const text = formatMetrics(
	[acme, {...acme, source: 'old', workspace: undefined, runs: []}],
	'1.0.0',
);

/** Debian's package prometheus has it. */
const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;

describe('the metrics', () => {
	it('tell the last whole run, the last complete one, and what failed', () => {
		const lines = text.split('\n');
		const labels = 'source="acme",workspace="acme"';
		expect(lines).toContain('cistern_build_info{version="1.0.0"} 1');
		expect(lines).toContain(`cistern_last_run_timestamp_seconds{${labels}} 1795485600`);
		expect(lines).toContain(`cistern_last_run_success{${labels}} 0`);
		expect(lines).toContain(`cistern_last_complete_timestamp_seconds{${labels}} 1795399200`);
		expect(lines).toContain(`cistern_repositories{${labels},state="failed"} 2`);
		expect(lines).toContain(`cistern_token_expires_timestamp_seconds{${labels}} 1803859200`);
		expect(lines).toContain(
			`cistern_repository_failed{${labels},repository="acme/a\\"b\\\\c\\nd",reason="server-error"} 1`,
		);
		expect(lines).toContain(`cistern_repository_failed{${labels},repository="acme/old"} 1`);
		expect(text).not.toContain('last_verify');
		expect(text.endsWith('\n')).toBe(true);
	});

	it.skipIf(!hasPromtool)('are clean for promtool, and so are the rules [needs promtool]', () => {
		execFileSync('promtool', ['check', 'metrics'], {input: text});
		execFileSync('promtool', ['check', 'rules', 'docs/examples/cistern.rules.yml']);
	});

	it('have all names that the rules and the dashboard use', () => {
		for (const file of ['cistern.rules.yml', 'grafana-dashboard.json']) {
			const used = readFileSync(`docs/examples/${file}`, 'utf8').match(/\bcistern_\w+/g) ?? [];
			const verified = formatMetrics(
				[
					{
						...acme,
						checks: [
							{
								v: 1,
								at: '2026-11-23T02:00:00Z',
								kind: 'verify',
								partial: false,
								repositories: 3,
								whole: 3,
								damaged: 0,
								duration: 1,
								exitCode: 0,
								version: '1',
							},
						],
					},
				],
				'1',
			);
			expect(used.filter((name) => !verified.includes(`# TYPE ${name} gauge`))).toEqual([]);
		}
	});
});
