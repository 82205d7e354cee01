/** Made when it is first needed: most runs never do, and it takes longer than all else at the start. */
let graphemes: Intl.Segmenter | undefined;

const segment = (text: string): Iterable<{readonly segment: string}> => {
	graphemes ??= new Intl.Segmenter();
	return graphemes.segment(text);
};

/** ASCII and the marks, bars and spinners of our own, which make up nearly all that is measured. */
const plain = /^[\x20-\x7e…→✔✖\u2580-\u259f\u2801-\u28ff]*$/;
const combining = /^[\p{Mark}\p{Default_Ignorable_Code_Point}]+$/u;
/** Characters that terminals draw over two columns: East Asian Wide and Fullwidth, and emoji. */
const wide =
	/^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation})/u;

/** As much of a word is given up for not breaking it. */
const longestCut = 16;

/** How many columns of a terminal a text without escape sequences takes. */
export const measureWidth = (text: string): number =>
	plain.test(text) ? text.length : cellsOf(text).reduce((sum, {width}) => sum + width, 0);

const cellsOf = (text: string): readonly {character: string; width: number}[] =>
	Array.from(segment(text), ({segment: character}) => ({
		character,
		width: combining.test(character) ? 0 : wide.test(character) ? 2 : 1,
	}));

/** The text in at most `width` columns, with `ellipsis` at the end where it had to be cut. */
export const cutToWidth = (text: string, width: number, ellipsis: string): string => {
	if (measureWidth(text) <= width) {
		return text;
	}
	const room = width - measureWidth(ellipsis);
	if (room < 0) {
		return '';
	}

	let used = 0;
	let kept = '';
	for (const {character, width: taken} of cellsOf(text)) {
		used += taken;
		if (used > room) {
			break;
		}
		kept += character;
	}
	return kept + ellipsis;
};

/** The same for a sentence: cut between two words, where there are some in reach. */
export const cutToWords = (text: string, width: number, ellipsis: string): string => {
	const cut = cutToWidth(text, width, ellipsis);
	const end = cut.lastIndexOf(' ');
	const isBroken = cut !== text && text[cut.length - ellipsis.length] !== ' ';
	return isBroken && end > 0 && cut.length - end <= longestCut
		? cut.slice(0, end).trimEnd() + ellipsis
		: cut;
};

/** The text filled with blanks to `width` columns; a longer one stays as it is. */
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
