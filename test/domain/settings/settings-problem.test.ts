import {describe, expect, it} from 'vitest';
import {suggest} from '../../../source/domain/settings/settings-problem.ts';

describe('the suggested word', () => {
	it.each([
		['ignorRepos', 'ignoreRepos'],
		['localfolder', 'localFolder'],
		['pasword', 'password'],
		['nmae', undefined],
		['nam', 'name'],
		['somethingElse', undefined],
		['', undefined],
	])('for %j is %j', (word, meant) => {
		const known = ['localFolder', 'ignoreRepos', 'includeRepos', 'password', 'name', 'title'];
		expect(suggest(word, known)).toBe(meant);
	});

	it('is the nearest of several', () => {
		expect(suggest('web-1', ['web-22', 'web-12', 'api'])).toBe('web-12');
	});
});
