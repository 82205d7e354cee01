import type {Terminal} from '../../ports/terminal.ts';
import {type Marks, marksFor} from './marks.ts';
import {measureSpans, type Span} from './spans.ts';
import {type Style, styleFor} from './style.ts';
import {wrapParts, wrapWords} from './width.ts';

/** Text in less than this goes below its label. */
const narrowest = 24;
const below = 6;

/** How text is made to look for one terminal, or for a file. */
export type Look = {
	/** Lines are broken to fit; Infinity where nobody knows a width. */
	readonly columns: number;
	readonly marks: Marks;
	readonly style: Style;
};

/** How text on the error stream looks. */
export const lookFor = (terminal: Terminal): Look => ({
	columns: terminal.errorColumns(),
	marks: marksFor(terminal),
	style: styleFor(terminal),
});

/** How text on standard output looks. */
export const lookForOut = (terminal: Terminal): Look => ({
	...lookFor(terminal),
	columns: terminal.outColumns(),
});

/** Text at an indent of so many blanks, broken at words with the same indent. */
export const layOut = (
	indent: number,
	text: string,
	{columns}: Pick<Look, 'columns'>,
): readonly string[] =>
	wrapWords(text, columns - indent - 1).map((line) => `${' '.repeat(indent)}${line}`);

/** The same under text beside a label, where that text stands for lack of room too. */
export const layOutUnder = (
	labelWidth: number,
	text: string,
	look: Pick<Look, 'columns'>,
): readonly string[] => layOut(hasRoom(labelWidth, look) ? labelWidth : below, text, look);

const hasRoom = (labelWidth: number, {columns}: Pick<Look, 'columns'>): boolean =>
	columns - labelWidth - 1 >= narrowest;

/** A label in a column of its own, and beside it text that keeps to its side when it is broken. */
export const layOutBeside = (
	label: readonly Span[],
	labelWidth: number,
	text: string,
	look: Look,
): readonly string[] => setBeside(label, labelWidth, (width) => wrapWords(text, width), look);

/** The same with parts beside the label that are not broken where there is room for each. */
export const layOutParts = (
	label: readonly Span[],
	labelWidth: number,
	parts: readonly string[],
	look: Look,
): readonly string[] => setBeside(label, labelWidth, (width) => wrapParts(parts, width), look);

const setBeside = (
	label: readonly Span[],
	labelWidth: number,
	wrap: (width: number) => readonly string[],
	{columns, style}: Look,
): readonly string[] => {
	const painted = label
		.map((span) => (span.style === undefined ? span.text : style(span.style, span.text)))
		.join('');
	const gap = labelWidth - measureSpans(label);
	if (!hasRoom(labelWidth, {columns}) || gap < 1) {
		const lines = wrap(columns - below - 1).filter((line) => line !== '');
		return [painted, ...lines.map((line) => ' '.repeat(below) + line)];
	}

	return wrap(columns - labelWidth - 1).map((line, index) =>
		index === 0 ? `${painted}${' '.repeat(gap)}${line}` : `${' '.repeat(labelWidth)}${line}`,
	);
};
