import type {Style, StyleName} from './style.ts';
import {cutToWords, measureWidth} from './width.ts';

/** A piece of a line. Text is fitted first and painted afterwards, so no cut can hit a colour code. */
export type Span = {readonly text: string; readonly style?: StyleName};

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
