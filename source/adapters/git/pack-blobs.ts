import {closeSync, fstatSync, openSync, readSync} from 'node:fs';
import {readdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {constants, inflateSync} from 'node:zlib';
import {packFolder} from './pack-files.ts';

/** A file of a repository, as git stores it. */
export type StoredBlob = {readonly oid: string; readonly content: Buffer};

/**
 * Bytes of a pack's index (32 for each object), files beside the pack, bytes of a pack that is held,
 * and bytes that may be unpacked.
 */
const most = {index: 256 * 1024, loose: 32, held: 1024 * 1024, unpacked: 32 * 1024 * 1024};

/**
 * The blobs of a mirror that have such a size, read from its files. Starts no process: two gits take
 * longer than some thousand objects. Undefined for a mirror that has more than one pack or more
 * objects, or that only git can read.
 */
export const readSmallMirror = async (
	mirror: string,
	isWanted: (size: number) => boolean,
): Promise<readonly StoredBlob[] | undefined> => {
	try {
		const names = await readdir(join(mirror, packFolder));
		const [pack, ...others] = names.filter((name) => name.endsWith('.pack'));
		const loose = await listLoose(mirror);
		if (pack === undefined || others.length > 0 || loose.length > most.loose) {
			return undefined;
		}

		const blobs = await readPack(
			join(mirror, packFolder, pack.slice(0, -'.pack'.length)),
			isWanted,
		);
		for (const oid of loose) {
			const blob = readLooseBlob(oid, await readFile(looseFile(mirror, oid)));
			blobs.push(...(blob !== undefined && isWanted(blob.content.length) ? [blob] : []));
		}

		return blobs;
	} catch {
		return undefined;
	}
};

/** The same of one pack, whose path is given without its ending. */
export const readSmallPack = (
	path: string,
	isWanted: (size: number) => boolean,
): Promise<readonly StoredBlob[] | undefined> => readPack(path, isWanted).catch(() => undefined);

/** git has checked the pack when it came. Throws for a pack of many objects, or in another form. */
const readPack = async (
	path: string,
	isWanted: (size: number) => boolean,
): Promise<StoredBlob[]> => {
	const index = `${path}.idx`;
	if ((await stat(index)).size > most.index) {
		throw new Error('too many objects');
	}

	const offsets = readIndex(await readFile(index));
	const file = openSync(`${path}.pack`, 'r');
	try {
		return openPack(readerOf(file), offsets).readBlobs(isWanted);
	} finally {
		closeSync(file);
	}
};

/** Gives bytes of a file, as far as it goes. */
type ReadBytes = (start: number, end: number) => Buffer;

/** A short file is read at once: thousands of small reads take longer. */
const readerOf = (file: number): {readonly size: number; readonly read: ReadBytes} => {
	const {size} = fstatSync(file);
	const readFrom: ReadBytes = (start, end) => {
		const bytes = Buffer.alloc(Math.max(0, Math.min(end, size) - start));
		readSync(file, bytes, 0, bytes.length, start);
		return bytes;
	};
	const held = size > most.held ? undefined : readFrom(0, size);
	return {size, read: held === undefined ? readFrom : (start, end) => held.subarray(start, end)};
};

const looseFile = (mirror: string, oid: string): string =>
	join(mirror, 'objects', oid.slice(0, 2), oid.slice(2));

const listLoose = async (mirror: string): Promise<readonly string[]> => {
	const folders = (await readdir(join(mirror, 'objects'))).filter((name) =>
		/^[\da-f]{2}$/.test(name),
	);
	const names = await Promise.all(
		folders.map(async (folder) =>
			(await readdir(join(mirror, 'objects', folder))).map((name) => folder + name),
		),
	);
	return names.flat().filter((oid) => /^[\da-f]{40,64}$/.test(oid));
};

const readLooseBlob = (oid: string, bytes: Buffer): StoredBlob | undefined => {
	const object = inflateSync(bytes, {maxOutputLength: most.unpacked});
	return object.toString('latin1', 0, 5) === 'blob '
		? {oid, content: object.subarray(object.indexOf(0) + 1)}
		: undefined;
};

/** Where each object begins in its pack, from a version 2 index (gitformat-pack(5)). */
const readIndex = (index: Buffer): ReadonlyMap<string, number> => {
	const oids = 8 + 256 * 4;
	const count = index.readUInt32BE(oids - 4);
	// Beside checksums and offsets there are the ids, and at the end one each for pack and index.
	const idLength = (index.length - oids - count * 8) / (count + 2);
	if (idLength !== 20 && idLength !== 32) {
		throw new Error('an index of another form');
	}

	const offsets = oids + count * (idLength + 4);
	return new Map(
		Array.from({length: count}, (_, number) => [
			index.toString('hex', oids + number * idLength, oids + (number + 1) * idLength),
			// Negative for an object behind two gigabytes, whose place stands elsewhere: it cannot be read.
			index.readInt32BE(offsets + number * 4),
		]),
	);
};

/** Types of a pack's entries. A delta is another object's content with changes. */
const types = {commit: 1, tree: 2, blob: 3, tag: 4, offsetDelta: 6, idDelta: 7};
const plainTypes = new Set([types.commit, types.tree, types.blob, types.tag]);

type Entry = {
	readonly type: number;
	/** Bytes when unpacked: of a delta, those of its changes. */
	readonly size: number;
	/** Where the object that a delta changes begins. */
	readonly base: number | undefined;
	/** Where its packed bytes begin. */
	readonly start: number;
};

/** More than what precedes the packed bytes of an entry. */
const mostBefore = 64;

/** Packed bytes that hold the sizes at the beginning of a delta. */
const beginning = 512;

const openPack = (
	{size, read: readBytes}: ReturnType<typeof readerOf>,
	offsets: ReadonlyMap<string, number>,
) => {
	const idLength = ([...offsets.keys()][0]?.length ?? 0) / 2;
	const sorted = [...offsets.values(), size - idLength].toSorted((a, b) => a - b);
	const endOf = new Map(sorted.map((offset, index) => [offset, sorted[index + 1] ?? offset]));
	const knownTypes = new Map<number, number>();
	let left = most.unpacked;

	const readEntry = (offset: number): Entry => {
		const bytes = readBytes(offset, offset + mostBefore);
		const head = readHead(bytes);
		if (head.type === types.offsetDelta) {
			const {value, end} = readDistance(bytes, head.end);
			return {...head, base: offset - value, start: offset + end};
		}

		if (head.type === types.idDelta) {
			const end = head.end + idLength;
			const base = offsets.get(bytes.toString('hex', head.end, end));
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

	const unpack = (offset: number, {start}: Entry): Buffer => {
		const end = endOf.get(offset) ?? start;
		if (end - start > left) {
			throw new Error('too many bytes');
		}

		const content = inflateSync(readBytes(start, end), {maxOutputLength: left});
		left -= content.length;
		return content;
	};

	const inflateBeginning = (start: number, offset: number): Buffer =>
		inflateSync(readBytes(start, Math.min(start + beginning, endOf.get(offset) ?? start)), {
			finishFlush: constants.Z_SYNC_FLUSH,
		});

	const typeOf = (offset: number): number => {
		const known = knownTypes.get(offset);
		if (known !== undefined) {
			return known;
		}

		const {type, base} = readEntry(offset);
		const found = base === undefined ? type : typeOf(base);
		knownTypes.set(offset, found);
		return found;
	};

	const read = (offset: number): Buffer => {
		const entry = readEntry(offset);
		const content = unpack(offset, entry);
		return entry.base === undefined ? content : applyDelta(read(entry.base), content);
	};

	const sizeOf = (offset: number): number => {
		const {base, size, start} = readEntry(offset);
		return base === undefined ? size : readDeltaSizes(inflateBeginning(start, offset)).size;
	};

	return {
		readBlobs: (isWanted: (size: number) => boolean): StoredBlob[] =>
			[...offsets]
				.filter(([, offset]) => typeOf(offset) === types.blob && isWanted(sizeOf(offset)))
				.map(([oid, offset]) => ({oid, content: read(offset)})),
	};
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
const readDeltaSizes = (delta: Buffer): {readonly size: number; readonly end: number} => {
	const base = readNumber(delta, 0);
	const {value, end} = readNumber(delta, base.end);
	return {size: value, end};
};

/** Instructions that copy a part of the base, or insert the bytes that follow. */
const applyDelta = (base: Buffer, delta: Buffer): Buffer => {
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
