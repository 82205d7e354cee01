import {describe, expect, it} from 'vitest';
import {findFirstAhead, findMaybeMadeBy} from '../../../source/domain/history/clock-ahead.ts';

const at = (text: string): number => Date.parse(`2026-11-${text}Z`);

/** What the clocks of the runs said, the newest first, as a history dates it. */
const record = (...clocks: readonly string[]) => {
	const log: {name: string; at: number; clockAt: number}[] = [];
	for (const name of clocks.toReversed()) {
		const before = log[0];
		const clockAt = at(name);
		const date = before === undefined ? clockAt : Math.max(clockAt, before.at + 1000);
		log.unshift({name, at: date, clockAt});
	}

	return log;
};

const now = at('28T00:00');

/** A day ahead at noon of the 20th, right again at eight in the evening. */
const mended = record('25T00:00', '20T20:00', '21T12:00', '10T00:00');

const maybe = (log: ReturnType<typeof record>, moment: string): string | undefined =>
	findMaybeMadeBy(
		log.filter((entry) => entry.at > at(moment)),
		at(moment),
		now,
	)?.name;

it('the first date of a clock that was ahead is known when it has long been right again', () => {
	expect(findFirstAhead(mended, now)?.name).toBe('21T12:00');
});

describe('what is dated later than a moment', () => {
	it.each([
		[
			'of the clock that was ahead may be from before it, long after too',
			mended,
			'20T14:00',
			'21T12:00',
		],
		['of the clock that was right again is from before it', mended, '20T22:00', '20T20:00'],
		[
			'is not from before it where an older one is not',
			record('29T00:00', '15T00:00', '10T00:00'),
			'12T00:00',
			undefined,
		],
		[
			'is not from before it where the first one is not',
			record('29T00:00', '15T00:00'),
			'12T00:00',
			undefined,
		],
		[
			'may be where its date is yet to come',
			record('29T00:00', '15T00:00'),
			'16T00:00',
			'29T00:00',
		],
		[
			'is only the newest of several that were made before it',
			record('20T23:00', '20T22:00', '20T20:00', '21T12:00'),
			'20T22:30',
			'20T22:00',
		],
	])('%s', (_, log, moment, expected) => {
		expect(maybe(log, moment)).toBe(expected);
	});
});
