import {formatAge, formatDay, formatDayAndTime} from '../../domain/text/format.ts';
import type {Terminal} from '../../ports/terminal.ts';
import {
	drawSign,
	type Marks,
	marksFor,
	type Sign,
	type Span,
	type Style,
	styleFor,
} from './style.ts';
import {measureSpans, measureWidth, wrapParts, wrapWords} from './width.ts';

/** With fewer columns left beside a label, text goes below it. */
const narrowest = 24;
const below = 6;

/** The width, marks and colours that text is laid out for. */
export type TextStyle = {
	/** Lines are broken to fit; Infinity for a file or a pipe. */
	readonly columns: number;
	readonly marks: Marks;
	readonly paint: Style;
};

/** The same with the moment that ages and days are told from, in milliseconds since 1970. */
export type DatedStyle = TextStyle & {readonly now: number};

/** `verbose`: moments in full, as RFC 3339. */
export type MomentStyle = DatedStyle & {readonly verbose: boolean};

type Moments = Pick<MomentStyle, 'now' | 'verbose'>;

/** How long ago it was. Takes RFC 3339, as the next two do. */
export const showAge = (at: string, {now, verbose}: Moments): string =>
	verbose ? at : formatAge(at, now);

export const showDay = (at: string, {now, verbose}: Moments): string =>
	verbose ? at : formatDay(at, now);

export const showTime = (at: string, {now, verbose}: Moments): string =>
	verbose ? at : formatDayAndTime(at, now);

/** Lines as a text. */
export const endLines = (lines: readonly string[]): string =>
	lines.map((line) => `${line}\n`).join('');

/** For the error stream. */
export const textStyleFor = (terminal: Terminal): TextStyle => ({
	columns: terminal.errorColumns(),
	marks: marksFor(terminal),
	paint: styleFor(terminal),
});

/** For standard output. */
export const textStyleForOut = (terminal: Terminal): TextStyle => ({
	...textStyleFor(terminal),
	columns: terminal.outColumns(),
});

/** Text indented by this many columns, broken at words with the same indent. */
export const layOut = (
	indent: number,
	text: string,
	{columns}: Pick<TextStyle, 'columns'>,
): readonly string[] =>
	wrapWords(text, columns - indent - 1).map((line) => `${' '.repeat(indent)}${line}`);

/** The same under text that stands beside a label, or below it for lack of room. */
export const layOutUnder = (
	labelWidth: number,
	text: string,
	style: Pick<TextStyle, 'columns'>,
): readonly string[] => layOut(hasRoom(labelWidth, style) ? labelWidth : below, text, style);

const hasRoom = (labelWidth: number, {columns}: Pick<TextStyle, 'columns'>): boolean =>
	columns - labelWidth - 1 >= narrowest;

/** A label in a column of its own, and text beside it that stays in its own column when broken. */
export const layOutBeside = (
	label: readonly Span[],
	labelWidth: number,
	text: string,
	style: TextStyle,
): readonly string[] => setBeside(label, labelWidth, (width) => wrapWords(text, width), style);

/** The same with parts that are kept whole if there is room for each. */
export const layOutParts = (
	label: readonly Span[],
	labelWidth: number,
	parts: readonly string[],
	style: TextStyle,
): readonly string[] => setBeside(label, labelWidth, (width) => wrapParts(parts, width), style);

/** A title, and facts about it beside it. Takes printable text. */
export const layOutTitle = (
	title: string,
	facts: readonly string[],
	style: TextStyle,
): readonly string[] =>
	layOutParts(
		[{text: '  '}, {text: title, style: 'bold'}],
		2 + measureWidth(title) + 3,
		facts,
		style,
	);

/** A sign, and text beside it. With a name behind the sign, `width` says where the text begins. */
export const layOutMarked = (
	sign: Sign,
	text: string,
	style: TextStyle,
	{name, width}: {readonly name: string; readonly width: number} = {name: '', width: 4},
): readonly string[] => {
	const behind = name === '' ? [] : [{text: ' '}, {text: name, style: 'bold' as const}];
	return layOutBeside([{text: '  '}, drawSign(sign, style), ...behind], width, text, style);
};

/** The text about a longer name goes below it. */
const longestName = 32;

/** Columns of a sign, of the longest of these names, and of the blanks around them. */
export const labelWidthFor = (names: readonly string[]): number =>
	4 + Math.min(longestName, Math.max(0, ...names.map(measureWidth))) + 3;

const setBeside = (
	label: readonly Span[],
	labelWidth: number,
	wrap: (width: number) => readonly string[],
	{columns, paint}: TextStyle,
): readonly string[] => {
	const painted = label
		.map((span) => (span.style === undefined ? span.text : paint(span.style, span.text)))
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
