import {execFile} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {promisify} from 'node:util';
import {beforeAll} from 'vitest';

const maker = resolve('test/helpers/make-bundle.ts');

/**
 * To be called in a `describe`: where a program made of our sources is in its tests, as one file.
 * Node starts it in half the time, and does not run JSX as it is. A process of its own makes it:
 * rolldown never gives its memory back, and each later process would be a fork of a worker with it.
 */
export const setUpBundle = (input: string): (() => string) => {
	let path = '';
	beforeAll(async () => {
		const folder = mkdtempSync(join(tmpdir(), 'cistern-test-'));
		path = join(folder, 'bundle.mjs');
		await promisify(execFile)(process.execPath, [maker, resolve(input), path]);
		return () => rmSync(folder, {recursive: true, force: true});
	});
	return () => path;
};
