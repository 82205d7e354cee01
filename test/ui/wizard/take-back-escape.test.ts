import {describe, expect, it} from 'vitest';
import {takeBackEscape} from '../../../source/ui/wizard/take-back-escape.ts';
import {reduceWizard} from '../../../source/ui/wizard/wizard-reducer.ts';
import type {WizardAction, WizardState} from '../../../source/ui/wizard/wizard-state.ts';
import {atCheck, makeReport, play, requestOf, someToken, start} from './wizard-fixtures.ts';

const reduce = takeBackEscape(reduceWizard);

const playKeys = (state: WizardState, ...actions: readonly WizardAction[]): WizardState =>
	actions.reduce(reduce, {state, before: undefined}).state;

const esc = {type: 'key', key: 'escape'} as const;
const typed = (text: string) => ({type: 'typed', text}) as const;

const atToken = play(start(), 'acme<enter><enter>ann<enter>ann@example.com<enter>');

describe('a paste whose first character was taken for Escape', () => {
	it.each([
		['in one piece', [`[200~${someToken}`, '[201~', '\r']],
		['in pieces', ['[', '20', `0~${someToken.slice(0, 9)}`, someToken.slice(9), '[201~\r']],
	])('goes to the question it was pasted at, %s', (_, pieces) => {
		const state = playKeys(atToken, esc, ...pieces.map(typed));
		expect(state.step).toBe('check');
		expect(state.values.token?.reveal()).toBe(someToken);
		expect(state.values.apiAuthName).toBe('ann@example.com');
	});

	it('goes there also where its end was taken for Escape, too', () => {
		const pasted = [typed(`[200~${someToken}`), esc, typed('[201~'), typed('\r')];
		const state = playKeys(atToken, esc, ...pasted);
		expect(state.values.token?.reveal()).toBe(someToken);
	});

	it('loses nothing that the world answered in between', () => {
		const check = atCheck();
		const finished = {
			type: 'check-finished',
			request: requestOf(check),
			report: makeReport(),
		} as const;
		expect(playKeys(check, esc, finished, typed('[201~')).step).toBe('folder');
	});
});

describe('an arrow key whose first character was taken for Escape', () => {
	it.each([
		['[A', {step: 'type', row: 1}],
		['[B', {step: 'type', row: 1}],
	])('is an arrow key all the same: %s', (rest, expected) => {
		const atType = play(start(), 'acme<enter>');
		expect(playKeys(atType, esc, typed(rest))).toMatchObject(expected);
	});

	it('moves in the text, and is no part of it', () => {
		const atName = play(start(), 'acme<enter><enter>ann');
		const state = playKeys(atName, esc, typed('[D'), typed('x'), esc, typed('[C'), typed('y'));
		expect(state).toMatchObject({step: 'authName', editor: {text: 'anxny'}});
	});
});

describe('Escape', () => {
	it('is a step back where anything else comes behind it', () => {
		const back = playKeys(atToken, esc, typed('x'), typed('['));
		expect(back).toMatchObject({step: 'apiAuthName', editor: {text: 'ann@example.comx['}});
	});

	it('is told from Shift-Tab, behind which a bracket is a bracket', () => {
		const back = playKeys(atToken, {type: 'key', key: 'back'}, typed('['));
		expect(back).toMatchObject({step: 'apiAuthName', editor: {text: 'ann@example.com['}});
	});
});
