import {describe, expect, it} from 'vitest';
import {hasLinks} from '../../../source/ui/ask/terminal-features.ts';

describe('hasLinks', () => {
	it.each([
		{TERM_PROGRAM: 'WezTerm'},
		{VTE_VERSION: '7200'},
		{TERM: 'xterm-kitty'},
		{WT_SESSION: 'x'},
	])('is true for a terminal that is known to have links: %o', (environment) => {
		expect(hasLinks(environment)).toBe(true);
	});

	it.each([
		{},
		{TERM: 'xterm-256color'},
		{VTE_VERSION: '4900'},
		{TERM_PROGRAM: 'WezTerm', TMUX: 'x'},
	])('is false for an unknown terminal, and inside tmux: %o', (environment) => {
		expect(hasLinks(environment)).toBe(false);
	});
});
