import {execFileSync} from 'node:child_process';
import {describe, expect, it} from 'vitest';
import {isLegalRef} from '../../../source/domain/record/ref-name.ts';

const names = [
	'main',
	'feature/x',
	'-dash',
	'--upload-pack=x',
	'$(x)`y`;z|"\'&<>',
	'é\u00a0\u202e日本',
	'a@b',
	'@',
	'a{b}',
	'x.lockable',
	'a.b',
	'#%+,=!',
	'',
	'.hidden',
	'a/.hidden',
	'a..b',
	'a//b',
	'/a',
	'a/',
	'a.',
	'a.lock',
	'a.lock/b',
	'a b',
	'a~1',
	'a^{}',
	'a:b',
	'a?',
	'a*',
	'a[b',
	'a\\b',
	'a@{1}',
	'a\tb',
	'a\nb',
	'a\u001bb',
	'a\u007fb',
	'../../config',
	'a/../b',
];

const gitAccepts = (ref: string): boolean => {
	try {
		execFileSync('git', ['check-ref-format', ref], {stdio: 'ignore'});
		return true;
	} catch {
		return false;
	}
};

describe('isLegalRef', () => {
	it.each(names)('agrees with git about the branch %j', (name) => {
		expect(isLegalRef(`refs/heads/${name}`)).toBe(gitAccepts(`refs/heads/${name}`));
	});

	it('knows all refs, and nothing else', () => {
		expect(isLegalRef('refs/tags/v1')).toBe(true);
		expect(isLegalRef('refs/pull/1/head')).toBe(true);
		expect(isLegalRef(String.raw`refs/heads/caf\xe9`)).toBe(true);
		expect(isLegalRef('HEAD')).toBe(false);
		expect(isLegalRef('xrefs/heads/main')).toBe(false);
	});

	it('refuses a name that would end a line', () => {
		expect(isLegalRef('refs/heads/a\u0000b')).toBe(false);
	});
});
