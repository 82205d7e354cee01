/** One line of git's wire format: four hex digits of length, their own four included. */
export const pktLine = (text: string): string =>
	(Buffer.byteLength(text) + 4).toString(16).padStart(4, '0') + text;
