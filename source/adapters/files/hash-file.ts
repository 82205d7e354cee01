import {createHash, type Hash} from 'node:crypto';
import {type FileHandle, open} from 'node:fs/promises';
import {codeOf} from './file-failure.ts';
import {readOnly} from './small-file.ts';

/** Bytes that are read at a time. */
const pieceSize = 1024 * 1024;

/** Errors of opening and reading that say something about the file, and not about this computer. */
const damageCodes = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EISDIR', 'EIO']);

/** SHA-256 of a file's content, hex. Undefined if there is no such file, or it cannot be read. */
export const readSha256 = async (
	path: string,
	onBytes?: (bytes: number) => void,
): Promise<string | undefined> => {
	try {
		const handle = await open(path, readOnly);
		try {
			if (!(await handle.stat()).isFile()) {
				return undefined;
			}

			const hash = createHash('sha256');
			await hashFile(handle, hash, onBytes);
			return hash.digest('hex');
		} finally {
			await handle.close();
		}
	} catch (error) {
		if (damageCodes.has(codeOf(error) ?? '')) {
			return undefined;
		}

		throw error;
	}
};

/** Feeds a file to a hash, from its beginning to its end. Gives its length. */
export const hashFile = async (
	handle: FileHandle,
	hash: Hash,
	onBytes: (bytes: number) => void = () => {},
): Promise<number> => {
	const {size} = await handle.stat();
	const piece = Buffer.allocUnsafe(Math.min(pieceSize, Math.max(size, 1)));
	let at = 0;
	for (;;) {
		const {bytesRead} = await handle.read(piece, 0, piece.length, at);
		if (bytesRead === 0) {
			return at;
		}

		hash.update(piece.subarray(0, bytesRead));
		at += bytesRead;
		onBytes(bytesRead);
	}
};
