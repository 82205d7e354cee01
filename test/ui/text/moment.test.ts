import {describe, expect, it} from 'vitest';
import {
	formatAge,
	formatDate,
	formatDay,
	formatDayAndTime,
	formatMoment,
} from '../../../source/ui/text/moment.ts';

/** In the time of whatever machine this runs on, as the texts are. */
const local = (year: number, month: number, day: number, hour = 0, minute = 0): string =>
	new Date(year, month - 1, day, hour, minute).toISOString();
const now = Date.parse(local(2026, 11, 23, 14, 30));

describe('a moment in words', () => {
	it.each([
		[local(2026, 11, 23, 14, 30), 'just now'],
		[local(2026, 11, 23, 14, 5), '25 min ago'],
		[local(2026, 11, 23, 12), '2 h ago'],
		[local(2026, 11, 20, 12), '3 days ago'],
		[local(2026, 7, 3), 'on 3 Jul'],
		[local(2025, 11, 3), 'on 3 Nov 2025'],
		[local(2026, 12, 3), 'on 3 Dec'],
	])('%s is %s', (at, text) => {
		expect(formatAge(at, now)).toBe(text);
	});

	it('names today and yesterday', () => {
		expect(formatMoment(local(2026, 11, 23, 2), now)).toBe('today 02:00');
		expect(formatMoment(local(2026, 11, 22, 2), now)).toBe('yesterday 02:00');
		expect(formatMoment(local(2026, 11, 12, 14, 2), now)).toBe('12 Nov 14:02');
		expect(formatMoment(local(2027, 2, 3, 14, 2), now)).toBe('3 Feb 2027 14:02');
	});

	it('leaves out the year where it is this one', () => {
		expect(formatDay(local(2026, 1, 9), now)).toBe('9 Jan');
		expect(formatDay(local(2024, 1, 9), now)).toBe('9 Jan 2024');
		expect(formatDayAndTime(local(2026, 1, 9, 7, 5), now)).toBe('9 Jan 07:05');
	});

	it('gives a date that machines sort', () => {
		expect(formatDate(local(2026, 2, 3, 23, 59))).toBe('2026-02-03');
	});
});
