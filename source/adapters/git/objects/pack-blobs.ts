import {closeSync, fstatSync, openSync, readSync} from 'node:fs';
import {readdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {constants, inflateSync} from 'node:zlib';
import {readLoose} from './loose-objects.ts';
import {
	applyDelta,
	type Entry,
	mostBefore,
	readDeltaSizes,
	readEntryAt,
	types,
} from './pack-entry.ts';
import {packFolder} from './pack-files.ts';
import {readOffsets} from './pack-index.ts';

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
			const {type, content} = await readLoose(mirror, oid, most.unpacked);
			blobs.push(...(type === 'blob' && isWanted(content.length) ? [{oid, content}] : []));
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

	const offsets = readOffsets(await readFile(index));
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

	const readEntry = (offset: number): Entry =>
		readEntryAt(offset, readBytes(offset, offset + mostBefore), idLength, (oid) =>
			offsets.get(oid),
		);

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
