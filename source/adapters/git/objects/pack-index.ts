import {type FileHandle, open} from 'node:fs/promises';

/** gitformat-pack(5), "Version 2 pack-*.idx files": magic and version, then the fan-out table. */
const headerLength = 8;
const fanOutLength = 256 * 4;

/**
 * The ids that a pack's index does not have. Starts no process, and reads only those parts of the
 * index in which an id may stand: that of a large pack has millions.
 */
export const findAbsent = async (
	index: string,
	oids: ReadonlySet<string>,
): Promise<ReadonlySet<string>> => {
	const file = await open(index, 'r');
	try {
		const fanOut = await readAt(file, headerLength, fanOutLength);
		const absent = new Set<string>();
		for (const [first, some] of Map.groupBy(oids, (oid) => Number.parseInt(oid.slice(0, 2), 16))) {
			const start = first === 0 ? 0 : fanOut.readUInt32BE((first - 1) * 4);
			const count = fanOut.readUInt32BE(first * 4) - start;
			const size = (some[0]?.length ?? 0) / 2;
			const at = headerLength + fanOutLength + start * size;
			const sorted = await readAt(file, at, count * size);
			for (const oid of some) {
				if (!hasId(sorted, Buffer.from(oid, 'hex'))) {
					absent.add(oid);
				}
			}
		}

		return absent;
	} finally {
		await file.close();
	}
};

const readAt = async (file: FileHandle, position: number, length: number): Promise<Buffer> =>
	(await file.read(Buffer.alloc(length), 0, length, position)).buffer;

/** A search that halves. `sorted`: ids of the same length, one behind the other. */
const hasId = (sorted: Buffer, oid: Buffer): boolean =>
	findId(sorted, oid, 0, sorted.length / oid.length) !== undefined;

/** The place of an id among sorted ones, counted in ids, between two places. */
const findId = (sorted: Buffer, oid: Buffer, low: number, high: number): number | undefined => {
	const size = oid.length;
	while (low < high) {
		const middle = Math.floor((low + high) / 2);
		const order = sorted.compare(oid, 0, size, middle * size, (middle + 1) * size);
		if (order === 0) {
			return middle;
		}

		// `compare` tells how the id stands to the one in the index.
		[low, high] = order < 0 ? [middle + 1, high] : [low, middle];
	}

	return undefined;
};

/** Where an object begins in its pack, by the pack's whole index. Undefined if it is not there. */
export const findOffset = (index: Buffer, oid: string): number | undefined => {
	const ids = headerLength + fanOutLength;
	const count = index.readUInt32BE(ids - 4);
	const id = Buffer.from(oid, 'hex');
	const first = id.readUInt8(0);
	const start = first === 0 ? 0 : index.readUInt32BE(headerLength + (first - 1) * 4);
	const end = index.readUInt32BE(headerLength + first * 4);
	const place = findId(index.subarray(ids, ids + count * id.length), id, start, end);
	if (place === undefined) {
		return undefined;
	}

	const offset = index.readInt32BE(ids + count * (id.length + 4) + place * 4);
	if (offset < 0) {
		throw new Error('an object behind two gigabytes, whose place stands elsewhere');
	}

	return offset;
};

/** Where each object begins in its pack, by the pack's whole index. Negative for one behind two gigabytes. */
export const readOffsets = (index: Buffer): ReadonlyMap<string, number> => {
	const ids = headerLength + fanOutLength;
	const count = index.readUInt32BE(ids - 4);
	// Beside checksums and offsets there are the ids, and at the end one each for pack and index.
	const idLength = (index.length - ids - count * 8) / (count + 2);
	if (idLength !== 20 && idLength !== 32) {
		throw new Error('an index of another form');
	}

	const offsets = ids + count * (idLength + 4);
	return new Map(
		Array.from({length: count}, (_, place) => [
			index.toString('hex', ids + place * idLength, ids + (place + 1) * idLength),
			index.readInt32BE(offsets + place * 4),
		]),
	);
};
