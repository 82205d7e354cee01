import {expect, it} from 'vitest';
import {findFirstAhead} from '../../../source/domain/history/repository-history.ts';

const at = (text: string): number => Date.parse(`2026-11-${text}Z`);

/** A history whose runs had these clocks, newest first. */
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

it('finds the first date of a clock that was ahead, also after it is right again', () => {
	expect(findFirstAhead(mended, now)?.name).toBe('21T12:00');
});
