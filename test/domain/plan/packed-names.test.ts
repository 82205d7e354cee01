import {expect, it} from 'vitest';
import {packNames} from '../../../source/domain/plan/packed-names.ts';

it.each([0, 1, 1000, 2001])('%i names come out as they went in', (count) => {
	const pairs = Array.from(
		{length: count},
		(_, index) => [`uuid-${index}`, `slug-${index}`] as const,
	);
	const names = packNames();
	for (const [uuid, slug] of pairs) {
		names.add(uuid, slug);
	}

	expect([...names]).toEqual(pairs);
	expect(names.size).toBe(count);
});

it('a name with the sign that stands between names harms no other', () => {
	const names = packNames();
	names.add('one', 'a\0b');
	names.add('two', 'c');
	expect([...names]).toEqual([
		['one', 'ab'],
		['two', 'c'],
	]);
});
