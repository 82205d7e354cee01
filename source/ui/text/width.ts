import {createRequire} from 'node:module';
import type {Span, Style} from './style.ts';

/** ASCII and the program's own marks, bars and spinners: nearly all text that is measured. */
const plain = /^[\x20-\x7e…→✔✖\u2580-\u259f\u2801-\u28ff]*$/;

const load = createRequire(import.meta.url);

/** Beside this file, before and after the build. */
const wideTextFile = import.meta.url.endsWith('.ts') ? './wide-text.ts' : './wide-text.js';

/** Loaded when first needed: with it comes an Intl.Segmenter, which adds 30 ms to the start. */
const loadWideText = (): typeof import('./wide-text.ts') => load(wideTextFile);

/** The longest piece of a word that is dropped to avoid cutting inside it. */
const longestCut = 16;

/** Columns of a terminal that a text without escape sequences takes. */
export const measureWidth = (text: string): number =>
	plain.test(text) ? text.length : loadWideText().measureWideText(text);

/** The text in at most `width` columns, with `ellipsis` at the end if it had to be cut. */
export const cutToWidth = (text: string, width: number, ellipsis: string): string => {
	if (measureWidth(text) <= width) {
		return text;
	}
	const room = width - measureWidth(ellipsis);
	if (room < 0) {
		return '';
	}

	return plain.test(text)
		? text.slice(0, room) + ellipsis
		: loadWideText().cutWideText(text, width, {truncationCharacter: ellipsis});
};

/** The same for a sentence: cut between two words if a blank is near enough. */
const cutToWords = (text: string, width: number, ellipsis: string): string => {
	const cut = cutToWidth(text, width, ellipsis);
	const end = cut.lastIndexOf(' ');
	const isBroken = cut !== text && text[cut.length - ellipsis.length] !== ' ';
	return isBroken && end > 0 && cut.length - end <= longestCut
		? cut.slice(0, end).trimEnd() + ellipsis
		: cut;
};

/** Pads the text with blanks to `width` columns; a longer one stays as it is. */
export const padToWidth = (text: string, width: number): string =>
	text + ' '.repeat(Math.max(0, width - measureWidth(text)));

/** The text's words in lines of at most `width` columns; a longer word gets a line of its own. */
export const wrapWords = (text: string, width: number): readonly string[] =>
	fillLines(text.split(' '), ' ', width);

/** Parts with a gap between them in lines of at most `width` columns; a longer one by its words. */
export const wrapParts = (parts: readonly string[], width: number): readonly string[] =>
	fillLines(
		parts.flatMap((part) => (measureWidth(part) > width ? wrapWords(part, width) : [part])),
		'   ',
		width,
	);

const fillLines = (pieces: readonly string[], gap: string, width: number): readonly string[] => {
	const lines: string[] = [];
	let line = '';
	for (const piece of pieces) {
		const longer = line === '' ? piece : line + gap + piece;
		if (line !== '' && measureWidth(longer) > width) {
			lines.push(line);
			line = piece;
		} else {
			line = longer;
		}
	}
	return [...lines, line];
};

export const measureSpans = (spans: readonly Span[]): number =>
	spans.reduce((sum, {text}) => sum + measureWidth(text), 0);

/** A line of at most `width` columns, painted. */
export const renderSpans = (
	spans: readonly Span[],
	width: number,
	paint: {readonly style: Style; readonly ellipsis: string},
): string => {
	let room = width;
	let line = '';
	for (const {text, style} of spans) {
		const cut = cutToWords(text, room, paint.ellipsis);
		room -= measureWidth(cut);
		line += style === undefined ? cut : paint.style(style, cut);
		if (cut !== text) {
			break;
		}
	}
	return line.trimEnd();
};
