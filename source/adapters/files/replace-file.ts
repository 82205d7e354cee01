import {randomBytes} from 'node:crypto';
import {open, rename, rm} from 'node:fs/promises';
import {dirname} from 'node:path';
import {codeOf} from './file-failure.ts';

/** What a disk says that could not keep what it was given. */
const lossCodes = new Set(['EIO', 'ENOSPC', 'EDQUOT']);

/** Makes the entries of a folder survive a power cut. Not every system can; then it is left. */
export const syncFolder = async (folder: string): Promise<void> => {
	const handle = await open(folder, 'r').catch(() => undefined);
	try {
		await handle?.sync();
	} catch (error) {
		if (lossCodes.has(codeOf(error) ?? '')) {
			throw error;
		}
	} finally {
		await handle?.close();
	}
};

/**
 * Writes a file aside, syncs it and renames it into place with mode 0600: whoever reads the path,
 * after a kill too, finds the old text or the new one, whole.
 */
export const replaceFile = async (
	path: string,
	content: string | Buffer,
	aside = `${path}.${randomBytes(6).toString('hex')}.new`,
): Promise<void> => {
	try {
		const handle = await open(aside, 'wx', 0o600);
		try {
			await handle.writeFile(content);
			await handle.sync();
		} finally {
			await handle.close();
		}

		await rename(aside, path);
	} catch (error) {
		await rm(aside, {force: true});
		throw error;
	}

	await syncFolder(dirname(path));
};
