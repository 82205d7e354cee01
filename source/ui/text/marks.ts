/** The few signs that screens are made of. */
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
