import {createHash, type Hash} from 'node:crypto';
import {constants} from 'node:fs';
import {type FileHandle, open} from 'node:fs/promises';
import {codeOf} from '../files/file-failure.ts';
import {objectPath} from './fill-store.ts';

/** Bytes that are read at a time. */
const pieceSize = 1024 * 1024;

/** Errors of opening and reading that say something about the file, and not about this computer. */
const damageCodes = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EISDIR', 'EIO']);

/** Follows no link, and does not wait for a writer if a pipe lies in the file's place. */
const readOnly = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Does this object lie there, with the content that its name says? */
export const hasItsContent = async (
	gitDir: string,
	oid: string,
	onBytes?: (bytes: number) => void,
): Promise<boolean> => {
	try {
		const handle = await open(objectPath(gitDir, oid), readOnly);
		try {
			const hash = createHash('sha256');
			if (!(await handle.stat()).isFile()) {
				return false;
			}

			await hashFile(handle, hash, onBytes);
			return hash.digest('hex') === oid;
		} finally {
			await handle.close();
		}
	} catch (error) {
		if (damageCodes.has(codeOf(error) ?? '')) {
			return false;
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
