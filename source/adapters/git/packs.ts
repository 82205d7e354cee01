import {readdir, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {isAbsence} from '../files/file-failure.ts';
import {onDisk} from './on-disk.ts';

/** Where a mirror's packs lie, with an index each. */
export const packFolder = join('objects', 'pack');

/** The names of the files there. */
export const listPackFiles = (mirror: string): Promise<readonly string[]> =>
	onDisk(mirror, async () => {
		try {
			return await readdir(join(mirror, packFolder));
		} catch (error) {
			if (isAbsence(error)) {
				return [];
			}

			throw error;
		}
	});

/** Bytes of the packs that are there now and were not before: what a transfer brought. */
export const sizeOfNewPacks = (mirror: string, before: readonly string[]): Promise<number> =>
	onDisk(mirror, async () => {
		const known = new Set(before);
		const names = (await listPackFiles(mirror)).filter(
			(name) => name.endsWith('.pack') && !known.has(name),
		);
		const files = await Promise.all(names.map((name) => stat(join(mirror, packFolder, name))));
		return files.reduce((sum, {size}) => sum + size, 0);
	});
