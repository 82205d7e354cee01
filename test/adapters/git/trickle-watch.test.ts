import {afterEach, beforeEach, expect, it, vi} from 'vitest';
import {transferLimits} from '../../../source/adapters/git/environment.ts';
import {watchTrickle} from '../../../source/adapters/git/progress.ts';
import type {Progress} from '../../../source/domain/run/events.ts';

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	vi.useRealTimers();
});

/** How many minutes a transfer lasts of which this is heard every minute for an hour. */
const lasts = (said: Progress): number => {
	const ended: number[] = [];
	const start = Date.now();
	const watch = watchTrickle(transferLimits, () => ended.push((Date.now() - start) / 60_000));
	for (let minute = 0; minute < 60; minute += 1) {
		vi.advanceTimersByTime(60_000);
		watch.see(said);
	}

	watch.stop();
	vi.runAllTimers();
	return ended[0] ?? 60;
};

it.each<[string, number, Progress]>([
	['trickles', 10, {stage: 'receiving', percent: 20, bytesPerSecond: 99}],
	[
		'comes as slowly as one of sixteen on a slow line',
		60,
		{stage: 'receiving', percent: 20, bytesPerSecond: 100},
	],
	['is counted without end', 10, {stage: 'counting', percent: 20}],
	['has all arrived', 60, {stage: 'receiving', percent: 100}],
	['is unpacked', 60, {stage: 'resolving', percent: 1}],
])('a transfer that %s may take %i minutes', (_, minutes, said) => {
	expect(lasts(said)).toBe(minutes);
});
