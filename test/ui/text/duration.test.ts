import {describe, expect, it} from 'vitest';
import {formatDuration, formatRoughly} from '../../../source/ui/text/duration.ts';

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
