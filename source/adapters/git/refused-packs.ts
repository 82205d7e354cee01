import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {onDisk} from './on-disk.ts';
import {listPackFiles, packFolder} from './packs.ts';
import {GitExit} from './run-git.ts';

/** git's words where what it was sent does not hang together, or is not what it should be. */
const refusal = /did not send all necessary objects/;

/**
 * Fetches, and takes away what a fetch brought that git then refused: git leaves the pack where it
 * is, and whoever checks the mirror would take it for damage of its own. No ref leads into it.
 * `before`: what `listPackFiles` gave when the fetch began.
 */
export const withoutRefusedPacks = async <Result>(
	mirror: string,
	before: readonly string[],
	fetch: () => Promise<Result>,
): Promise<Result> => {
	try {
		return await fetch();
	} catch (error) {
		if (error instanceof GitExit && refusal.test(error.stderr)) {
			const refused = (await listPackFiles(mirror)).filter((name) => !before.includes(name));
			await onDisk(mirror, () => removeAll(join(mirror, packFolder), refused));
		}

		throw error;
	}
};

/** The indexes first: without one, a pack is nothing to git. */
const removeAll = async (folder: string, names: readonly string[]): Promise<void> => {
	const isIndex = (name: string): boolean => name.endsWith('.idx');
	for (const name of [...names.filter(isIndex), ...names.filter((name) => !isIndex(name))]) {
		await rm(join(folder, name), {force: true});
	}
};
