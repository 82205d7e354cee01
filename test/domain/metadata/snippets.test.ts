import {describe, expect, it} from 'vitest';
import {
	areSnippetsDue,
	isStillDenied,
	nameSnippetFiles,
	type SnippetsState,
} from '../../../source/domain/metadata/snippets.ts';

const at = '2026-11-20T10:00:00.000Z';
const later = '2026-11-27T10:00:00.000Z';
const state: SnippetsState = {listedAt: at, saved: 1, files: 1, size: 1, left: 0};
const listed = {files: {snippets: {items: 1}}};

describe('names of the files of snippets', () => {
	it.each([
		['notes.txt', 'notes.txt'],
		['Bericht März.pdf', 'Bericht_M_rz.pdf'],
		['../../etc/passwd', '_._.._etc_passwd'],
		['..', '__'],
		['.git', '_git'],
		['GIT~1', 'GIT_1'],
		['a\nb"c\\d', 'a_b_c_d'],
		['aux', '_aux'],
		['', '_'],
	])('%j becomes %j', (name, own) => {
		expect(nameSnippetFiles([name])).toEqual([own]);
	});

	it('never meet, on a disk that ignores case too', () => {
		expect(nameSnippetFiles(['a b', 'a_b', 'A?B'])).toEqual(['a_b', '2-a_b', '3-A_B']);
	});
});

describe('contents of snippets', () => {
	const due = (settings: Parameters<typeof areSnippetsDue>[1], one = state): boolean =>
		areSnippetsDue(one, settings);

	it('are compared with each new list, once', () => {
		expect(areSnippetsDue(undefined, {...listed, at})).toBe(true);
		expect(due({...listed, at})).toBe(false);
		expect(due({...listed, at, asked: {snippets: later}})).toBe(true);
		expect(due({...listed, at: later})).toBe(true);
	});

	it('are not asked for without a list', () => {
		expect(areSnippetsDue(undefined, {files: {}, at})).toBe(false);
		const denied = {state: 'refused', at, reason: '', scopes: ''} as const;
		expect(areSnippetsDue(undefined, {files: {snippets: {items: 1, denied}}, at})).toBe(false);
	});

	it('go on with the rest, and with those that failed', () => {
		expect(due({...listed, at}, {...state, left: 2})).toBe(true);
		const one = {id: 'kypj', title: '', updatedOn: at, words: '', at};
		expect(due({...listed, at}, {...state, missing: [{...one, why: 'failed'}]})).toBe(true);
		expect(due({...listed, at}, {...state, missing: [{...one, why: 'denied'}]})).toBe(false);
	});

	it('that were refused are asked for again after a month, or once they changed', () => {
		const one = {id: 'kypj', title: '', updatedOn: at};
		const missing = [{...one, why: 'denied', words: '', at} as const];
		const day = 24 * 60 * 60_000;
		const afterDays = (days: number): number => Date.parse(at) + days * day;
		expect(isStillDenied({missing}, one, afterDays(29))).toBe(true);
		expect(isStillDenied({missing}, one, afterDays(30))).toBe(false);
		expect(isStillDenied({missing}, {...one, updatedOn: later}, afterDays(1))).toBe(false);
	});
});
