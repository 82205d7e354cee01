/** The characters that screens draw with. */
export type Marks = {
	readonly done: string;
	readonly failed: string;
	readonly attention: string;
	readonly chosen: string;
	readonly bullet: string;
	readonly arrow: string;
	readonly ellipsis: string;
	readonly barFull: string;
	readonly barEmpty: string;
	readonly spinner: readonly string[];
};

const unicode: Marks = {
	done: '✔',
	failed: '✖',
	attention: '!',
	chosen: '›',
	bullet: '•',
	arrow: '→',
	ellipsis: '…',
	barFull: '█',
	barEmpty: '░',
	spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
};

const ascii: Marks = {
	done: '+',
	failed: 'x',
	attention: '!',
	chosen: '>',
	bullet: '*',
	arrow: '->',
	ellipsis: '...',
	barFull: '#',
	barEmpty: '.',
	spinner: ['|', '/', '-', '\\'],
};

export const marksFor = ({hasUnicode}: {readonly hasUnicode: boolean}): Marks =>
	hasUnicode ? unicode : ascii;

export type StyleName = 'green' | 'red' | 'yellow' | 'dim' | 'bold';

/** Adds a colour or weight to a text; leaves it as it is if the terminal has no colour. */
export type Style = (name: StyleName, text: string) => string;

/** SGR parameters that switch each on and off again (ECMA-48, section 8.3.117). */
const codes: Readonly<Record<StyleName, readonly [on: number, off: number]>> = {
	bold: [1, 22],
	dim: [2, 22],
	red: [31, 39],
	green: [32, 39],
	yellow: [33, 39],
};

export const styleFor =
	({hasColour}: {readonly hasColour: boolean}): Style =>
	(name, text) => {
		const [on, off] = codes[name];
		return hasColour && text !== '' ? `\u001B[${on}m${text}\u001B[${off}m` : text;
	};

/** A piece of a line. Text is fitted first and painted afterwards, so a cut never hits a colour code. */
export type Span = {readonly text: string; readonly style?: StyleName};

/** How something went. Every screen shows it by the same mark in the same colour. */
export type Sign = 'done' | 'attention' | 'failed';

const colours: Readonly<Record<Sign, StyleName>> = {
	done: 'green',
	attention: 'yellow',
	failed: 'red',
};

export const drawSign = (sign: Sign, {marks}: {readonly marks: Marks}): Span => ({
	text: marks[sign],
	style: colours[sign],
});
