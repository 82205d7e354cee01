import {chmodSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {readSmallMirror} from '../../../../source/adapters/git/objects/pack-blobs.ts';
import {importHistory} from '../../../../source/sandbox/import-history.ts';
import {writeLoose} from '../../../helpers/loose-objects.ts';
import {createRandom} from '../../../helpers/random.ts';
import {makeTemporaryFolder} from '../../../helpers/temporary-folder.ts';
import {git} from '../../../helpers/upstream.ts';

const isWanted = (size: number): boolean => size >= 100 && size < 1024;

/** The ids of the blobs of such a size, as git gives them. */
const listBlobs = async (path: string): Promise<readonly string[]> => {
	const format = '--batch-check=%(objecttype) %(objectsize) %(objectname)';
	const text = await git(path, 'cat-file', '--batch-all-objects', format);
	return text.split('\n').flatMap((line) => {
		const [type, size, oid = ''] = line.split(' ');
		return type === 'blob' && isWanted(Number(size)) ? [oid] : [];
	});
};

/** Files that change a little from commit to commit, so that git packs them as deltas. */
const makeRepository = async (seed: number, ...options: readonly string[]): Promise<string> => {
	const random = createRandom(seed);
	const path = join(makeTemporaryFolder(), 'repo');
	await git(makeTemporaryFolder(), 'init', '-q', '--bare', ...options, path);
	const lines = Array.from({length: 30}, () => `${random(1_000_000)} ${random(1_000_000)}\n`);
	await importHistory(
		path,
		Array.from({length: 40}, (_, index) => {
			lines[random(lines.length)] = `${random(1_000_000)}\n`;
			return {
				kind: 'commit',
				branch: 'main',
				message: `Change ${index}`,
				files: {
					[`small-${random(3)}`]: lines.slice(0, 10 + random(3)).join(''),
					[`large-${random(3)}`]: lines.join('').repeat(5),
					[`tiny-${index}`]: `${index}\n`,
				},
			} as const;
		}),
	);
	return path;
};

it.each([
	['offsets', 1, []],
	['ids', 2, []],
	['SHA-256', 3, ['--object-format=sha256']],
])(
	'gives the blobs that git finds, in a pack whose deltas name their bases by %s',
	async (kind, seed, options) => {
		const path = await makeRepository(seed, ...options);
		await git(path, '-c', `repack.useDeltaBaseOffset=${kind !== 'ids'}`, 'repack', '-q', '-adf');
		if (kind !== 'SHA-256') {
			writeLoose(path, 'blob', 'x'.repeat(200));
		}

		const blobs = (await readSmallMirror(path, isWanted)) ?? [];

		expect(blobs.map(({oid}) => oid).toSorted()).toEqual((await listBlobs(path)).toSorted());
		expect(blobs.length).toBeGreaterThan(10);
		for (const {oid, content} of blobs.slice(0, 10)) {
			expect(content.toString()).toBe(await git(path, 'cat-file', 'blob', oid));
		}
	},
);

it('leaves a mirror to git that has two packs, or that cannot be read', async () => {
	const path = await makeRepository(4);
	await git(path, 'repack', '-q', '-ad');
	expect(await readSmallMirror(path, isWanted)).toBeDefined();
	await importHistory(path, [
		{kind: 'commit', branch: 'more', message: 'More', files: {more: 'more\n'}},
	]);
	await git(path, 'repack', '-q');
	expect(await readSmallMirror(path, isWanted)).toBeUndefined();
	await git(path, 'repack', '-q', '-ad');
	expect(await readSmallMirror(path, isWanted)).toBeDefined();
	const folder = join(path, 'objects', 'pack');
	const pack = readdirSync(folder).find((name) => name.endsWith('.pack')) ?? '';
	chmodSync(join(folder, pack), 0o600);
	writeFileSync(join(folder, pack), readFileSync(join(folder, pack)).fill(0, 500));
	expect(await readSmallMirror(path, isWanted)).toBeUndefined();
});
