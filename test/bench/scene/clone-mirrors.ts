import {join} from 'node:path';
import type {Bench} from './bench.ts';
import {cloneCommand, runGits} from './git-commands.ts';
import {linkFolder} from './link-folder.ts';

/** Mirrors of repositories that are all alike, for git's own commands. Gives the folder of all. */
export const cloneMirrors = async (bench: Bench, slugs: readonly string[]): Promise<string> => {
	const mirrors = join(bench.folder, 'mirrors');
	const [first = '', ...others] = slugs;
	await runGits(bench, [cloneCommand(bench, join(mirrors, first), first)], 1);
	for (const slug of others) {
		linkFolder(join(mirrors, first), join(mirrors, slug));
	}
	return mirrors;
};
