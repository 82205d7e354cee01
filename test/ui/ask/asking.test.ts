import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {startAsking} from '../../../source/ui/ask/asking.ts';
import type {Question} from '../../../source/ui/ask/question.ts';
import {openWizard, press, someToken, toToken} from './open-questions.ts';

type Form = {readonly texts: readonly string[]};

const Nothing = () => null;

const question = (id: string, isSecret = false): Question<Form, never> => ({
	id,
	field: {label: id, isSecret, propose: () => ''},
	take: (_, {text}) => ({kind: 'answered', change: ({texts}) => ({texts: [...texts, text]})}),
	View: Nothing,
});

const open = () => {
	const questions = [question('first', true), question('second'), question('third')];
	const asking = startAsking<Form, never>({questions, form: {texts: []}});
	/** As a field does that has painted this text, with its cursor at the end. */
	const type = (painted: string, piece: string): void =>
		asking.change({visit: asking.read().visit, text: painted}, painted + piece, true);
	const erase = (painted: string): void =>
		asking.change({visit: asking.read().visit, text: painted}, painted.slice(0, -1), true);
	return {asking, type, erase, text: () => asking.read().text};
};

describe('a text that is heard faster than it is painted', () => {
	it('arrives whole however it is cut and painted, and a line end behind it is Enter', () => {
		fc.assert(
			fc.property(
				fc.array(fc.tuple(fc.integer({min: 1, max: 60}), fc.boolean()), {minLength: 1}),
				fc.constantFrom('\r', '\n', '\r\n'),
				(pieces, ending) => {
					const {asking, type, text} = open();
					let rest = someToken;
					let painted = '';
					for (let index = 0; rest !== ''; index += 1) {
						const [size, isPainted] = pieces[index % pieces.length] ?? [1, true];
						const piece = rest.slice(0, size);
						rest = rest.slice(size);
						type(painted, rest === '' ? piece + ending : piece);
						painted = isPainted ? text() : painted;
					}
					expect(asking.read().form.texts).toEqual([someToken]);
					expect(asking.read().question.id).toBe('second');
				},
			),
		);
	});

	it('is erased character by character, also if nothing was painted in between', () => {
		const {type, erase, text} = open();
		type('', 'abcd');
		erase('abcd');
		erase('abcd');
		type('abcd', 'X');
		expect(text()).toBe('abX');
	});

	it('is edited in its middle', () => {
		const {asking, type, text} = open();
		type('', 'abcd');
		const painted = {visit: asking.read().visit, text: 'abcd'};
		asking.change(painted, 'abXcd', true);
		asking.change(painted, 'abYcd', true);
		expect(text()).toBe('abXYcd');
	});

	it('mounts the field anew if its cursor cannot be right', () => {
		const {asking, type} = open();
		type('', 'a');
		const {edition} = asking.read();
		type('', 'b');
		expect(asking.read()).toMatchObject({text: 'ab', edition: edition + 1});
	});

	it('goes to no question that has not been painted', () => {
		const {asking} = open();
		const painted = {visit: asking.read().visit, text: ''};
		asking.change(painted, `${someToken}\rmore`, true);
		asking.change(painted, 'still more\r', true);
		expect(asking.read()).toMatchObject({question: {id: 'second'}, text: ''});
	});

	it('does not change with keys that mean nothing in a line', () => {
		const {asking, type, text} = open();
		type('', 'ab');
		asking.change({visit: asking.read().visit, text: 'ab'}, 'abu', false);
		expect(text()).toBe('ab');
	});
});

describe('the text of a field', () => {
	it('holds nothing that has no place in a line', () => {
		const {type, text} = open();
		type('', 'a\u001B[31m\u202Eb\u0000\u{D800}');
		expect(text()).toBe('a[31mb');
	});

	it('loses the marks of a paste, in pieces or not', () => {
		const {asking, type, text} = open();
		for (const piece of ['[20', '0~tok', 'en[201', '~']) {
			type(text(), piece);
		}
		expect(asking.read()).toMatchObject({text: 'token', isTorn: true});
	});

	it('takes a marked paste as text, with its line ends left out', () => {
		const {asking, text} = open();
		asking.paste('ac\nme\r\n');
		expect(text()).toBe('acme');
		expect(asking.read().question.id).toBe('first');
	});

	it('forgets a complaint with the next key', () => {
		const wizard = openWizard().play('<enter>');
		expect(wizard.problem()).toContain('Type the id');
		expect(wizard.play('a').problem()).toBeUndefined();
	});
});

describe('a token in a field that is not for tokens', () => {
	it.each([
		['typed behind a proposed text', 'ann@example.com', someToken],
		['pasted in two pieces, of which the first was taken for Escape', '', `[200~${someToken}`],
	])('is not taken, and what was proposed is back: %s', (_, proposed, typed) => {
		const wizard = openWizard({suggestions: {apiAuthName: proposed}});
		wizard.play('acme<enter><enter>ann<enter>', `${typed}[201~<enter>`);
		expect(wizard.problem()).toContain('looks like a token');
		expect(wizard).toMatchObject({remembered: [{}, {}, {}]});
		expect(wizard.text()).toBe(proposed);
	});

	it('is not taken if it is of an unknown kind and its paste came in pieces', () => {
		const wizard = toToken().play('<back>', '<clear>[200~secret@example.com[201~<enter>');
		expect(wizard.problem()).toContain('came in pieces');
		expect(wizard.text()).toBe('ann@example.com');
		expect(wizard.play('<enter>').at()).toBe('token');
	});

	it('is no reason to read a whole file that was pasted by mistake', () => {
		const wizard = openWizard();
		wizard.asking.paste('ATx'.repeat(100_000));
		expect(wizard.play('<enter>').problem()).toContain('no workspace id');
	});
});

describe('going back', () => {
	it('keeps a text that was not entered, but no secret', () => {
		const {asking, text} = open();
		press(asking, 'hidden<enter>half<back>');
		expect(text()).toBe('');
		press(asking, 'other<enter>');
		expect(text()).toBe('half');
	});

	it('stays at the first question', () => {
		const {asking, text} = open();
		press(asking, 'ab<back>');
		expect(asking.canGoBack()).toBe(false);
		expect(text()).toBe('ab');
	});
});
