import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {styleFor} from '../../../source/ui/text/style.ts';
import {
	cutToWidth,
	measureWidth,
	padToWidth,
	renderSpans,
	wrapWords,
} from '../../../source/ui/text/width.ts';

describe('the width of a text', () => {
	it.each([
		['plain', 5],
		['日本', 4],
		['한', 2],
		['e\u0301', 1],
		['⠋█…→', 4],
		['🚀', 2],
		['👩‍🚀', 2],
	])('of %s is %d columns', (text, width) => {
		expect(measureWidth(text)).toBe(width);
	});

	it('never exceeds the width of a cut, whatever the text', () => {
		fc.assert(
			fc.property(fc.string({unit: 'grapheme'}), fc.nat(40), (text, width) => {
				expect(measureWidth(cutToWidth(text, width, '…'))).toBeLessThanOrEqual(width);
			}),
		);
	});

	it('keeps a text whole that fits', () => {
		expect(cutToWidth('legacy', 6, '…')).toBe('legacy');
		expect(cutToWidth('legacy', 5, '…')).toBe('lega…');
		expect(cutToWidth('日本語', 5, '…')).toBe('日本…');
	});

	it('is filled up by columns, not by characters', () => {
		expect(padToWidth('日本', 6)).toBe('日本  ');
	});
});

describe('words in lines', () => {
	it('break at blanks and lose none', () => {
		fc.assert(
			fc.property(fc.lorem({maxCount: 30}), fc.integer({min: 12, max: 60}), (text, width) => {
				const lines = wrapWords(text, width);
				expect(lines.join(' ')).toBe(text);
				expect(Math.max(...lines.map(measureWidth))).toBeLessThanOrEqual(width);
			}),
		);
	});

	it('give a longer word a line of its own', () => {
		expect(wrapWords('a extraordinary b', 5)).toEqual(['a', 'extraordinary', 'b']);
	});
});

describe('a line of spans', () => {
	const paint = {style: styleFor({hasColour: true}), ellipsis: '…'};

	it('is cut by visible characters, never inside a colour', () => {
		const line = renderSpans([{text: 'abc', style: 'red'}, {text: 'defgh'}], 6, paint);
		expect(line).toBe('\u001B[31mabc\u001B[39mde…');
	});

	it('has no escape sequence without colour', () => {
		const plain = {style: styleFor({hasColour: false}), ellipsis: '…'};
		expect(renderSpans([{text: 'abc', style: 'red'}], 6, plain)).toBe('abc');
	});
});
