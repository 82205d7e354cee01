import {afterEach, beforeEach, expect, it, vi} from 'vitest';
import {presentBackup} from '../../../source/ui/backup/present-backup.ts';
import {openReporter} from '../../../source/ui/reporter.ts';
import {createFakeClock} from '../../helpers/fake-clock.ts';
import {createFakeTerminal} from '../../helpers/fake-terminal.ts';
import {lookedAt, planMade, runStarted, sourceStarted, started} from '../../helpers/run-events.ts';

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
});

it('keeps the column beside the names in place when a longer name is looked at or starts', async () => {
	const terminal = createFakeTerminal();
	const clock = createFakeClock();
	const choice = {json: false, quiet: false, verbose: false};
	const around = {terminal, clock};
	const view = await openReporter(choice, around, presentBackup(choice, around));
	const tell = async (...events: readonly Parameters<typeof view.handle>[0][]): Promise<void> => {
		for (const event of events) {
			view.handle(event);
		}
		clock.advance(1000);
		await vi.advanceTimersByTimeAsync(1000);
	};

	await tell(runStarted(), sourceStarted, lookedAt('web'));
	await tell(lookedAt('reporting-service-two'));
	const looks = [...terminal.error().matchAll(/ acme +(?=looked at|asking)/g)];
	expect(looks.length).toBeGreaterThan(1);
	expect(new Set(looks.map(([look]) => look.length)).size).toBe(1);
	await tell(planMade(2, 2), started('web'));
	await tell(started('reporting-service-two'));
	const rows = [...terminal.error().matchAll(/ (?:web|reporting-service-two) +starting/g)];
	expect(rows.length).toBeGreaterThan(2);
	expect(new Set(rows.map(([row]) => row.length)).size).toBe(1);
	await view.close();
});
