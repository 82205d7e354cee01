/** What a stream of pkt-lines is made of. Bytes are valid only until the callback returns. */
export type PktLineHandler = {
	/** The payload is what lies from `start` to before `end`: to cut it out would take longer than to read it. */
	onLine(bytes: Buffer, start: number, end: number): void;
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
		const length = readLength(header, 0);
		filled = 0;
		if (length === 0) {
			handler.onFlush();
		} else if (length === headerLength) {
			handler.onLine(header, 0, 0);
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
		handler.onLine(whole, 0, whole.length);
	};

	/** Most lines lie whole in what came: they are not copied. Gives where the first other begins. */
	const takeWholeLines = (chunk: Buffer, from: number): number => {
		let at = from;
		while (chunk.length - at > headerLength) {
			const end = at + readLength(chunk, at);
			if (end <= at + headerLength || end > chunk.length || end > at + maxLineLength) {
				break;
			}

			handler.onLine(chunk, at + headerLength, end);
			at = end;
		}

		return at;
	};

	const fill = (target: Buffer, chunk: Buffer, from: number): number => {
		const part = chunk.subarray(from, from + target.length - filled);
		target.set(part, filled);
		filled += part.length;
		return from + part.length;
	};

	const takePiece = (chunk: Buffer, from: number): number => {
		const target = line ?? header;
		const at = fill(target, chunk, from);
		if (filled === target.length) {
			if (target === header) {
				beginLine();
			} else {
				endLine(target);
			}
		}

		return at;
	};

	const isBetweenLines = (): boolean => line === undefined && filled === 0;

	return {
		push: (chunk) => {
			let at = 0;
			while (at < chunk.length) {
				if (isGarbage) {
					handler.onGarbage(chunk.subarray(at));
					return;
				}

				at = isBetweenLines() ? takeWholeLines(chunk, at) : at;
				at = at < chunk.length ? takePiece(chunk, at) : at;
			}
		},
		isComplete: isBetweenLines,
	};
};

/** -1 where no four hex digits stand. */
const readLength = (bytes: Buffer, at: number): number => {
	let length = 0;
	for (let index = at; index < at + headerLength; index += 1) {
		const digit = readHexDigit(bytes[index] ?? 0);
		if (digit < 0) {
			return -1;
		}

		length = length * 16 + digit;
	}

	return length;
};

const readHexDigit = (byte: number): number => {
	if (byte >= 0x30 && byte <= 0x39) {
		return byte - 0x30;
	}

	// Upper case becomes lower.
	const letter = byte | 0x20;
	return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
};
