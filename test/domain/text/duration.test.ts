import {describe, expect, it} from 'vitest';
import {parseDuration} from '../../../source/domain/text/duration.ts';

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
