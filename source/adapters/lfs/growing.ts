import {createHash} from 'node:crypto';
import {constants} from 'node:fs';
import {type FileHandle, open, rm} from 'node:fs/promises';
import type {LfsObject} from '../../domain/lfs/pointer.ts';
import {codeOf, onFile} from '../files/file-failure.ts';
import {hashFile} from '../files/hash-file.ts';

/** A file that comes in pieces, with the hash of those that it has so far. */
export type Growing = {
	/** Bytes. */
	length(): number;
	/** SHA-256 in hex. */
	digest(): string;
	append(piece: Buffer): Promise<void>;
	/** Forgets what it has. */
	startAnew(): Promise<void>;
	/** Gives the content of a file that is only in memory. Any other is synced. */
	finish(): Promise<Buffer | undefined>;
	/** For a file that is of no use. */
	remove(): Promise<void>;
	/** Its bytes stay for the next attempt, unless it is only in memory. */
	close(): Promise<void>;
};

/** Bytes of a file that is held in memory: one or two pieces, so that nothing is gained by a part. */
const mostInMemory = 64 * 1024;

/**
 * Opens the place where a file grows. `part`: its path on the disk. `hasPart`: an earlier fetch left
 * a part, which is gone on with.
 */
export const openGrowing = async (
	part: string,
	{size}: LfsObject,
	hasPart: boolean,
): Promise<Growing> => (size <= mostInMemory && !hasPart ? growInMemory() : growOnDisk(part, size));

const growInMemory = (): Growing => {
	let pieces: Buffer[] = [];
	let length = 0;
	return {
		length: () => length,
		digest: () => createHash('sha256').update(Buffer.concat(pieces)).digest('hex'),
		append: async (piece) => {
			pieces.push(piece);
			length += piece.length;
		},
		startAnew: async () => {
			pieces = [];
			length = 0;
		},
		finish: async () => Buffer.concat(pieces),
		remove: async () => {},
		close: async () => {},
	};
};

const growOnDisk = (path: string, size: number): Promise<Growing> =>
	onFile(path, async () => {
		const {handle, isNew} = await openPart(path);
		let hash = createHash('sha256');
		let length = 0;
		const startAnew = async (): Promise<void> => {
			await handle.truncate();
			hash = createHash('sha256');
			length = 0;
		};

		try {
			if (!isNew && (await handle.stat()).size > size) {
				await handle.truncate();
			} else if (!isNew) {
				length = await hashFile(handle, hash);
			}
		} catch (error) {
			await handle.close();
			throw error;
		}

		return {
			length: () => length,
			digest: () => hash.copy().digest('hex'),
			append: async (piece) => {
				hash.update(piece);
				await onFile(path, () => handle.write(piece, 0, piece.length, length));
				length += piece.length;
			},
			startAnew: () => onFile(path, startAnew),
			finish: () =>
				onFile(path, async () => {
					await handle.sync();
					return undefined;
				}),
			remove: () => onFile(path, () => rm(path, {force: true})),
			close: () => handle.close(),
		};
	});

const newPart = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;

/** Follows no link, and does not wait where a pipe lies in the part's place. */
const oldPart = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

const openPart = async (path: string): Promise<{handle: FileHandle; isNew: boolean}> => {
	try {
		return {handle: await open(path, newPart, 0o600), isNew: true};
	} catch (error) {
		if (codeOf(error) !== 'EEXIST') {
			throw error;
		}

		return {handle: await open(path, oldPart), isNew: false};
	}
};
