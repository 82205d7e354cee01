/**
 * Pkt-lines (gitprotocol-common): four hex digits give the length of a line, themselves included. A
 * length below four is a mark without a line.
 */

export const headerLength = 4;

export const longestLine = 65_520;

/** The length that a header tells. -1 for one that is no header. */
export const readLength = (header: string): number =>
	/^[\da-f]{4}$/i.test(header) ? Number.parseInt(header, 16) : -1;

/** A line with its line feed. Only for text of one byte a character. */
export const pktLine = (text: string): string =>
	`${(text.length + headerLength + 1).toString(16).padStart(headerLength, '0')}${text}\n`;
