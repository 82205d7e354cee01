import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {openFiles} from '../../../source/adapters/files/files.ts';
import type {BackupEvent} from '../../../source/domain/run/events.ts';
import {createRunLog} from '../../../source/ui/backup/run-log.ts';
import {createFakeClock} from '../../helpers/fake-clock.ts';
import {
	finished,
	folderHeld,
	runStarted,
	source,
	sourceFinished,
	unchanged,
} from '../../helpers/run-events.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';

const runName = '20261123T020000Z-1';

const setUp = () => {
	const folder = makeTemporaryFolder();
	const logs = join(folder, '.cistern', 'logs');
	const notices: BackupEvent[] = [];
	const log = createRunLog(
		{files: openFiles(), clock: createFakeClock(Date.parse('2026-11-23T02:00:09Z'))},
		(event) => notices.push(event),
	);
	const write = async (...events: readonly BackupEvent[]): Promise<void> => {
		for (const event of events) {
			log.handle(event);
		}
		await log.close();
	};
	const started: BackupEvent = {type: 'source-started', source, workspace: 'acme', folder};
	return {folder, logs, notices, started, write};
};

describe('the log of a run', () => {
	it('has every line from the start of a source on, each with its full time, and the end of the run in that of the last', async () => {
		const {folder, logs, started, write} = setUp();

		const ended = [finished('web', unchanged), sourceFinished()];
		const printed = {type: 'after-backup-printed', text: 'uploaded \u001b[1m3\u001b[0m'} as const;
		await write(runStarted(), started, folderHeld, ...ended, printed);

		const text = readFileSync(join(logs, `${runName}.log`), 'utf8');
		expect(text.split('\n')).toEqual([
			`2026-11-23T02:00:09.000Z acme: saved in ${folder}`,
			'2026-11-23T02:00:09.000Z acme/web: unchanged',
			expect.stringContaining('2026-11-23T02:00:09.000Z acme: '),
			'2026-11-23T02:00:09.000Z   uploaded \\x1b[1m3\\x1b[0m',
			'',
		]);
	});

	it('is not begun before the run holds the folder', async () => {
		const {folder, started, write} = setUp();
		await write(runStarted(), started, sourceFinished());
		expect(existsSync(join(folder, '.cistern'))).toBe(false);
	});

	it('replaces the oldest of 30', async () => {
		const {logs, started, write} = setUp();
		mkdirSync(logs, {recursive: true});
		for (let day = 10; day < 40; day += 1) {
			writeFileSync(join(logs, `202610${day}T020000Z-1.log`), '');
		}

		await write(runStarted(), started, folderHeld, finished('web', unchanged));

		const kept = readdirSync(logs).toSorted();
		expect(kept).toHaveLength(30);
		expect([kept.at(0), kept.at(-1)]).toEqual(['20261011T020000Z-1.log', `${runName}.log`]);
	});

	it('is given up with one notice if something else is in its place', async () => {
		const {folder, logs, notices, started, write} = setUp();
		mkdirSync(join(folder, '.cistern'));
		writeFileSync(logs, 'something else');

		await write(runStarted(), started, folderHeld, finished('web', unchanged), sourceFinished());

		expect(notices).toEqual([
			{type: 'noticed', source, text: expect.stringContaining(`${logs} cannot be used`)},
		]);
		expect(readFileSync(logs, 'utf8')).toBe('something else');
	});
});
