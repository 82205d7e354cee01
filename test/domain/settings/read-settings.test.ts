import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {makeSource} from '../../../source/domain/settings/make-source.ts';
import {readDraft} from '../../../source/domain/settings/read-settings.ts';
import type {SettingsProblem} from '../../../source/domain/settings/settings-problem.ts';

const key = fc.oneof(
	fc.string(),
	fc.constantFrom(
		'localFolder',
		'sources',
		'options',
		'backup',
		'title',
		'hoster',
		'name',
		'type',
		'password',
		'includeRepos',
		'apiUrl',
		'tokenExpires',
		'__proto__',
		'constructor',
	),
);

/** Anything that a settings file can turn out to hold, known keys more often than others. */
const content = fc.letrec((tie) => ({
	value: fc.oneof(
		{depthSize: 'small'},
		fc.constant(null),
		fc.string(),
		fc.constantFrom('bitbucket', 'github', 'acme', 'user', '%HOME%', 'ATATTx', 'ann@example.com'),
		fc.array(tie('value'), {maxLength: 4}),
		fc.dictionary(key, tie('value'), {maxKeys: 6}),
	),
}));

describe('any content of a settings file', () => {
	it('gives settings or problems that point into it, and never throws', () => {
		fc.assert(
			fc.property(content.value, (value) => {
				const problems: SettingsProblem[] = [];
				const reading = {
					environment: {HOME: '/home/ann'},
					report: (problem: SettingsProblem) => void problems.push(problem),
				};
				const draft = readDraft(value, reading);
				for (const source of draft.sources) {
					const before = problems.length;
					const made = makeSource(source, {kind: 'check'}, reading);
					expect(made === undefined).toBe(problems.length > before);
				}

				expect(problems.every(({path}) => path !== undefined)).toBe(true);
				expect(problems.every(({message, hint}) => !/\p{Cc}/u.test(message + hint))).toBe(true);
			}),
		);
	});
});
