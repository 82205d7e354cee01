import type {Key} from 'ink';
import {describe, expect, it} from 'vitest';
import {toAction} from '../../../source/ui/wizard/use-wizard-keys.ts';
import {hasLinks} from '../../../source/ui/wizard/wizard-look.ts';

const press = (input: string, key: Partial<Key> = {}) => toAction(input, key as Key);

describe('toAction', () => {
	it('takes Shift-Tab for back, Esc for what may be one, Ctrl-C for leave', () => {
		expect(press('', {escape: true})).toEqual({type: 'key', key: 'escape'});
		expect(press('', {tab: true, shift: true})).toEqual({type: 'key', key: 'back'});
		expect(press('c', {ctrl: true})).toEqual({type: 'key', key: 'leave'});
	});

	it('takes text for text, Enter included', () => {
		expect(press('abc')).toEqual({type: 'typed', text: 'abc'});
		expect(press('', {return: true})).toEqual({type: 'typed', text: '\r'});
	});

	it('takes no notice of keys that mean nothing here', () => {
		expect(press('', {tab: true})).toBeUndefined();
		expect(press('', {pageUp: true})).toBeUndefined();
		expect(press('x', {ctrl: true})).toBeUndefined();
		expect(press('x', {meta: true})).toBeUndefined();
	});
});

describe('hasLinks', () => {
	it.each([
		{TERM_PROGRAM: 'WezTerm'},
		{VTE_VERSION: '7200'},
		{TERM: 'xterm-kitty'},
		{WT_SESSION: 'x'},
	])('believes a terminal that knows links: %o', (environment) => {
		expect(hasLinks(environment)).toBe(true);
	});

	it.each([
		{},
		{TERM: 'xterm-256color'},
		{VTE_VERSION: '4900'},
		{TERM_PROGRAM: 'WezTerm', TMUX: 'x'},
	])('writes none where it cannot know: %o', (environment) => {
		expect(hasLinks(environment)).toBe(false);
	});
});
