import {open, readdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {inflateSync} from 'node:zlib';
import {applyDelta, mostBefore, readEntryAt, types} from './pack-entry.ts';
import {packFolder} from './pack-files.ts';
import {findOffset} from './pack-index.ts';

/**
 * Objects that are read before git does it in less time, bytes of a pack's index (32 for each object),
 * and bytes that an object may have.
 */
const most = {objects: 64, index: 4 * 1024 * 1024, unpacked: 4 * 1024 * 1024};

/** Bytes that usually hold all of an entry. */
const usual = 4096;

type Pack = {
	/** Without the ending. */
	readonly path: string;
	readonly index: Buffer;
};

type PackedObject = {readonly type: string; readonly content: Buffer};

/**
 * Reads objects from the packs of a mirror without a process: for a few small ones, starting git takes
 * longer. Throws for an object that no pack has, and where git should read: many objects, a large one,
 * or a pack with a large index.
 */
export const openPacked = (mirror: string): ((oid: string) => Promise<PackedObject>) => {
	let left = most.objects;
	let packs: Promise<readonly Pack[]> | undefined;
	return async (oid) => {
		left -= 1;
		if (left < 0) {
			throw new Error('many objects');
		}

		packs ??= readPacks(join(mirror, packFolder));
		for (const pack of await packs) {
			const offset = findOffset(pack.index, oid);
			if (offset !== undefined) {
				return readObject(pack, offset, oid.length / 2);
			}
		}

		throw new Error('in no pack');
	};
};

const readPacks = async (folder: string): Promise<readonly Pack[]> => {
	const names = (await readdir(folder)).filter((name) => name.endsWith('.idx'));
	return Promise.all(
		names.map(async (name) => {
			const index = join(folder, name);
			if ((await stat(index)).size > most.index) {
				throw new Error('a large index');
			}

			return {path: index.slice(0, -'.idx'.length), index: await readFile(index)};
		}),
	);
};

const readObject = async (pack: Pack, offset: number, idLength: number): Promise<PackedObject> => {
	const file = await open(`${pack.path}.pack`, 'r');
	const readBytes = async (start: number, length: number): Promise<Buffer> => {
		const {buffer, bytesRead} = await file.read(Buffer.alloc(length), 0, length, start);
		return buffer.subarray(0, bytesRead);
	};
	const readFrom = async (at: number): Promise<PackedObject> => {
		const bytes = await readBytes(at, usual);
		const head = bytes.subarray(0, mostBefore);
		const {type, size, base, start} = readEntryAt(at, head, idLength, (oid) =>
			findOffset(pack.index, oid),
		);
		if (size > most.unpacked) {
			throw new Error('a large object');
		}

		// Compressed, a content grows by some bytes at most.
		const longest = start - at + size + size / 1000 + 64;
		const packed = longest <= usual ? bytes : await readBytes(at, Math.ceil(longest));
		const content = inflateSync(packed.subarray(start - at), {maxOutputLength: most.unpacked});
		if (base === undefined) {
			return {type: nameOf(type), content};
		}

		const whole = await readFrom(base);
		return {type: whole.type, content: applyDelta(whole.content, content)};
	};

	try {
		return await readFrom(offset);
	} finally {
		await file.close();
	}
};

const nameOf = (type: number): string =>
	Object.entries(types).find(([, number]) => number === type)?.[0] ?? '';
