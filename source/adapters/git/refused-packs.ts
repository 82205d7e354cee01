import {readdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {isAbsence} from '../files/file-failure.ts';
import {onDisk} from './on-disk.ts';
import {GitExit} from './run-git.ts';

/** git's words where what it was sent does not hang together, or is not what it should be. */
const refusal = /did not send all necessary objects/;

/**
 * Fetches, and takes away what a fetch brought that git then refused: git leaves the pack where it
 * is, and whoever checks the mirror would take it for damage of its own. No ref leads into it.
 */
export const withoutRefusedPacks = async <Result>(
	mirror: string,
	fetch: () => Promise<Result>,
): Promise<Result> => {
	const before = new Set(await listPacks(mirror));
	try {
		return await fetch();
	} catch (error) {
		if (error instanceof GitExit && refusal.test(error.stderr)) {
			const refused = (await listPacks(mirror)).filter((name) => !before.has(name));
			await onDisk(mirror, () => removeAll(join(mirror, packs), refused));
		}

		throw error;
	}
};

const packs = join('objects', 'pack');

const listPacks = (mirror: string): Promise<readonly string[]> =>
	onDisk(mirror, async () => {
		try {
			return await readdir(join(mirror, packs));
		} catch (error) {
			if (isAbsence(error)) {
				return [];
			}

			throw error;
		}
	});

/** The indexes first: without one, a pack is nothing to git. */
const removeAll = async (folder: string, names: readonly string[]): Promise<void> => {
	const isIndex = (name: string): boolean => name.endsWith('.idx');
	for (const name of [...names.filter(isIndex), ...names.filter((name) => !isIndex(name))]) {
		await rm(join(folder, name), {force: true});
	}
};
