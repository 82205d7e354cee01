import {existsSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {mirrorMethods} from '../../../../source/adapters/git/mirror.ts';
import {
	holdNewPacks,
	listPackFiles,
	packFolder,
	releasePacks,
	removeRemains,
} from '../../../../source/adapters/git/objects/pack-files.ts';
import {GitExit, type RunGit} from '../../../../source/adapters/git/run-git.ts';
import {salvageMethods} from '../../../../source/adapters/git/salvage.ts';
import {rememberFreshPacks} from '../../../../source/adapters/git/transfer/fresh-packs.ts';
import {transferMethods} from '../../../../source/adapters/git/transfer/transfer.ts';
import type {GitChecks} from '../../../../source/ports/git.ts';
import {makeBareRepository} from '../../../../source/sandbox/bare-repository.ts';
import {makeTemporaryFolder} from '../../../helpers/temporary-folder.ts';
import {commitFile, git} from '../../../helpers/upstream.ts';

/** A git that ends while it writes a pack, as one that is killed does. */
const dying: RunGit = async ({folder}) => {
	writeFileSync(join(folder, packFolder, 'tmp_pack_x'), 'half a pack');
	throw new GitExit(128, {stdout: '', stderr: 'fatal: early EOF'});
};

const nothingDamaged = {
	checkObjects: async () => ({damage: undefined, oddities: []}),
	readTypes: async () => new Map(),
	findBroken: async () => new Set(),
} as Partial<GitChecks> as GitChecks;

const {signal} = new AbortController();
const refs = new Map(['a', 'b'].map((name) => [`refs/heads/${name}`, '1'.repeat(40)]));
const options = {signal, onProgress: undefined, onFallBack: () => {}};

const acts: Readonly<Record<string, (mirror: string) => Promise<unknown>>> = {
	fetch: (mirror) =>
		transferMethods(
			dying,
			async () => '',
			async () => undefined,
			rememberFreshPacks(),
		)
			.fetchObjects(mirror, 'http://127.0.0.1/x', refs, new Map(), options)
			.catch(() => undefined),
	'copy from a damaged mirror': (mirror) =>
		salvageMethods(dying, nothingDamaged).copyRefs(mirror, mirror, refs, [], signal),
};

it.each(Object.entries(acts))('a %s that fails leaves no half-written pack', async (_, act) => {
	const mirror = join(makeTemporaryFolder(), 'mirror');
	await mirrorMethods(dying).createMirror(mirror);
	await act(mirror);
	expect(readdirSync(join(mirror, packFolder))).toEqual([]);
});

const makeMirror = async (): Promise<string> => {
	const mirror = join(makeTemporaryFolder(), 'repo');
	makeBareRepository(mirror, 'main');
	await commitFile(mirror);
	await git(mirror, 'repack', '-q', '-d');
	return mirror;
};

/** Adds a pack with one commit, which no ref reaches any more. Gives its path without ending. */
const addPack = async (mirror: string): Promise<{oid: string; path: string}> => {
	const before = await listPackFiles(mirror);
	const oid = await commitFile(mirror, {branch: 'new'});
	await git(mirror, 'repack', '-q', '-d');
	await git(mirror, 'update-ref', '-d', 'refs/heads/new');
	const added = (await listPackFiles(mirror)).find(
		(name) => name.endsWith('.pack') && !before.includes(name),
	);
	return {oid, path: join(mirror, 'objects', 'pack', added?.slice(0, -'.pack'.length) ?? '')};
};

const {idx, pack} = {idx: '.idx', pack: '.pack'};

it('a pack that no ref reaches yet outlives a collection by hand as long as it is held', async () => {
	const mirror = await makeMirror();
	const before = await listPackFiles(mirror);
	const {oid, path} = await addPack(mirror);
	await holdNewPacks(mirror, before);

	await git(mirror, 'gc', '-q', '--prune=now');
	expect(await git(mirror, 'cat-file', '-t', oid)).toBe('commit\n');

	await releasePacks(mirror);
	await git(mirror, 'gc', '-q', '--prune=now');
	expect(existsSync(`${path}${pack}`)).toBe(false);
});

it("packs are released that were held by us, and none that a user's own `.keep` file holds", async () => {
	const mirror = await makeMirror();
	const {path} = await addPack(mirror);
	writeFileSync(`${path}.keep`, 'mine\n');
	await holdNewPacks(mirror, [`${path.slice(path.lastIndexOf('/') + 1)}${idx}`]);

	await releasePacks(mirror);

	const kept = readdirSync(join(mirror, 'objects', 'pack')).filter((name) =>
		name.endsWith('.keep'),
	);
	expect(kept.map((name) => path.endsWith(name.slice(0, -'.keep'.length)))).toEqual([true]);
});

it('of the packs that came during a refused fetch only that with wanted objects is removed', async () => {
	const mirror = await makeMirror();
	const before = await listPackFiles(mirror);
	const refused = await addPack(mirror);
	const other = await addPack(mirror);
	const stderr = 'error: http://127.0.0.1/x.git did not send all necessary objects';

	const wants = new Set([refused.oid, '1'.repeat(40)]);
	await removeRemains(mirror, before, wants, new GitExit(1, {stdout: '', stderr}));

	const there = [refused, other].map(({path}) => [idx, pack].map((end) => existsSync(path + end)));
	expect(there).toEqual([
		[false, false],
		[true, true],
	]);
});
