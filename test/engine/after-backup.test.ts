import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import type {AfterBackupFinished, BackupEvent} from '../../source/domain/run/events.ts';
import type {RunLine} from '../../source/domain/run/run-line.ts';
import {readRuns} from '../../source/engine/saved/saved-state.ts';
import {makeWorld} from '../helpers/backup.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

const afterwards = (script: string) => ({
	settings: {
		afterBackup: {words: ['sh', '-c', script], environment: {PATH: process.env['PATH']}},
	},
});

const finishedOf = (events: readonly BackupEvent[]): AfterBackupFinished | undefined =>
	events.find((event) => event.type === 'after-backup-finished');

const printedBy = (events: readonly BackupEvent[]): readonly string[] =>
	events.flatMap((event) => (event.type === 'after-backup-printed' ? [event.text] : []));

const runScript = (script: string) => acme.run(afterwards(script));

describe('the command after the backup', () => {
	it('runs when the run is noted, with the folder held, and is told how the backup went', async () => {
		await acme.add('api');
		const script = `cd "$CISTERN_FOLDER/acme/.cistern" && wc -l < runs.jsonl && ls lock && echo "$CISTERN_EXIT_CODE $CISTERN_SOURCES"`;
		const {exitCode, events} = await runScript(script);

		expect(exitCode).toBe(exitCodes.done);
		expect(printedBy(events).map((line) => line.trim())).toEqual(['1', 'lock', '0 acme']);
		expect(finishedOf(events)).toEqual({type: 'after-backup-finished', program: 'sh'});
		expect(existsSync(acme.path('.cistern', 'lock'))).toBe(false);
		expect(events.at(-1)).toMatchObject({type: 'run-finished', exitCode: exitCodes.done});
	});

	it('is noted as not run before it ends, so that no run counts as complete that was killed in it', async () => {
		await acme.add('api');
		const files = makeWorld(acme.clock).files;
		const noted = async () => (await readRuns(files, acme.path())).lines.at(-1);
		let meanwhile: RunLine | undefined;
		await acme.run({
			...afterwards('true'),
			wrapWorld: (world) => ({
				...world,
				runProgram: async (...given) => {
					meanwhile = await noted();
					return world.runProgram(...given);
				},
			}),
		});
		const afterBackup = 'has not run to its end';
		expect(meanwhile).toMatchObject({exitCode: 3, complete: false, afterBackup});
		const {afterBackup: _, ...whole} = meanwhile ?? {};
		expect(await noted()).toEqual({...whole, exitCode: 0, complete: true});
	});

	it('that fails makes the run incomplete and is named with its last words, while the backup is whole', async () => {
		await acme.add('api');
		const {exitCode, events, reports} = await runScript('seq 20; exit 4');

		expect(exitCode).toBe(exitCodes.incomplete);
		expect(reports[0]).toMatchObject({exitCode: exitCodes.done, new: 1});
		expect(finishedOf(events)).toEqual({
			type: 'after-backup-finished',
			program: 'sh',
			problem: 'ended with exit code 4',
			lastLines: ['11', '12', '13', '14', '15', '16', '17', '18', '19', '20'],
		});
		const {lines} = await readRuns(makeWorld(acme.clock).files, acme.path());
		expect(lines).toMatchObject([
			{exitCode: 3, complete: false, afterBackup: 'ended with exit code 4'},
		]);
		await runScript('true');
		expect((await readRuns(makeWorld(acme.clock).files, acme.path())).lines).toMatchObject([
			{complete: false},
			{complete: true},
		]);
	});

	it('runs after a backup that is not complete too', async () => {
		await acme.add('api');
		acme.sandbox.addFault({match: {service: 'git'}, answer: {kind: 'answer', status: 403}});
		const {events, exitCode} = await runScript('echo "$CISTERN_EXIT_CODE"');
		expect(exitCode).not.toBe(exitCodes.done);
		expect(printedBy(events)).toEqual([String(exitCode)]);
	});

	it('waits for a run that has taken the folder in between, and leaves the work to one that came first', async () => {
		await acme.add('api');
		const heldBy = {pid: 1, host: 'elsewhere', since: '2026-11-23T11:00:00Z', isVisible: false};
		const runWithOther = (isHeld: (turn: number) => boolean) => {
			let turn = 0;
			return acme.run({
				...afterwards('echo copied'),
				wrapWorld: (world) => ({
					...world,
					files: {
						...world.files,
						lock: async (folder, run) => {
							turn += 1;
							return isHeld(turn) ? {heldBy} : world.files.lock(folder, run);
						},
					},
				}),
			});
		};

		const late = await runWithOther((turn) => turn === 2 || turn === 3);
		expect(late.exitCode).toBe(exitCodes.done);
		expect(late.events.filter(({type}) => type === 'noticed')).toHaveLength(1);
		expect(printedBy(late.events)).toEqual(['copied']);

		const second = await runWithOther((turn) => turn === 1);
		expect(second.exitCode).toBe(exitCodes.locked);
		expect(printedBy(second.events)).toEqual([]);
	});

	it('ends with an interruption of the run', async () => {
		await acme.add('api');
		const controller = new AbortController();
		const {exitCode} = await acme.run({
			...afterwards('echo ready; sleep 60; touch "$CISTERN_FOLDER/late"'),
			run: {signal: controller.signal},
			onEvent: ({type}) => {
				if (type === 'after-backup-printed') {
					controller.abort(new Error('interrupted'));
				}
			},
		});
		expect(exitCode).toBe(exitCodes.interrupted);
		expect(existsSync(join(acme.folder, 'late'))).toBe(false);
		expect(existsSync(acme.path('.cistern', 'lock'))).toBe(false);
	});

	it('does not run where the disk of an earlier backup is not there', async () => {
		await acme.add('api');
		const {events, exitCode} = await acme.run({
			...afterwards('echo copied'),
			wrapWorld: (world) => ({
				...world,
				backups: {
					...world.backups,
					recall: async (folder) => ({
						folder,
						workspace: 'acme',
						at: '2026-11-22T02:00:00Z',
						repositories: 1,
					}),
				},
			}),
		});
		expect(exitCode).toBe(exitCodes.failed);
		expect(printedBy(events)).toEqual([]);
		expect(events.some(({type}) => type === 'after-backup-started')).toBe(false);
	});
});
