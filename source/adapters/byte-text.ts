import {isUtf8} from 'node:buffer';

/** Well-formed UTF-8, or one byte of anything else. In text with a character for each byte. */
const piece =
	// biome-ignore lint/suspicious/noControlCharactersInRegex: bytes of any value are what is looked for
	/(?:[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})+|[\x80-\xff]/g;

/**
 * The text of bytes that should be UTF-8. A byte that is not becomes `\xe9`, four characters, and
 * `bytesOf` makes it a byte again: git's ref names are bytes, and none can hold a backslash.
 */
export const textOf = (bytes: Buffer): string =>
	isUtf8(bytes)
		? bytes.toString('utf8')
		: bytes
				.toString('latin1')
				.replace(piece, (part) =>
					part.length === 1 && part > '\x7f'
						? `\\x${part.charCodeAt(0).toString(16)}`
						: Buffer.from(part, 'latin1').toString('utf8'),
				);

const escaped = /\\x([89a-f][0-9a-f])/g;

/** The bytes of a text from `textOf` that holds ref names and nothing else with a backslash. */
export const bytesOf = (text: string): Buffer => {
	const bytes = Buffer.from(text, 'utf8');
	return text.includes('\\x')
		? Buffer.from(
				bytes
					.toString('latin1')
					.replace(escaped, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
				'latin1',
			)
		: bytes;
};
