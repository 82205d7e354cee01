/** How an object is stored in a pack (gitformat-pack(5)). */

/** Types of a pack's entries. A delta is another object's content with changes. */
export const types = {commit: 1, tree: 2, blob: 3, tag: 4, offsetDelta: 6, idDelta: 7};
const plainTypes = new Set([types.commit, types.tree, types.blob, types.tag]);

export type Entry = {
	readonly type: number;
	/** Bytes when unpacked: of a delta, those of its changes. */
	readonly size: number;
	/** Where the object that a delta changes begins. */
	readonly base: number | undefined;
	/** Where its packed bytes begin. */
	readonly start: number;
};

/** More than what precedes the packed bytes of an entry. */
export const mostBefore = 64;

/**
 * The entry that begins at an offset. `bytes`: as many of its first ones as `mostBefore`. `idLength`:
 * bytes of an id. `find` gives the offset of an object in the same pack.
 */
export const readEntryAt = (
	offset: number,
	bytes: Buffer,
	idLength: number,
	find: (oid: string) => number | undefined,
): Entry => {
	const head = readHead(bytes);
	if (head.type === types.offsetDelta) {
		const {value, end} = readDistance(bytes, head.end);
		return {...head, base: offset - value, start: offset + end};
	}

	if (head.type === types.idDelta) {
		const end = head.end + idLength;
		const base = find(bytes.toString('hex', head.end, end));
		if (base === undefined) {
			throw new Error('a delta without its base');
		}

		return {...head, base, start: offset + end};
	}

	if (!plainTypes.has(head.type)) {
		throw new Error('no entry of a pack');
	}

	return {...head, base: undefined, start: offset + head.end};
};

/** Type and size: four bits of the size in the first byte, seven in each further one. */
const readHead = (bytes: Buffer): {type: number; size: number; end: number} => {
	const first = bytes.readUInt8(0);
	const type = (first >> 4) & 7;
	if (first < 128) {
		return {type, size: first & 15, end: 1};
	}

	const {value, end} = readNumber(bytes, 1);
	return {type, size: (first & 15) + value * 16, end};
};

type NumberAt = {readonly value: number; readonly end: number};

/** Seven bits a byte, the lowest first; the last byte is below 128. */
const readNumber = (bytes: Buffer, at: number): NumberAt => {
	let value = 0;
	for (let factor = 1, end = at; ; factor *= 128, end += 1) {
		const byte = bytes.readUInt8(end);
		value += (byte & 127) * factor;
		if (byte < 128) {
			return {value, end: end + 1};
		}
	}
};

/** Seven bits a byte, the highest first, and one is added for each byte but the last. */
const readDistance = (bytes: Buffer, at: number): NumberAt => {
	let value = 0;
	for (let end = at; ; end += 1) {
		const byte = bytes.readUInt8(end);
		value = value * 128 + (byte & 127);
		if (byte < 128) {
			return {value, end: end + 1};
		}

		value += 1;
	}
};

/** `size`: bytes of the object that comes out. */
export const readDeltaSizes = (delta: Buffer): {readonly size: number; readonly end: number} => {
	const base = readNumber(delta, 0);
	const {value, end} = readNumber(delta, base.end);
	return {size: value, end};
};

/** Instructions that copy a part of the base, or insert the bytes that follow. */
export const applyDelta = (base: Buffer, delta: Buffer): Buffer => {
	const pieces: Buffer[] = [];
	for (let at = readDeltaSizes(delta).end; at < delta.length; ) {
		const instruction = delta.readUInt8(at);
		at += 1;
		if (instruction < 128) {
			pieces.push(delta.subarray(at, at + instruction));
			at += instruction;
			continue;
		}

		// A bit for each byte that is there: four of the offset, three of the size.
		const fields = [0, 0, 0, 0, 0, 0, 0].map((_, bit) => {
			const isThere = (instruction & (1 << bit)) !== 0;
			at += isThere ? 1 : 0;
			return isThere ? delta.readUInt8(at - 1) : 0;
		});
		const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0] = fields;
		const offset = a + b * 2 ** 8 + c * 2 ** 16 + d * 2 ** 24;
		const size = e + f * 2 ** 8 + g * 2 ** 16 || 0x10000;
		pieces.push(base.subarray(offset, offset + size));
	}

	return Buffer.concat(pieces);
};
