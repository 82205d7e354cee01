import {cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {expect, it} from 'vitest';
import {createFakeClock} from '../../helpers/fake-clock.ts';
import {placeOf, sha256} from '../../helpers/lfs-files.ts';
import {fetchAll, makeStore} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {readRefs} from '../../helpers/upstream.ts';
import {runVerify} from '../../helpers/verify.ts';

/**
 * A store that the first version of the format filled: a branch rewritten, a tag, a second branch and
 * an LFS file, in three runs. It never changes. Every version has to read it.
 */
const path = resolve('test/fixtures/store-version-1');

it('a store of the first version comes back, and verifies', async () => {
	const folder = makeTemporaryFolder();
	mkdirSync(join(folder, 'acme', '.cistern'), {recursive: true});
	const {repos, runs} = await fetchAll(makeStore(path), folder);
	expect(Object.values(repos)).toMatchObject([{name: 'acme/api', folder: 'acme#api'}]);
	expect(new Set(runs.map((line) => JSON.parse(line).run)).size).toBe(3);
	const mirror = join(folder, 'acme', 'acme#api', 'repo');
	expect(Object.fromEntries(await readRefs(mirror, 'refs/'))).toEqual({
		'refs/cistern/history': 'db509fb6b486724ca186b7e8647a058d783dd2d2',
		'refs/heads/feature': 'edc1aa7677a26c65b1b77c756fcbe3827790eb71',
		'refs/heads/main': 'd63df762693cfe948f4a8cf0abc557c433f6733e',
		'refs/tags/v1': '405b97972d74b02fb02907d02da742d02130867a',
	});
	expect(readFileSync(placeOf(mirror, sha256('a large file')), 'utf8')).toBe('a large file');
	const {findings} = await runVerify({folder, clock: createFakeClock()});
	expect(findings.get('acme/api')).toEqual([]);
});

it.each([
	'repo/config',
	'repo/hooks/post-update',
	'repo/lfs/objects/aa/bb/x',
	'cistern.json',
	'wiki/config',
])(
	'a store that puts a file at %s is refused: anyone who can write there can name one',
	async (target) => {
		const store = join(makeTemporaryFolder(), 'store');
		cpSync(path, store, {recursive: true});
		const [uuid = ''] = readdirSync(join(store, 'repos'));
		const name = '20261123T120000000Z-d0dbee6d.lfs.step';
		const step = join(store, 'repos', uuid, name);
		writeFileSync(step, readFileSync(step, 'utf8').replace(/^file \S+/m, `file ${target}`));
		const folder = makeTemporaryFolder();
		await expect(fetchAll(makeStore(store), folder)).rejects.toMatchObject({
			failure: {kind: 'object-damaged', detail: `its part lfs has no file ${target}`},
		});
	},
);
