import type {Marks} from './marks.ts';
import {measureSpans, type Span} from './spans.ts';
import type {Style} from './style.ts';
import {wrapWords} from './width.ts';

/** Text in less than this is easier to read when the terminal breaks it. */
const narrowest = 24;

/** How text is made to look for one terminal, or for a file. */
export type Look = {
	/** Lines are broken to fit; Infinity where nobody knows a width. */
	readonly columns: number;
	readonly marks: Marks;
	readonly style: Style;
};

/** Text at an indent of so many blanks, broken at words with the same indent. */
export const layOut = (indent: number, text: string, {columns}: Look): readonly string[] =>
	wrapWords(text, columns - indent - 1).map((line) => `${' '.repeat(indent)}${line}`);

/** A label in a column of its own, and beside it text that keeps to its side when it is broken. */
export const layOutBeside = (
	label: readonly Span[],
	labelWidth: number,
	text: string,
	{columns, style}: Look,
): readonly string[] => {
	const lines = wrapWords(text, Math.max(columns - labelWidth - 1, narrowest));
	const painted = label.map((span) => (span.style ? style(span.style, span.text) : span.text));
	const gap = ' '.repeat(Math.max(1, labelWidth - measureSpans(label)));
	return lines.map((line, index) =>
		index === 0 ? `${painted.join('')}${gap}${line}` : `${' '.repeat(labelWidth)}${line}`,
	);
};
