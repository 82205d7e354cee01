import {describe, expect, it} from 'vitest';
import {isInScope, matchesAny, unmatchedIncludes} from '../../../source/domain/plan/name-filter.ts';

describe('a name or glob', () => {
	it.each([
		['api', 'api', true],
		['api', 'api-2', false],
		['API', 'api', true],
		['web-*', 'web-shop', true],
		['web-*', 'web', false],
		['*', 'anything', true],
		['**', 'anything', true],
		['*.io', 'acme.io', true],
		['*.io', 'acmexio', false],
		['v?', 'v1', true],
		['v?', 'v12', false],
		['a+b(c)[d]^$', 'a+b(c)[d]^$', true],
		['', 'api', false],
	])('%j against %j: %s', (glob, name, isMatch) => {
		expect(matchesAny(name, [glob])).toBe(isMatch);
	});
});

describe('the scope of a source', () => {
	it('is everything if nothing is included or ignored', () => {
		expect(isInScope('api', {includeRepos: [], ignoreRepos: []})).toBe(true);
	});

	it('lets ignoring win over including', () => {
		const filter = {includeRepos: ['web-*'], ignoreRepos: ['web-old']};
		expect(['web-new', 'web-old', 'api'].filter((slug) => isInScope(slug, filter))).toEqual([
			'web-new',
		]);
	});

	it('names the includes that fit nothing', () => {
		const includeRepos = ['api', 'wbe', 'x-*'];
		expect(unmatchedIncludes(['api', 'web'], {includeRepos})).toEqual(['wbe', 'x-*']);
	});
});
