import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
	editLine,
	insertText,
	type LineEditor,
	startEditor,
	startSelected,
} from '../../../source/ui/wizard/line-editor.ts';
import {windowLine} from '../../../source/ui/wizard/line-window.ts';
import {reduceWizard} from '../../../source/ui/wizard/wizard-reducer.ts';
import {play, someToken, start} from './wizard-fixtures.ts';

describe('insertText', () => {
	it('inserts where the cursor is, and leaves out what has no place in a line', () => {
		const editor: LineEditor = {text: 'ab', cursor: 1};
		expect(insertText(editor, 'x\u001B[31m\n\u202Ey\u0000')).toEqual({text: 'ax[31myb', cursor: 7});
	});

	it('leaves out the marks of a paste whose escape character came long before, in pieces or not', () => {
		expect(insertText(startEditor(''), '[200~token[201~').text).toBe('token');
		const pieces = ['[20', '0~tok', 'en[201', '~'];
		expect(pieces.reduce(insertText, startEditor(''))).toEqual({text: 'token', cursor: 5});
	});

	it('counts characters, not halves of them', () => {
		const editor = insertText(startEditor('😀'), 'é');
		expect(editor).toEqual({text: '😀é', cursor: 2});
		expect(editLine(editor, 'backspace')).toEqual({text: '😀', cursor: 1});
		expect(editLine(editLine(editor, 'home'), 'delete')).toEqual({text: 'é', cursor: 0});
	});
});

describe('a selected line', () => {
	it.each(['backspace', 'delete', 'delete-word', 'delete-before'] as const)(
		'is gone as a whole with %s',
		(key) => {
			expect(editLine(startSelected('secret'), key)).toEqual({text: '', cursor: 0});
		},
	);

	it('goes for nothing that could be seen', () => {
		const selected = startSelected('secret');
		expect(insertText(selected, '\t')).toEqual(selected);
	});

	it('is replaced by what is typed, and by all of what comes in pieces', () => {
		const pieces = ['ne', 'w'];
		expect(pieces.reduce(insertText, startSelected('old'))).toEqual({text: 'new', cursor: 3});
	});

	it('is selected no more once the cursor was moved', () => {
		const moved = editLine(startSelected('old'), 'home');
		expect(insertText(moved, 'x')).toEqual({text: 'xold', cursor: 1});
	});
});

describe('editLine', () => {
	const editor: LineEditor = {text: 'one two', cursor: 7};

	it.each([
		['delete-word', {text: 'one ', cursor: 4}],
		['delete-before', {text: '', cursor: 0}],
		['home', {text: 'one two', cursor: 0}],
		['left', {text: 'one two', cursor: 6}],
		['right', {text: 'one two', cursor: 7}],
		['backspace', {text: 'one tw', cursor: 6}],
		['delete', {text: 'one two', cursor: 7}],
	] as const)('knows %s', (key, expected) => {
		expect(editLine(editor, key)).toEqual(expected);
	});
});

describe('windowLine', () => {
	it('never takes more columns than there are, and always shows the cursor', () => {
		fc.assert(
			fc.property(
				fc.string({minLength: 0, maxLength: 300}),
				fc.nat(),
				fc.integer({min: 2, max: 80}),
				(text, place, width) => {
					const {length} = [...text];
					const cursor = place % (length + 1);
					const {before, at, after} = windowLine({text, cursor}, width, undefined);
					expect([...before, ...at, ...after].length).toBeLessThanOrEqual(width);
					expect(at).toBe([...text][cursor] ?? ' ');
				},
			),
		);
	});

	it('shows nothing of what is masked', () => {
		expect(windowLine(startEditor('secret'), 20, '•').before).toBe('••••••');
	});
});

describe('a text that comes in pieces', () => {
	it('arrives whole however it is cut, and a line end behind it is Enter', () => {
		const atToken = play(start(), 'acme\r\rann\rann@example.com\r');
		fc.assert(
			fc.property(
				fc.array(fc.integer({min: 1, max: 60}), {minLength: 1, maxLength: 300}),
				fc.constantFrom('\r', '\n', '\r\n'),
				(sizes, ending) => {
					let rest = someToken + ending;
					let state = atToken;
					for (let index = 0; rest !== ''; index += 1) {
						const size = sizes[index % sizes.length] ?? 1;
						state = reduceWizard(state, {type: 'typed', text: rest.slice(0, size)});
						rest = rest.slice(size);
					}
					expect(state.step).toBe('check');
					expect(state.values.token?.reveal()).toBe(someToken);
				},
			),
		);
	});

	it('takes a carriage return and a line feed for one Enter, also when they come apart', () => {
		const state = play(start(), 'acme\r');
		expect(reduceWizard(state, {type: 'typed', text: '\n'}).step).toBe('type');
		expect(play(start(), 'acme\n').step).toBe('type');
		expect(play(start(), 'acme\r\r').step).toBe('authName');
	});

	it('knows keys that come in one piece with text', () => {
		expect(play(start(), 'acme\u0015other\u007Fx\r').values.workspace).toBe('othex');
		expect(play(start(), 'acme\r\u0003').result).toEqual({kind: 'left'});
	});

	it('does not answer with a paste: that is for Enter', () => {
		const state = reduceWizard(start(), {type: 'pasted', text: 'ac\nme\n'});
		expect(state).toMatchObject({step: 'workspace', editor: {text: 'acme'}});
	});
});
