import {describe, expect, it} from 'vitest';
import {
	formatRehearsal,
	formatScheduled,
	formatWarnings,
	type Scheduled,
} from '../../source/ui/schedule.ts';
import {marksFor, styleFor} from '../../source/ui/text/style.ts';

const style = {
	columns: 80,
	marks: marksFor({hasUnicode: false}),
	paint: styleFor({hasColour: false}),
	now: Date.parse('2026-11-23T08:00:00Z'),
};

const nightly: Scheduled = {
	with: 'systemd',
	lines: ['OnCalendar=*-*-* 02:00', 'cistern --yes'],
	isPersistent: true,
	faults: [],
	warnings: [],
};

const show = (changes: Partial<Scheduled>): string =>
	formatScheduled([{...nightly, ...changes}], style).replaceAll(/\s+/g, ' ');

describe('a schedule is shown', () => {
	it('with its lines, its next run and its last one', () => {
		const text = show({
			next: '2026-11-24T02:11:00Z',
			last: '2026-11-23T02:11:00Z',
			lastExitCode: 0,
		});
		expect(text).toMatch(
			/^ systemd next: \S+ .*last: \S+ .*exit code 0 OnCalendar=\*-\*-\* 02:00 cistern --yes $/,
		);
	});

	it.each([
		[1, 'could not work (exit code 1): run "cistern --yes" to see why.'],
		[3, 'did not save everything: "cistern status" says what is missing.'],
		[11, 'found another one at work, and left it to that.'],
		[12, 'was refused by Bitbucket: "cistern check" says why.'],
		[130, 'was interrupted.'],
	])('with a sentence about a last run that ended with %i', (lastExitCode, words) => {
		expect(show({last: '2026-11-23T02:11:00Z', lastExitCode})).toContain(
			`! The last backup ${words}`,
		);
	});

	it('with an explanation where it starts every hour', () => {
		expect(show({with: 'cron'})).toContain('It does nothing while the last complete backup');
	});

	it('with what keeps it from working, and what may', () => {
		const text = show({faults: ['The timer is not active.'], warnings: ['It may be locked.']});
		expect(text).toContain('x The timer is not active. ! It may be locked.');
		expect(formatWarnings(['It may be locked.'], style)).toBe('  ! It may be locked.\n');
	});

	it('with the way to one where there is none', () => {
		expect(formatScheduled([], style)).toContain('"cistern schedule --at 02:00"');
	});
});

describe('a rehearsal is shown', () => {
	const end = {
		kind: 'done' as const,
		ending: 'exit code 0',
		output: 'all is well\n\n',
		complaint: '',
	};

	it('as the check ended, and with the next step if it failed', () => {
		expect(formatRehearsal(end, '/x/environment', style)).toBe('all is well\n\n');
		const failed = formatRehearsal(
			{...end, kind: 'failed', ending: 'exit code 1', complaint: 'no \u001B[31mtoken'},
			'/x/environment',
			style,
		);
		expect(failed).toContain('A backup would not work at night: the check ended with exit code 1.');
		expect(failed.replaceAll(/\s+/g, ' ')).toContain('put the variables into /x/environment.');
		expect(failed).not.toContain('\u001B');
		expect(failed.split('\n').every((line) => line.length < 80)).toBe(true);
	});
});
