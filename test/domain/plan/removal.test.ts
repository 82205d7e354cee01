import {describe, expect, it} from 'vitest';
import {isDueForRemoval, readyForTrash, trashName} from '../../../source/domain/plan/removal.ts';
import type {SavedRepository} from '../../../source/domain/record/record.ts';
import type {RunLine} from '../../../source/domain/run/run-line.ts';
import {day} from '../../../source/domain/text/format.ts';

const first = Date.parse('2026-11-01T02:00:00Z');
const iso = (time: number): string => new Date(time).toISOString();

const gone = {
	folder: 'acme#old',
	record: {workspace: 'acme', slug: 'old', goneSince: iso(first)},
} as SavedRepository;

const listing = (days: number, changes: Partial<RunLine> = {}): RunLine =>
	({
		v: 1,
		at: iso(first + days * day),
		listed: true,
		partial: false,
		missing: [],
		gone: ['acme/old'],
		...changes,
	}) as RunLine;

const ready = (runs: readonly RunLine[], days: number): number =>
	readyForTrash([gone], runs, first + days * day).length;

describe('what is gone upstream', () => {
	it('may go to the trash after three complete listings over at least seven days', () => {
		const runs = [listing(0), listing(1), listing(2)];
		expect(ready(runs, 7)).toBe(1);
		expect(ready(runs, 6.99)).toBe(0);
		expect(ready(runs.slice(1), 7)).toBe(0);
	});

	it.each([
		['failed', {listed: false}],
		['was of a part', {partial: true}],
		['shrank', {missing: ['acme/web']}],
		['had it', {gone: []}],
	])('has no witness in a listing that %s', (_, changes) => {
		expect(ready([listing(0), listing(1), listing(2, changes)], 30)).toBe(0);
	});

	it('has no witness in a listing from before it came back for a while', () => {
		expect(ready([listing(-3), listing(-2), listing(-1)], 30)).toBe(0);
	});

	it('never goes while it is not marked as gone', () => {
		const back = {...gone, record: {...gone.record}};
		Reflect.deleteProperty(back.record, 'goneSince');
		expect(readyForTrash([back], [listing(0), listing(1), listing(2)], first + 30 * day)).toEqual(
			[],
		);
	});

	it('stays where a run was later than now: the clock was set back', () => {
		const runs = [listing(0), listing(1), listing(2), listing(400)];
		expect(ready(runs, 30)).toBe(0);
		expect(ready(runs, 401)).toBe(1);
	});
});

describe('the trash', () => {
	const name = trashName('acme#old', 'run-1', first);
	const isDue = (runs: readonly RunLine[], days: number): boolean =>
		isDueForRemoval(name, runs, first + days * day);

	it('is emptied of what has lain there for 30 days, and of nothing else', () => {
		const runs = [listing(0), listing(1)];
		expect(isDue(runs, 30)).toBe(true);
		expect(isDue(runs, 29.99)).toBe(false);
		expect(isDueForRemoval('mine', runs, first + 300 * day)).toBe(false);
	});

	it('is not emptied because the clock leaps ahead, or was ahead before', () => {
		expect(isDue([listing(0)], 40)).toBe(false);
		expect(isDue([listing(0), listing(39)], 40)).toBe(false);
		expect(isDue([listing(0), listing(1), listing(41)], 40)).toBe(false);
	});
});
