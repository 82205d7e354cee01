/**
 * Controls, invisible characters (bidi marks, zero-width characters, line separators, half a
 * surrogate pair), and letters that look like a blank.
 */
const unsafe =
	/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0\u{e0000}-\u{e007f}]/gu;

/**
 * The text with every character made visible that a terminal would obey or hide: `\x1b`,
 * `\u{202e}`. Every text from a server goes through this before it is shown. Printable text stays
 * as it is, so a second pass does no harm.
 */
export const toPrintable = (text: string): string => text.replace(unsafe, toMark);

const toMark = (character: string): string => {
	const code = (character.codePointAt(0) ?? 0).toString(16);
	return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u{${code}}`;
};

/** The longest excerpt of a server's words, in characters. */
const excerptLength = 300;

/** The beginning of a server's words: on one line, printable, at most 300 characters. */
export const toExcerpt = (text: string): string => {
	// Cut it first, because a server may send megabytes.
	const start = text.slice(0, excerptLength * 8).replaceAll(/\s+/g, ' ');
	const characters = [...toPrintable(start.trim())];
	return characters.length <= excerptLength
		? characters.join('')
		: `${characters.slice(0, excerptLength - 1).join('')}…`;
};

/** A sentence followed by the words of another program or server, if there are any. */
export const withWords = (sentence: string, words: string): string =>
	words === '' ? sentence : `${sentence}: ${toExcerpt(words).replace(/\.$/, '')}`;
