import {describe, expect, it} from 'vitest';
import type {BackupEvent} from '../../../source/domain/run/events.ts';
import {isRunning} from '../../../source/domain/run/run-rows.ts';
import type {RunState} from '../../../source/domain/run/run-state.ts';
import {estimateTimeLeft, readTotals} from '../../../source/domain/run/run-totals.ts';
import {
	failed,
	finished,
	foldAll,
	gone,
	listed,
	lookedAt,
	planMade,
	progressed,
	rewritten,
	runFinished,
	runStarted,
	saved,
	sourceFinished,
	sourceStarted,
	started,
	unchanged,
	waitEnded,
	waitStarted,
} from '../../helpers/run-events.ts';

const begin = Date.parse('2026-11-23T02:00:00Z');

const play = (events: readonly BackupEvent[], state?: RunState, now = begin): RunState =>
	foldAll(events, now, state);

const looking = play([runStarted(), sourceStarted]);
const saving = play([listed(10, 10, true), planMade(10, 6)], looking);
const acme = (state: RunState) => state.sources.get('acme');
const names = (state: RunState): readonly string[] =>
	state.rows.map((row) => (isRunning(row) ? row.repository : '-'));

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
		expect(readTotals(state)).toMatchObject({inScope: 10, done: 7, unchanged: 2, saved: 3});
	});

	it('adds up the bytes of what is finished and of what still runs', () => {
		const state = play(
			[
				finished('a', saved({received: 1000})),
				started('b'),
				progressed('b', {stage: 'receiving', bytes: 500, bytesPerSecond: 20}),
			],
			saving,
		);
		expect(readTotals(state)).toMatchObject({received: 1500, bytesPerSecond: 20});
	});

	it('keeps the bytes of what was received while git resolves and packs it', () => {
		const state = play([
			sourceStarted,
			started('b'),
			progressed('b', {stage: 'receiving', bytes: 500, bytesPerSecond: 20}),
			progressed('b', {stage: 'resolving', percent: 3}),
		]);
		expect(readTotals(state)).toMatchObject({received: 500, bytesPerSecond: 0});
	});

	it('keeps a repository in its place while it runs, and gives a free place to the next', () => {
		const three = play([started('a'), started('b'), started('c')], saving);
		const two = play([finished('a', saved())], three);
		expect(names(two)).toEqual(['-', 'acme/b', 'acme/c']);
		expect(names(play([started('d')], two))).toEqual(['acme/d', 'acme/b', 'acme/c']);
	});

	it('knows how often and since when a repository was heard of in its stage', () => {
		const counting = play([started('a'), progressed('a', {stage: 'counting'})], saving);
		const still = play([progressed('a', {stage: 'counting'})], counting, begin + 5000);
		expect(still.rows[0]).toMatchObject({heard: 2, since: begin});
		const next = play([progressed('a', {stage: 'receiving'})], still, begin + 9000);
		expect(next.rows[0]).toMatchObject({heard: 3, since: begin + 9000});
	});

	it('remembers why something waits until the wait or the repository ends', () => {
		const until = '2026-11-23T02:00:38Z';
		const two = play([waitStarted(until), started('a'), waitStarted(until, 'a')], saving);
		expect([...two.waits.values()].map(({repository}) => repository)).toEqual([
			undefined,
			'acme/a',
		]);
		expect(play([waitEnded(), waitEnded('a')], two).waits.size).toBe(0);
		expect(play([waitEnded(), finished('a', failed())], two).waits.size).toBe(0);
	});

	it('names what upstream rewrote and what is gone', () => {
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
			return JSON.stringify([sources, state.rows]).replaceAll(numbers, '').length;
		};
		expect(sizeAfter(10_000)).toBe(sizeAfter(100));
	});
});

describe('the time left', () => {
	const minute = 60_000;
	const half = [started('a'), started('b'), started('c')].concat(
		['a', 'b', 'c'].map((slug) => finished(slug, saved())),
	);

	it('is as long as what was done took, where half is done', () => {
		const state = play(half, saving);
		expect(estimateTimeLeft(state, begin + minute)).toBeCloseTo(minute);
	});

	it('goes by the bytes to clone, so that the large ones done first do not frighten', () => {
		const plan = play([listed(10, 10, true), planMade(10, 6, 1_000_000_000)], looking);
		const state = play(
			[started('large', 990_000_000), finished('large', saved({how: 'new'}))],
			plan,
		);
		expect(estimateTimeLeft(state, begin + minute)).toBeLessThan(minute / 50);
	});

	it('is not guessed from next to nothing, or before the look is complete', () => {
		expect(estimateTimeLeft(saving, begin + minute)).toBeUndefined();
		expect(estimateTimeLeft(play(half, saving), begin + 1000)).toBeUndefined();
		expect(estimateTimeLeft(looking, begin + minute)).toBeUndefined();
	});

	it('is not guessed while a source is still to come', () => {
		const run = play([runStarted(['acme', 'beta']), sourceStarted, planMade(10, 6)]);
		expect(estimateTimeLeft(play(half, run), begin + minute)).toBeUndefined();
	});
});
