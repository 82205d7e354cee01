import {stripVTControlCharacters} from 'node:util';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {presentLook} from '../../../source/ui/backup/present-backup.ts';
import {openReporter} from '../../../source/ui/reporter.ts';
import {presentVerify} from '../../../source/ui/verify/present-verify.ts';
import {createFakeClock} from '../../helpers/fake-clock.ts';
import {createFakeTerminal} from '../../helpers/fake-terminal.ts';
import {listed, runStarted, sourceStarted, waitStarted} from '../../helpers/run-events.ts';

const warning = `The token expires in ${'very '.repeat(12)}few days: make another one.`;
const clock = createFakeClock();
const choice = {json: false, quiet: false, verbose: false};
const until = '2026-11-23T02:00:38.000Z';

const expectFitting = (output: string, columns: number): void => {
	const widths = stripVTControlCharacters(output)
		.split('\n')
		.map((line) => line.replaceAll('\r', '').length);
	expect(Math.max(...widths)).toBeLessThan(columns);
};

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
});

describe('how far a look is', () => {
	it('takes half of the terminal, and says how much has no row; a warning is broken at words', async () => {
		const terminal = createFakeTerminal();
		terminal.resize(60, 20);
		const progress = await openReporter(choice, {terminal, clock}, presentLook());
		const waits = Array.from({length: 32}, (_, index) => waitStarted(until, `repo-${index}`));
		for (const event of [runStarted(), sourceStarted, listed(40, 40), ...waits]) {
			progress.handle(event);
		}
		progress.handle({type: 'noticed', text: warning});
		await vi.advanceTimersByTimeAsync(500);
		expectFitting(terminal.error(), 60);
		expect(terminal.error()).toMatch(/ ! The token expires in (?:very )+very\n {4}very /);
		expect(terminal.error().match(/ repo-\d+ /g)).toHaveLength(7);
		expect(terminal.error()).toContain('… and 25 more');
		await progress.close();
	});
});

describe('how far a verification is', () => {
	it('stays in one line, and breaks a warning at words', async () => {
		const terminal = createFakeTerminal();
		terminal.resize(60, 20);
		const around = {terminal, clock};
		const progress = await openReporter(choice, around, presentVerify(choice, around));
		progress.handle({type: 'noticed', text: warning});
		progress.handle({
			type: 'verify-started',
			source: 'acme',
			folder: '/srv/acme',
			repositories: 2000,
		});
		await vi.advanceTimersByTimeAsync(500);
		expectFitting(terminal.error(), 60);
		expect(terminal.error()).toMatch(/ ! The token expires in (?:very )+very\n {4}very /);
		expect(terminal.error()).toMatch(/ acme +0 of 2,000 verified$/m);
		await progress.close();
	});
});
