import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {toExcerpt, toPrintable} from '../../../source/domain/text/printable-text.ts';

describe('toPrintable', () => {
	it.each([
		['\u001b[31mred', '\\x1b[31mred'],
		['two\nlines\tand\rmore', 'two\\x0alines\\x09and\\x0dmore'],
		['\u0000\u007f\u009b', '\\x00\\x7f\\x9b'],
		['evil\u202egpj.exe', 'evil\\u{202e}gpj.exe'],
		['\u202a\u202b\u202c\u202d', '\\u{202a}\\u{202b}\\u{202c}\\u{202d}'],
		['\u2066\u2067\u2068\u2069', '\\u{2066}\\u{2067}\\u{2068}\\u{2069}'],
		['\u200e\u200f\u061c', '\\u{200e}\\u{200f}\\u{61c}'],
		['a\u200bb\u200cc\u200dd\ufeffe', 'a\\u{200b}b\\u{200c}c\\u{200d}d\\u{feff}e'],
		['\u2028\u2029\u0085', '\\u{2028}\\u{2029}\\x85'],
		['soft\u00adhyphen', 'soft\\xadhyphen'],
		['tag\u{e0041}', 'tag\\u{e0041}'],
		['half\ud83d', 'half\\u{d83d}'],
		['\u3164blank', '\\u{3164}blank'],
	])('makes %j visible', (text, visible) => {
		expect(toPrintable(text)).toBe(visible);
	});

	it('leaves printable text in any language as it is', () => {
		const text = 'Überprüfung für 日本語, العربية and 🦊: "a\\b" → 4.1 MB';
		expect(toPrintable(text)).toBe(text);
	});

	it('changes nothing the second time', () => {
		fc.assert(
			fc.property(fc.string({unit: 'binary'}), (text) => {
				const once = toPrintable(text);
				return toPrintable(once) === once;
			}),
		);
	});

	it('lets no control character of any text through', () => {
		fc.assert(
			fc.property(
				fc.string({unit: 'binary'}),
				(text) => !/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u.test(toPrintable(text)),
			),
		);
	});
});

describe('toExcerpt', () => {
	it('joins several lines to one', () => {
		expect(toExcerpt('  fatal: no\r\n\thelp \n')).toBe('fatal: no help');
	});

	it('is never longer than 300 characters and says that it was cut', () => {
		const excerpt = toExcerpt('x'.repeat(10_000_000));
		expect(excerpt).toHaveLength(300);
		expect(excerpt.endsWith('…')).toBe(true);
		expect(toExcerpt('\u202e'.repeat(300))).toHaveLength(300);
	});

	it('does not cut through a character', () => {
		expect([...toExcerpt('🦊'.repeat(400))]).toHaveLength(300);
		expect(toExcerpt('🦊'.repeat(400))).not.toMatch(/\p{Cs}|\\u/u);
	});

	it('leaves a text of 300 characters whole', () => {
		expect(toExcerpt('x'.repeat(300))).toBe('x'.repeat(300));
	});
});
