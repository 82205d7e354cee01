import {mkdirSync, readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {parseArguments} from '../../source/arguments/arguments.ts';
import {status} from '../../source/commands/status.ts';
import {makeWorld} from '../helpers/backup.ts';
import {compileSchema} from '../helpers/event-schema.ts';
import {createFakeTerminal} from '../helpers/fake-terminal.ts';
import {flipByte} from '../helpers/flip-byte.ts';
import {commitFile, forcePush, readOid} from '../helpers/upstream.ts';
import {runVerify} from '../helpers/verify.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

const readLines = (name: string): readonly object[] =>
	readFileSync(acme.path('.cistern', name), 'utf8')
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line));

const readStatus = async (): Promise<object> => {
	const invocation = parseArguments(['status', '--json', '--from', acme.folder], {});
	const terminal = createFakeTerminal({isInteractive: false, canAsk: false});
	if (invocation.command === 'status') {
		await status({...makeWorld(acme.clock), terminal}, invocation);
	}

	return JSON.parse(terminal.out());
};

describe('the memory of a source', () => {
	it('keeps each verify and each rehearsal, and the status tells the last', async () => {
		const [{path}] = await acme.addSaved('api', 'web');
		await runVerify(acme, ['--json', '--sample', '1']);
		await runVerify(acme, ['--json', 'web']);

		const at = new Date(acme.clock.now()).toISOString();
		const around = {v: 1, at, version: 'test', exitCode: 0};
		const lines = readLines('checks.jsonl');
		expect(lines).toEqual(
			[
				{...around, kind: 'verify', partial: false, repositories: 2, whole: 2, damaged: 0},
				{
					...around,
					kind: 'sample',
					partial: false,
					repositories: 2,
					whole: 1,
					damaged: 0,
					rehearsed: 1,
				},
				{...around, kind: 'verify', partial: true, repositories: 1, whole: 1, damaged: 0},
			].map((line) => ({...line, duration: expect.any(Number)})),
		);

		acme.clock.advance(60_000);
		await flipByte(acme.mirror('api'), await readOid(path, 'main'));
		const {events} = await runVerify(acme);
		expect(events.some(({type}) => type === 'noticed')).toBe(false);
		const told = await readStatus();
		expect(told).toMatchObject({
			lastVerified: {
				at: new Date(acme.clock.now()).toISOString(),
				repositories: 2,
				whole: 1,
				damaged: 1,
				exitCode: 3,
			},
			lastRehearsed: {at, repositories: 2, rehearsed: 1, equal: 1},
		});
		const validate = await compileSchema();
		expect(validate(told) || validate.errors).toBe(true);
	});

	it('lets a verify go on that cannot be noted, and says so', async () => {
		await acme.addSaved('api');
		mkdirSync(acme.path('.cistern', 'checks.jsonl'));
		const {exitCode, events} = await runVerify(acme);
		expect(exitCode).toBe(0);
		expect(events).toContainEqual(
			expect.objectContaining({
				type: 'noticed',
				text: expect.stringContaining('That this verify took place could not be noted'),
			}),
		);
	});

	it('keeps sizes, bytes, room, and what upstream took away, with each run', async () => {
		const [{path}] = await acme.addSaved('api');
		await commitFile(path, {branch: 'old'});
		await acme.run();
		await forcePush(path);
		const {reports} = await acme.run();

		const facts = {
			size: expect.any(Number),
			received: expect.any(Number),
			free: expect.any(Number),
			rewritten: 1,
			moved: 0,
			deleted: 0,
			kept: 1,
		};
		expect(reports[0]).toMatchObject(facts);
		expect(readLines('runs.jsonl').at(-1)).toMatchObject(facts);
	});
});
