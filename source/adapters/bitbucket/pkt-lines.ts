/** What a stream of pkt-lines is made of. Bytes are valid only until the callback returns. */
export type PktLineHandler = {
	onLine(payload: Buffer): void;
	onFlush(): void;
	/** No pkt-line begins here: what stands there instead, then everything that follows. */
	onGarbage(bytes: Buffer): void;
};

export type PktLineReader = {
	/** Takes the next bytes, cut anywhere. Throws what the handler throws. */
	push(chunk: Buffer): void;
	/** Has everything that began been completed? */
	isComplete(): boolean;
};

const headerLength = 4;

/** The longest line, its length included (git, gitprotocol-common). */
const maxLineLength = 65_520;

const hexDigits = /^[\da-f]{4}$/i;

/**
 * Reads git's pkt-lines (four hex digits of length, then the payload; `0000` is a flush) out of a
 * stream that is cut at any byte. Keeps at most one line. Protocol v2's other marks are garbage.
 */
export const createPktLineReader = (handler: PktLineHandler): PktLineReader => {
	const header = Buffer.alloc(headerLength);
	/** The line being read; the header while `line` is undefined. */
	let line: Buffer | undefined;
	let filled = 0;
	let isGarbage = false;

	const beginLine = (): void => {
		const length = readLength(header);
		filled = 0;
		if (length === 0) {
			handler.onFlush();
		} else if (length === headerLength) {
			handler.onLine(Buffer.alloc(0));
		} else if (length > headerLength && length <= maxLineLength) {
			line = Buffer.allocUnsafe(length - headerLength);
		} else {
			isGarbage = true;
			handler.onGarbage(header);
		}
	};

	const endLine = (whole: Buffer): void => {
		line = undefined;
		filled = 0;
		handler.onLine(whole);
	};

	const fill = (target: Buffer, chunk: Buffer, from: number): number => {
		const part = chunk.subarray(from, from + target.length - filled);
		target.set(part, filled);
		filled += part.length;
		return from + part.length;
	};

	return {
		push: (chunk) => {
			let at = 0;
			while (at < chunk.length) {
				if (isGarbage) {
					handler.onGarbage(chunk.subarray(at));
					return;
				}

				const target = line ?? header;
				at = fill(target, chunk, at);
				if (filled === target.length) {
					if (target === header) {
						beginLine();
					} else {
						endLine(target);
					}
				}
			}
		},
		isComplete: () => line === undefined && filled === 0,
	};
};

const readLength = (header: Buffer): number => {
	const digits = header.toString('latin1');
	return hexDigits.test(digits) ? Number.parseInt(digits, 16) : -1;
};
