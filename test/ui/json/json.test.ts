import {describe, expect, it} from 'vitest';
import {makeJsonSchema} from '../../../media/json-docs.ts';
import type {Failure} from '../../../source/domain/failure/failure.ts';
import type {BackupEvent} from '../../../source/domain/run/events.ts';
import type {Outcome} from '../../../source/domain/run/outcome.ts';
import {emptyRun, fold} from '../../../source/domain/run/run-state.ts';
import {formatJsonLine, toJsonLines} from '../../../source/ui/json/json.ts';
import {compileSchema} from '../../helpers/event-schema.ts';
import {failureExamples} from '../../helpers/failure-examples.ts';
import {
	failed,
	fellBack,
	finished,
	folderHeld,
	gap,
	gone,
	held,
	listed,
	lookedAt,
	planMade,
	progressed,
	putAside,
	released,
	renamed,
	rewritten,
	runFinished,
	runStarted,
	sourceFinished,
	sourceStarted,
	started,
	unchanged,
	waitEnded,
	waitStarted,
} from '../../helpers/run-events.ts';

const until = '2026-11-23T02:00:38Z';

const failures = Object.values(failureExamples)
	.flat()
	.map((one) => (one.kind === 'folder-locked' ? {...one, since: until} : one));
const forbidden: Failure = {kind: 'forbidden', door: 'api', message: 'no'};

const outcomes: {readonly [Result in Outcome['result']]: Extract<Outcome, {result: Result}>} = {
	unchanged: {result: 'unchanged', gaps: [gap], json: {usesLfs: true}},
	saved: rewritten,
	failed: {result: 'failed', failure: forbidden, attempts: 1, lastGood: undefined},
	'left-out': {result: 'left-out'},
};

const followUpProgress = {
	type: 'follow-up-progressed',
	source: 'acme',
	followUp: 'metadata',
	text: 'looking',
} as const;

const events: {readonly [Type in BackupEvent['type']]: readonly BackupEvent[]} = {
	'run-started': [runStarted()],
	noticed: [
		{type: 'noticed', text: 'a'},
		{type: 'noticed', source: 'acme', text: 'b'},
	],
	'source-started': [sourceStarted],
	'folder-held': [folderHeld],
	'listing-progressed': [
		listed(1, 2),
		{type: 'listing-progressed', source: 'acme', found: 1, done: true},
	],
	'repository-looked-at': [lookedAt('api')],
	'repository-put-aside': [putAside('api'), putAside('api', 5)],
	'plan-made': [planMade(3, 1)],
	'repository-started': [started('api'), started('web', 12)],
	'repository-progressed': [
		progressed('api', {stage: 'counting'}),
		progressed('api', {stage: 'receiving', percent: 3, bytes: 4, bytesPerSecond: 0.5}),
	],
	'wait-started': [waitStarted(until), waitStarted(until, 'api')],
	'repository-fell-back': [fellBack('api')],
	'repository-held': [held('api')],
	'repository-released': [released('api')],
	'wait-ended': [waitEnded(), waitEnded('api')],
	'repository-finished': [
		...Object.values(outcomes).map((outcome) => finished('api', outcome)),
		...failures.map((failure) => finished('web', failed(failure))),
	],
	'repository-gone': [gone('old')],
	'repository-renamed': [renamed('a', 'acme/b')],
	'follow-up-started': [
		{type: 'follow-up-started', source: 'acme', followUp: 'metadata', repositories: 3},
	],
	'follow-up-progressed': [
		{...followUpProgress, requests: 2},
		{...followUpProgress, repository: 'acme/api', requests: 5, left: 7, timeLeft: 1000},
	],
	'follow-up-waited': [
		{type: 'follow-up-waited', source: 'acme', followUp: 'metadata', until, text: 'spent'},
	],
	'follow-up-saved': [
		{
			type: 'follow-up-saved',
			source: 'acme',
			followUp: 'metadata',
			repository: 'acme/api',
			text: '1 pull request changed',
			json: {pullRequests: 1, comments: 2},
		},
	],
	'follow-up-finished': [
		{
			type: 'follow-up-finished',
			source: 'acme',
			followUp: 'metadata',
			gaps: [],
			json: {},
			notes: ['Done.'],
		},
	],
	'source-finished': [
		sourceFinished({partial: true}),
		sourceFinished({
			inScope: undefined,
			problem: forbidden,
			lastComplete: undefined,
			shrinkage: {expected: 2, found: 0, missing: [], missingCount: 2, missingPrivate: 0},
		}),
	],
	'after-backup-started': [{type: 'after-backup-started', program: 'restic'}],
	'after-backup-printed': [{type: 'after-backup-printed', text: 'uploaded'}],
	'after-backup-finished': [
		{type: 'after-backup-finished', program: 'restic'},
		{
			type: 'after-backup-finished',
			program: 'restic',
			problem: 'ended with exit code 1',
			lastLines: ['Fatal'],
		},
	],
	'run-finished': [runFinished()],
};

const print = (what: readonly BackupEvent[]): readonly string[] => {
	const state = emptyRun();
	return what.flatMap((event) => {
		fold(state, event, 0);
		return toJsonLines(event, state).map((line) => formatJsonLine(line).trimEnd());
	});
};

const parse = (line: string): Record<string, unknown> => JSON.parse(line);

describe('a run as JSON', () => {
	it('has one object with a version for every event, a line each, on standard output', () => {
		const all = Object.values(events).flat();
		const lines = print(all);
		expect(lines).toHaveLength(all.length + 1);
		expect(lines.map(parse).map(({v}) => v)).toEqual(lines.map(() => 1));
	});

	it('fits the schema in every field of every event, outcome and failure', async () => {
		const validate = await compileSchema();
		for (const line of print(Object.values(events).flat())) {
			const isValid = validate(parse(line));
			expect(isValid, `${line}\n${JSON.stringify(validate.errors)}`).toBe(true);
		}
	});

	it('has a failure in the schema for each kind, and no other', () => {
		const kinds = makeJsonSchema().$defs?.['failure']?.oneOf?.map(
			({properties}) => properties?.['kind']?.const,
		);
		expect(kinds?.toSorted()).toEqual(Object.keys(failureExamples).toSorted());
	});

	it('does not fit the schema if a field is missing, misspelt or unknown', async () => {
		const validate = await compileSchema();
		const {at, ...rest} = parse(print([runStarted()])[0] ?? '');
		expect(validate(rest)).toBe(false);
		expect(validate({...rest, At: at})).toBe(false);
		expect(validate({...rest, at, token: 'x'})).toBe(false);
		expect(validate({...rest, at})).toBe(true);
	});

	it('ends with the whole result and the exit code', () => {
		const lines = print([
			runStarted(),
			sourceStarted,
			finished('api', unchanged),
			finished('web', failed()),
			sourceFinished(),
			runFinished(12),
		]);
		const last = parse(lines.at(-1) ?? '');
		expect(last).toMatchObject({
			type: 'result',
			run: '20261123T020000Z-1',
			exitCode: 12,
			duration: 192_000,
			sources: [{source: 'acme', unchanged: 84}],
			failures: [{repository: 'acme/web', failure: {kind: 'server-error'}, attempts: 4}],
		});
	});

	it('escapes everything that a terminal would obey, without changing a value', () => {
		const evil = '\u009B2J\u202E\u{E0041}\u2028';
		const [line = ''] = print([gone(evil)]);
		expect(line).toMatch(/^[\x20-\x7E]*$/);
		expect(parse(line)['repository']).toBe(`acme/${evil}`);
	});
});
