import {describe, expect, it} from 'vitest';
import {
	likelyType,
	proposeVariable,
	suggestAnswers,
} from '../../../source/domain/answers/suggest-answers.ts';
import {
	emptySource,
	type Given,
	type SourceDraft,
} from '../../../source/domain/settings/read-settings.ts';

const given = (text: string): Given => ({text, from: {path: []}});
const source = (changes: Partial<SourceDraft>): SourceDraft => ({...emptySource, ...changes});

describe('suggestAnswers', () => {
	it('proposes the answers of a source, with its token if that is known', () => {
		const suggestions = suggestAnswers(
			source({
				name: given('acme'),
				type: given('user'),
				authName: given('ann'),
				apiAuthName: given('ann@example.com'),
				password: given('%MY_TOKEN%'),
			}),
			{MY_TOKEN: 'ATATT-secret'},
		);
		expect(suggestions.token?.reveal()).toBe('ATATT-secret');
		expect(suggestions).toMatchObject({
			workspace: 'acme',
			type: 'user',
			authName: 'ann',
			apiAuthName: 'ann@example.com',
			tokenPlace: {kind: 'environment', variable: 'MY_TOKEN'},
		});
	});

	it('proposes no user name if the source has the one that works for every token', () => {
		const {authName} = suggestAnswers(source({authName: given('x-bitbucket-api-token-auth')}), {});
		expect(authName).toBe('');
	});

	it('proposes no token if its variable is not set, or a command has it', () => {
		expect(suggestAnswers(source({password: given('%MY_TOKEN%')}), {}).token).toBeUndefined();
		expect(suggestAnswers(source({passwordCommand: given('pass show x')}), {})).toEqual({
			tokenPlace: {kind: 'keychain', command: 'pass'},
		});
	});
});

describe('proposeVariable', () => {
	it('proposes a variable that no source uses', () => {
		expect(proposeVariable([])).toBe('BITBUCKET_TOKEN');
		expect(proposeVariable([source({password: given('%BITBUCKET_TOKEN%')})])).toBe(
			'BITBUCKET_TOKEN_2',
		);
	});
});

describe('likelyType', () => {
	it('takes a workspace that is named after the user for a personal one', () => {
		expect(likelyType('ann', ['root', 'Ann'])).toBe('user');
		expect(likelyType('ann', ['ann@example.com'])).toBe('user');
		expect(likelyType('acme', [undefined, 'ann'])).toBe('org');
	});
});
