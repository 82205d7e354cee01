import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {TestProject} from 'vitest/node';

declare module 'vitest' {
	// Vitest's own way to tell it the type of what is provided is to merge with its interface.
	export interface ProvidedContext {
		originalsFolder: string;
	}
}

/**
 * Where `originals.ts` keeps what many tests copy, until the last of them has ended. The tests' own home
 * folder is there too: none reads or writes the user's. Node keeps there what it compiled of the program.
 */
export const setup = ({provide}: TestProject): (() => void) => {
	const folder = mkdtempSync(join(tmpdir(), 'cistern-originals-'));
	process.env['HOME'] = join(folder, 'home');
	mkdirSync(process.env['HOME']);
	process.env['XDG_CACHE_HOME'] = join(folder, 'cache');
	provide('originalsFolder', folder);
	return () => rmSync(folder, {recursive: true, force: true});
};
