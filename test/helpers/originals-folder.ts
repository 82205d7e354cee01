import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {TestProject} from 'vitest/node';

declare module 'vitest' {
	// Vitest's own way to tell it the type of what is provided is to merge with its interface.
	export interface ProvidedContext {
		originalsFolder: string;
		cacheFolder: string;
	}
}

/**
 * Where `originals.ts` keeps what many tests copy, and Node what it compiled of the program, until the
 * last of them has ended. The tests' own home folder is there too: none reads or writes the user's.
 */
export const setup = ({provide}: TestProject): (() => void) => {
	const folder = mkdtempSync(join(tmpdir(), 'cistern-originals-'));
	process.env['HOME'] = join(folder, 'home');
	mkdirSync(process.env['HOME']);
	provide('originalsFolder', folder);
	provide('cacheFolder', join(folder, 'cache'));
	return () => rmSync(folder, {recursive: true, force: true});
};
