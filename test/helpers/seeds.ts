import {afterAll, expect} from 'vitest';

/** `npm run seeds -- 200` tries each test that has seeds with the first 200. */
const asked = process.env['SEEDS'];

/** The seeds of a test: those of the short form, or as many as were asked for. */
export const seedsOf = (short: readonly number[]): readonly number[] =>
	asked === undefined ? short : Array.from({length: Number(asked)}, (_, index) => index + 1);

/**
 * To be called in a `describe`, and then with the name of each thing that chance made happen. Its tests
 * fail if they left one of `kinds` out. `isEnough`: were they many enough to meet all of them? By
 * themselves the seeds of a short form are.
 */
export const expectEach = <Kind extends string>(
	kinds: readonly Kind[],
	isEnough = asked === undefined,
): ((kind: Kind) => void) => {
	const met = new Set<Kind>();
	afterAll(() => {
		if (isEnough) {
			expect(kinds.filter((kind) => !met.has(kind))).toEqual([]);
		}
	});
	return (kind) => void met.add(kind);
};
