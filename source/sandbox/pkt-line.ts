/** One line of git's wire format: four hex digits of length, their own four included. */
export const pktLine = (text: string): string =>
	(Buffer.byteLength(text) + 4).toString(16).padStart(4, '0') + text;

/**
 * The lines up to the flush that ends them, without line ends, `undefined` for a delimiter between
 * them (gitprotocol-v2(5), "Packet-Line Framing"). Undefined where the text is something else.
 */
export const readPktLines = (text: string): readonly (string | undefined)[] | undefined => {
	const lines: (string | undefined)[] = [];
	for (let start = 0; start < text.length; ) {
		const length = Number.parseInt(text.slice(start, start + 4), 16);
		if (length === 0) {
			return lines;
		}
		if (length !== 1 && !(length > 4)) {
			return undefined;
		}
		lines.push(length === 1 ? undefined : text.slice(start + 4, start + length).replace(/\n$/, ''));
		start += Math.max(length, 4);
	}
	return undefined;
};
