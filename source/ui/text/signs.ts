import type {Marks} from './marks.ts';
import type {Span} from './spans.ts';
import type {StyleName} from './style.ts';

/** How something went: every screen says it by the same mark, in the same colour. */
export type Sign = 'done' | 'attention' | 'failed';

type Look = {readonly marks: Marks};

const colours: Readonly<Record<Sign, StyleName>> = {
	done: 'green',
	attention: 'yellow',
	failed: 'red',
};

export const drawSign = (sign: Sign, {marks}: Look): Span => ({
	text: marks[sign],
	style: colours[sign],
});

/** What a row begins with: the sign, and the name behind it where there is one. Printable. */
export const drawLabel = (sign: Sign, name: string, look: Look): readonly Span[] => [
	{text: '  '},
	drawSign(sign, look),
	...(name === '' ? [] : [{text: ' '}, {text: name, style: 'bold' as const}]),
];
