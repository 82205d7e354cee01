import {describe, expect, it} from 'vitest';
import type {BackupEvent} from '../../../source/domain/run/events.ts';
import {estimateTimeLeft, type RunState, readTotals} from '../../../source/domain/run/run-state.ts';
import {
	failed,
	finished,
	foldAll,
	gone,
	listed,
	lookedAt,
	planMade,
	rewritten,
	runFinished,
	runStarted,
	saved,
	sourceFinished,
	sourceStarted,
	started,
	unchanged,
} from '../../helpers/run-events.ts';

const begin = Date.parse('2026-11-23T02:00:00Z');

const play = (events: readonly BackupEvent[], state?: RunState, now = begin): RunState =>
	foldAll(events, now, state);

const looking = play([runStarted(), sourceStarted]);
const saving = play([listed(10, 10, true), planMade(10, 6)], looking);
const acme = (state: RunState) => state.sources.get('acme');

describe('the state of a run', () => {
	it('counts what was found and looked at while looking', () => {
		const state = play([listed(3, 10), lookedAt('api'), lookedAt('web')], looking);
		expect(acme(state)).toMatchObject({phase: 'looking', found: 3, total: 10, lookedAt: 2});
	});

	it('counts each way a repository can end', () => {
		const state = play(
			[
				finished('a', unchanged),
				finished('b', unchanged),
				finished('c', saved()),
				finished('d', saved({how: 'taken-over'})),
				finished('e', saved({how: 'new'})),
				finished('f', failed()),
				finished('g', {result: 'left-out'}),
			],
			saving,
		);
		expect(acme(state)).toMatchObject({unchanged: 2, updated: 2, new: 1});
		expect(acme(state)?.failed.map(({repository}) => repository)).toEqual(['acme/f']);
		expect(acme(state)?.leftOut).toEqual(['acme/g']);
		expect(readTotals(state, [])).toMatchObject({inScope: 10, done: 7, unchanged: 2, saved: 3});
	});

	it('adds up the bytes of finished and of running repositories', () => {
		const state = play([finished('a', saved({received: 1000}))], saving);
		const progress = {stage: 'receiving', bytes: 500, bytesPerSecond: 20} as const;
		const totals = readTotals(state, [{size: 0, received: 500, progress}]);
		expect(totals).toMatchObject({received: 1500, bytesPerSecond: 20});
	});

	it('names repositories that were rewritten or are gone', () => {
		const state = play([finished('web', rewritten), gone('old-site')], saving);
		expect(acme(state)).toMatchObject({
			rewritten: {count: 1, repositories: 1, names: ['acme/web']},
			gone: {count: 1, names: ['acme/old-site']},
			deleted: {count: 0},
		});
	});

	it('keeps the report of a source and the end of the run', () => {
		const state = play([sourceFinished(), runFinished()], saving);
		expect(acme(state)?.report?.exitCode).toBe(3);
		expect(state.finished).toMatchObject({duration: 192_000, exitCode: 3});
	});

	it('does not grow with the number of repositories that did not fail', () => {
		const sizeAfter = (count: number): number => {
			const events = Array.from({length: count}, (_, index) => [
				started(`r${index}`),
				finished(`r${index}`, rewritten),
				gone(`g${index}`),
				finished(`u${index}`, unchanged),
			]).flat();
			const state = play(events, saving);
			expect(acme(state)).toMatchObject({unchanged: count, updated: count});
			const sources = [...state.sources.values()];
			const numbers = /\d+/g;
			return JSON.stringify(sources).replaceAll(numbers, '').length;
		};
		expect(sizeAfter(10_000)).toBe(sizeAfter(100));
	});
});

describe('the time left', () => {
	const minute = 60_000;
	const half = [started('a'), started('b'), started('c')].concat(
		['a', 'b', 'c'].map((slug) => finished(slug, saved())),
	);

	it('is as long as the first half took, when half is done', () => {
		const state = play(half, saving);
		expect(estimateTimeLeft(state, [], begin + minute)).toBeCloseTo(minute);
	});

	it('goes by the bytes to clone, so that the large ones done first do not frighten', () => {
		const plan = play([listed(10, 10, true), planMade(10, 6, 1_000_000_000)], looking);
		const state = play(
			[started('large', 990_000_000), finished('large', saved({how: 'new'}))],
			plan,
		);
		expect(estimateTimeLeft(state, [], begin + minute)).toBeLessThan(minute / 50);
	});

	it('is not guessed from next to nothing, or before the look is complete', () => {
		expect(estimateTimeLeft(saving, [], begin + minute)).toBeUndefined();
		expect(estimateTimeLeft(play(half, saving), [], begin + 1000)).toBeUndefined();
		expect(estimateTimeLeft(looking, [], begin + minute)).toBeUndefined();
	});

	it('is not guessed while a source is still to come', () => {
		const run = play([runStarted(['acme', 'beta']), sourceStarted, planMade(10, 6)]);
		expect(estimateTimeLeft(play(half, run), [], begin + minute)).toBeUndefined();
	});
});
