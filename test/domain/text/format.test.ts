import {describe, expect, it} from 'vitest';
import {
	formatAge,
	formatCompactTime,
	formatDate,
	formatDay,
	formatDayAndTime,
	formatDuration,
	formatMoment,
	formatRoughly,
	formatSize,
	parseDuration,
	readCompactTime,
} from '../../../source/domain/text/format.ts';

describe('a size in words', () => {
	it.each([
		[0, '0 B'],
		[999, '999 B'],
		[1000, '1.0 kB'],
		[14_240_000, '14.2 MB'],
		[99_940_000, '99.9 MB'],
		[99_960_000, '100 MB'],
		[330_400_000, '330 MB'],
		[999_600_000, '1.0 GB'],
		[4_100_000_000, '4.1 GB'],
		[5_000_000_000_000_000, '5000 TB'],
	])('%d bytes read %s', (bytes, text) => {
		expect(formatSize(bytes)).toBe(text);
	});
});

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

describe('a duration in words', () => {
	it.each([
		[40, '0.0 s'],
		[8100, '8.1 s'],
		[9960, '10 s'],
		[38 * second, '38 s'],
		[59.6 * second, '1 min'],
		[3 * minute + 12 * second, '3 min 12 s'],
		[2 * hour + 5 * minute, '2 h 5 min'],
		[2 * hour, '2 h'],
		[day + 4 * hour, '1 day 4 h'],
		[3 * day, '3 days'],
	])('%d ms read %s', (duration, text) => {
		expect(formatDuration(duration)).toBe(text);
	});

	it.each([
		[200, '1 s'],
		[59.7 * second, '59 s'],
		[95 * second, '1 min'],
		[47 * hour, '47 h'],
		[4 * day, '4 days'],
	])('%d ms are roughly %s', (duration, text) => {
		expect(formatRoughly(duration)).toBe(text);
	});
});

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

it('a compact time comes back as it was, in whole seconds', () => {
	const compact = formatCompactTime(Date.parse('2026-11-23T19:58:53.417Z'));
	expect(compact).toBe('20261123T195853Z');
	expect(readCompactTime(compact)).toBe('2026-11-23T19:58:53Z');
});

it.each(['', 'api', '20261123', '20261123T195853', '20261123T195853Z-4fa31c'])(
	'"%s" is none',
	(text) => {
		expect(readCompactTime(text)).toBeUndefined();
	},
);

describe('a duration', () => {
	it.each([
		['2d', 172_800_000],
		['36h', 129_600_000],
		['90 minutes', 5_400_000],
		['1d 12h', 129_600_000],
		['1.5 hours', 5_400_000],
		['1 week', 604_800_000],
		['30 S', 30_000],
		['', undefined],
		['2', undefined],
		['d', undefined],
		['2 fortnights', undefined],
		['-2d', undefined],
		['2d ago', undefined],
		['2d,', undefined],
	])('%j is %s milliseconds', (text, length) => {
		expect(parseDuration(text)).toBe(length);
	});
});
