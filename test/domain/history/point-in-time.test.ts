import {describe, expect, it} from 'vitest';
import {isYetToCome, parsePointInTime} from '../../../source/domain/history/point-in-time.ts';

const now = Date.parse('2026-11-23T12:00:00Z');
const local = (year: number, month: number, day: number): number =>
	new Date(year, month - 1, day, 23, 59, 59, 999).getTime();

describe('a point in time', () => {
	it('is yet to come once it is later than today, whose date means its end', () => {
		expect(isYetToCome(local(2026, 11, 23), now)).toBe(false);
		expect(isYetToCome(local(2026, 11, 24), now)).toBe(true);
	});

	it.each([
		['2026-11-03T14:00:00Z', Date.parse('2026-11-03T14:00:00Z')],
		['2026-11-03 14:00:00+02:00', Date.parse('2026-11-03T12:00:00Z')],
		['2026-11-03', local(2026, 11, 3)],
		['11 Nov', local(2026, 11, 11)],
		['3 Dec', local(2025, 12, 3)],
		['3 December 2024', local(2024, 12, 3)],
		['2026-11-03 14:02', new Date(2026, 10, 3, 14, 2, 59, 999).getTime()],
		['2026-11-03T14:02:07', new Date(2026, 10, 3, 14, 2, 7, 999).getTime()],
		['2026-11-03T14:02Z', Date.parse('2026-11-03T14:02:59.999Z')],
		['2026-11-03t14:02:07.5+0100', Date.parse('2026-11-03T13:02:07.5Z')],
		['3 Nov 14:02', new Date(2026, 10, 3, 14, 2, 59, 999).getTime()],
		['3 Nov 2025 14:02', new Date(2025, 10, 3, 14, 2, 59, 999).getTime()],
		['today', local(2026, 11, 23)],
		['Yesterday', local(2026, 11, 22)],
		['yesterday 14:02', new Date(2026, 10, 22, 14, 2, 59, 999).getTime()],
		['3  days  ago', now - 3 * 86_400_000],
		['1d 12h ago', now - 36 * 3_600_000],
		['3 days ago', now - 3 * 86_400_000],
		['36h', now - 36 * 3_600_000],
	])('is named by %j', (text, time) => {
		expect(parsePointInTime(text, now)).toBe(time);
	});

	it.each([
		'soon',
		'2026-13-01',
		'2026-02-31',
		'2026-02-31T10:00:00Z',
		'2026-11-03T25:00:00Z',
		'2026-13-01T10:00:00Z',
		'2026-11-03 14:60',
		'yesterday 25:00',
		'31 Feb',
		'3 Nov 24:00',
		'3 Non',
		'',
		'2026',
	])('is not named by %j', (text) => {
		expect(parsePointInTime(text, now)).toBeUndefined();
	});
});
