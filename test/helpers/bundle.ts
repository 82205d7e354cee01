import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {rolldown} from 'rolldown';
import {beforeAll} from 'vitest';

/**
 * To be called in a `describe`: where a program made of our sources is in its tests, as one file.
 * Node starts it in half the time, and does not run JSX as it is.
 */
export const setUpBundle = (input: string): (() => string) => {
	let path = '';
	beforeAll(async () => {
		const folder = mkdtempSync(join(tmpdir(), 'cistern-test-'));
		path = join(folder, 'bundle.mjs');
		const bundle = await rolldown({
			input: resolve(input),
			platform: 'node',
			resolve: {alias: {'react-devtools-core': resolve('no-devtools.js')}},
			transform: {define: {'process.env.NODE_ENV': '"production"'}},
		});
		await bundle.write({dir: folder, format: 'esm', entryFileNames: 'bundle.mjs'});
		return () => rmSync(folder, {recursive: true, force: true});
	});
	return () => path;
};
