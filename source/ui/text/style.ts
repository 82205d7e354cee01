export type StyleName = 'green' | 'red' | 'yellow' | 'dim' | 'bold';

/** Puts a colour or weight around a text, or nothing where the terminal has no colour. */
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
