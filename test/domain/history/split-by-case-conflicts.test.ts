import {expect, it} from 'vitest';
import {splitByCaseConflicts} from '../../../source/domain/history/split-by-case-conflicts.ts';

const separate = (...groups: readonly (readonly string[])[]) =>
	splitByCaseConflicts(groups, (ref) => ref);

it('leaves refs together whose names stay apart on every file system', () => {
	const groups = [['heads/a', 'heads/b'], [], ['heads/a', 'heads/a/b', 'tags/A']];
	expect(separate(...groups)).toEqual([groups]);
});

it.each([
	['a name', 'heads/feature', 'heads/Feature'],
	['a folder of the name', 'heads/Team/a', 'heads/team/b'],
	['a name and a folder', 'heads/Topic', 'heads/topic/x'],
	['letters that are not ASCII', 'heads/über', 'heads/ÜBER'],
	['the way a letter is composed', 'heads/\u00e9', 'heads/e\u0301'],
])('separates refs that differ in the spelling of %s alone', (_, one, other) => {
	expect(separate(['tags/v1', one, other, 'tags/v2'])).toEqual([
		[['tags/v1', one]],
		[[other, 'tags/v2']],
	]);
});

it('separates them across groups, too, and keeps the order of all', () => {
	expect(separate(['heads/a'], ['heads/A', 'heads/b'], ['heads/B'])).toEqual([
		[['heads/a'], []],
		[['heads/A', 'heads/b'], []],
		[['heads/B']],
	]);
});
