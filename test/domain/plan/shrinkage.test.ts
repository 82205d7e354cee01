import {expect, it} from 'vitest';
import {type Elsewhere, makePlan} from '../../../source/domain/plan/plan.ts';
import type {SavedRepository} from '../../../source/domain/record/record.ts';

const repositoriesOf = (prefix: string, count: number): readonly SavedRepository[] =>
	Array.from({length: count}, (_, index) => ({
		folder: `acme#${prefix}${index}`,
		record: {
			uuid: `${prefix}${index}`,
			workspace: 'acme',
			slug: `${prefix}${index}`,
			isPrivate: true,
			formerNames: [],
			firstSavedAt: '2026-11-01T02:00:00Z',
			parts: {},
		},
	}));

/** The plan of a shard with four repositories, of which `gone` are not listed. */
const plan = (gone: number, elsewhere?: Elsewhere) => {
	const saved = repositoriesOf('own', 4);
	return makePlan({
		parts: [],
		looked: [],
		listed: new Set(['other', ...saved.slice(gone).map(({record}) => record.uuid)]),
		saved,
		unrecorded: [],
		closed: [],
		copies: [],
		isComplete: true,
		isInScope: () => true,
		...(elsewhere === undefined ? {} : {elsewhere}),
	});
};

const missing = (count: number) => repositoriesOf('other', count).map(({record}) => record);

it('a shard judges a listing by all shards, in both directions', () => {
	expect(plan(3).shrinkage).toMatchObject({expected: 4, found: 1});
	const few = plan(3, {known: 40, missing: []});
	expect(few.shrinkage).toBeUndefined();
	expect(few.newlyGone).toHaveLength(3);

	expect(plan(1).newlyGone).toHaveLength(1);
	const many = plan(1, {known: 40, missing: missing(4)});
	expect(many.newlyGone).toEqual([]);
	expect(many.shrinkage).toEqual({
		expected: 44,
		found: 39,
		missing: ['acme/own0', 'acme/other0', 'acme/other1', 'acme/other2', 'acme/other3'],
		missingCount: 5,
		missingPrivate: 5,
	});
});
