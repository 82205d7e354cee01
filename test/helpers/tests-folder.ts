import {execFileSync} from 'node:child_process';
import {chmodSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync} from 'node:fs';
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
 * Where `originals.ts` keeps what many tests copy, until the last of them has ended. All temporary
 * folders are there too, and the tests' own home folder: none reads or writes the user's. Node keeps
 * there what it compiled of the program.
 */
export const setup = ({provide}: TestProject): (() => void) => {
	const folder = makeInMemory() ?? mkdtempSync(join(tmpdir(), 'cistern-tests-'));
	// Some tests start programs as another user.
	chmodSync(folder, 0o755);
	process.env['TMPDIR'] = folder;
	process.env['HOME'] = join(folder, 'home');
	mkdirSync(process.env['HOME']);
	process.env['XDG_CACHE_HOME'] = join(folder, 'cache');
	provide('originalsFolder', folder);
	return () => rmSync(folder, {recursive: true, force: true});
};

/** Bytes that are free: more than all tests take at once. */
const enough = 4 * 1024 ** 3;

/**
 * A folder on a disk in memory. A backup waits for the disk after each file that it writes, and
 * hundreds of tests do that. Undefined without such a disk, on one that is small, and on one from
 * which no program may be started.
 */
const makeInMemory = (): string | undefined => {
	if (process.env['TMPDIR'] !== undefined) {
		return undefined;
	}

	let folder: string | undefined;
	try {
		const {bavail, bsize} = statfsSync('/dev/shm');
		if (bavail * bsize < enough) {
			return undefined;
		}

		folder = mkdtempSync('/dev/shm/cistern-tests-');
		const program = join(folder, 'program');
		writeFileSync(program, '#!/bin/sh\n', {mode: 0o700});
		execFileSync(program);
		return folder;
	} catch {
		if (folder !== undefined) {
			rmSync(folder, {recursive: true});
		}

		return undefined;
	}
};
