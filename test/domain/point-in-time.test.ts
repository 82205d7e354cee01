import {describe, expect, it} from 'vitest';
import {parsePointInTime} from '../../source/domain/point-in-time.ts';

const now = Date.parse('2026-11-23T12:00:00Z');
const local = (year: number, month: number, day: number): number =>
	new Date(year, month - 1, day, 23, 59, 59, 999).getTime();

describe('a point in time', () => {
	it.each([
		['2026-11-03T14:00:00Z', Date.parse('2026-11-03T14:00:00Z')],
		['2026-11-03 14:00:00+02:00', Date.parse('2026-11-03T12:00:00Z')],
		['2026-11-03', local(2026, 11, 3)],
		['11 Nov', local(2026, 11, 11)],
		['3 Dec', local(2025, 12, 3)],
		['3 December 2024', local(2024, 12, 3)],
		['3 days ago', now - 3 * 86_400_000],
		['36h', now - 36 * 3_600_000],
	])('is named by %j', (text, time) => {
		expect(parsePointInTime(text, now)).toBe(time);
	});

	it.each(['soon', '2026-13-01', '2026-02-31', '31 Feb', '', '2026'])(
		'is not named by %j',
		(text) => {
			expect(parsePointInTime(text, now)).toBeUndefined();
		},
	);
});
