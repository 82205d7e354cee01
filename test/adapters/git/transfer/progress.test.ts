import {describe, expect, it, onTestFinished, vi} from 'vitest';
import {
	createProgressReader,
	parseProgressLine,
	watchSpeed,
	watchTrickle,
} from '../../../../source/adapters/git/transfer/progress.ts';
import {transferLimits} from '../../../../source/adapters/network/transfer-limits.ts';
import type {Progress} from '../../../../source/domain/run/events.ts';

const printed =
	'remote: Enumerating objects: 4, done.        \n' +
	'remote: Counting objects:  25% (1/4)        \rremote: Counting objects: 100% (4/4), done.        \n' +
	'Receiving objects:  64% (64/100), 210.00 MiB | 12.00 MiB/s\rReceiving objects: 100% (100/100), 330.00 MiB | 12.50 MiB/s, done.\n' +
	'Resolving deltas:  12% (1/8)\rResolving deltas: 100% (8/8), done.\n';

describe('a line of progress', () => {
	it.each<[string, Progress | undefined]>([
		['remote: Counting objects:  25% (1/4)', {stage: 'counting', percent: 25}],
		['remote: Compressing objects: 100% (3/3), done.', {stage: 'compressing', percent: 100}],
		[
			'Receiving objects:  64% (64/100), 210.00 MiB | 12.00 MiB/s',
			{stage: 'receiving', percent: 64, bytes: 220_200_960, bytesPerSecond: 12_582_912},
		],
		['Receiving objects:   3% (1/33)', {stage: 'receiving', percent: 3}],
		['Resolving deltas:  12% (1/8)', {stage: 'resolving', percent: 12}],
		['From http://127.0.0.1/acme/api', undefined],
		['remote: 100% (1/1) of your base are belong to us', undefined],
	])('%j means %j', (line, progress) => {
		expect(parseProgressLine(line)).toEqual(progress);
	});
});

describe('the reader of progress', () => {
	it('gives the same result wherever the text is cut', () => {
		for (let cut = 0; cut <= printed.length; cut += 1) {
			const seen: Progress[] = [];
			const read = createProgressReader({onProgress: (progress) => seen.push(progress)});
			read(printed.slice(0, cut));
			read(printed.slice(cut));
			expect(seen.at(-1)).toEqual({stage: 'resolving', percent: 100});
		}
	});

	it('passes on the latest line of each piece', () => {
		const seen: Progress[] = [];
		createProgressReader({onProgress: (progress) => seen.push(progress)})(printed);
		expect(seen).toEqual([{stage: 'resolving', percent: 100}]);
	});
});

/** Minutes until a transfer is ended if it reports this progress every minute for an hour. */
const lasts = (said: Progress): number => {
	vi.useFakeTimers();
	onTestFinished(() => {
		vi.useRealTimers();
	});
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

/** Minutes until a pack is ended of which so many bytes come in each of `every` milliseconds for an hour. */
const lastsAt = (bytes: number, every: number): number => {
	vi.useFakeTimers();
	onTestFinished(() => {
		vi.useRealTimers();
	});
	const ended: number[] = [];
	const start = Date.now();
	const watch = watchSpeed(transferLimits, () => ended.push((Date.now() - start) / 60_000));
	for (let past = 0; past < 60 * 60_000; past += every) {
		vi.advanceTimersByTime(every);
		watch.count(bytes);
	}

	watch.stop();
	vi.runAllTimers();
	return ended[0] ?? 60;
};

it.each([
	['of which nothing comes', 10, 0, 60_000],
	['that trickles', 10, 99, 1000],
	['that trickles in bursts that are too rare', 10, 5000, 60_000],
	['that is as slow as one of sixteen on a slow line', 60, 100, 1000],
	['of which a little comes all the time', 60, 60, 500],
])('a pack %s may take %i minutes', (_, minutes, bytes, every) => {
	expect(lastsAt(bytes, every)).toBe(minutes);
});

it.each<[string, number, Progress]>([
	['trickles', 10, {stage: 'receiving', percent: 20, bytesPerSecond: 99}],
	[
		'is as slow as one of sixteen on a slow line',
		60,
		{stage: 'receiving', percent: 20, bytesPerSecond: 100},
	],
	['is counted for ever', 10, {stage: 'counting', percent: 20}],
	['has all arrived', 60, {stage: 'receiving', percent: 100}],
	['is unpacked', 60, {stage: 'resolving', percent: 1}],
])('a transfer that %s may take %i minutes', (_, minutes, said) => {
	expect(lasts(said)).toBe(minutes);
});
