import {describe, expect, it} from 'vitest';
import type {BackupEvent} from '../../source/domain/run/events.ts';
import {presentBackup} from '../../source/ui/backup/present-backup.ts';
import {openReporter, type ReportChoice} from '../../source/ui/reporter.ts';
import {createFakeClock} from '../helpers/fake-clock.ts';
import {createFakeTerminal, type FakeTerminal} from '../helpers/fake-terminal.ts';
import {
	failed,
	finished,
	listed,
	planMade,
	runFinished,
	runStarted,
	sourceFinished,
	sourceStarted,
	started,
} from '../helpers/run-events.ts';

const usual: ReportChoice = {json: false, quiet: false, verbose: false};
const trouble = [
	runStarted(),
	sourceStarted,
	listed(132, 132, true),
	planMade(132, 3),
	started('web'),
	finished('web', failed()),
	sourceFinished(),
	runFinished(),
];
const well: readonly BackupEvent[] = [
	runStarted(),
	sourceStarted,
	sourceFinished({updated: 48, new: 0, failed: 0, exitCode: 0}),
	runFinished(0),
];

const show = async (
	choice: Partial<ReportChoice>,
	events: readonly BackupEvent[],
	isInteractive: boolean,
): Promise<FakeTerminal> => {
	const terminal = createFakeTerminal({isInteractive});
	const around = {terminal, clock: createFakeClock()};
	const chosen = {...usual, ...choice};
	const reporter = await openReporter(chosen, around, presentBackup(chosen, around));
	for (const event of events) {
		reporter.handle(event);
	}
	await reporter.close();
	return terminal;
};

describe('the reporter of a run', () => {
	it('is live in a terminal, and leaves the cursor as it was', async () => {
		const terminal = await show({}, trouble, true);
		expect(terminal.error()).toContain('\u001B[?2026h');
		expect(terminal.error().split('131 of 132')[0]).toContain('✖ web');
		expect(terminal.isCursorHidden()).toBe(false);
	});

	it('is plain lines without a terminal', async () => {
		const terminal = await show({}, trouble, false);
		expect(terminal.error()).toMatch(/^\d\d:\d\d:\d\d acme: 132 repositories\n/);
		expect(terminal.error()).not.toContain('\u001B');
	});

	it('is plain lines with every event with --verbose, in a terminal too', async () => {
		const terminal = await show({verbose: true}, trouble, true);
		expect(terminal.error()).toContain(' acme/web: updating\n');
	});

	it('is JSON on standard output when asked for, in a terminal too', async () => {
		const terminal = await show({json: true}, trouble, true);
		expect(terminal.out().split('\n')).toHaveLength(trouble.length + 2);
		expect(terminal.error()).not.toContain('\u001B');
	});

	it('is nothing at all when quiet and all is well', async () => {
		const terminal = await show({quiet: true}, well, true);
		expect(terminal.out() + terminal.error()).toBe('');
	});

	it.each([{}, {json: true}, {quiet: true}, {verbose: true}])(
		'ends with the summary if something is wrong: %o',
		async (choice) => {
			for (const isInteractive of [true, false]) {
				const terminal = await show(choice, trouble, isInteractive);
				expect(terminal.error()).toContain('131 of 132 repositories of acme are saved');
				expect(terminal.error()).toContain('Not saved');
			}
		},
	);
});
