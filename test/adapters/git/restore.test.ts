import {mkdirSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {makeBareRepository} from '../../../source/sandbox/bare-repository.ts';
import {makeWorld} from '../../helpers/backup.ts';
import {createFakeClock} from '../../helpers/fake-clock.ts';
import {commitHook} from '../../helpers/hostile-objects.ts';
import {canMountNtfs, mountNtfs} from '../../helpers/ntfs-disk.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, readRefs} from '../../helpers/upstream.ts';

/** Names that some system takes for `.git` or for a parent folder. */
const evilNames = ['.git', '.GIT', 'git~1', '.g\u200cit', '.git ', '.git::$INDEX_ALLOCATION', '..'];

it('a restore refuses to write a folder that some system takes for .git', async () => {
	const folder = makeTemporaryFolder();
	const mirror = join(folder, 'mirror');
	makeBareRepository(mirror, 'main');
	const git = makeWorld(createFakeClock()).openGit('restore');
	for (const [number, name] of evilNames.entries()) {
		const head = `refs/heads/evil-${number}`;
		await commitHook(mirror, name, `evil-${number}`);
		const target = join(folder, `restored-${number}`);
		mkdirSync(target);
		const refs = await readRefs(mirror);

		await expect(
			git.restore(
				mirror,
				target,
				{head, refs, as: {origin: undefined}},
				new AbortController().signal,
			),
		).rejects.toMatchObject({
			failure: {kind: 'checkout-refused', file: `${name}/hooks/post-checkout`},
		});

		expect(readdirSync(target)).toEqual(['.git']);
		expect(readdirSync(join(target, '.git'))).not.toContain('hooks');
	}

	expect(readdirSync(folder)).not.toContain('hooks');
});

it.each(['x'.repeat(300), 'ä'.repeat(150)])(
	'a restore names a file that the disk cannot take, and does not blame the mirror: %s',
	async (name) => {
		const mirror = join(makeTemporaryFolder(), 'mirror');
		makeBareRepository(mirror, 'main');
		await commitHook(mirror, name, 'main');
		const git = makeWorld(createFakeClock()).openGit('restore');
		const refs = await readRefs(mirror);
		const {signal} = new AbortController();
		const state = {head: 'refs/heads/main', refs} as const;

		await expect(
			git.restore(mirror, makeTemporaryFolder(), {...state, as: {origin: undefined}}, signal),
		).rejects.toMatchObject({
			failure: {kind: 'checkout-impossible', detail: 'File name too long'},
		});
		const bare = makeTemporaryFolder();
		await git.restore(mirror, bare, {...state, as: 'bare'}, signal);
		expect(await readRefs(bare)).toEqual(refs);
	},
);

describe.runIf(canMountNtfs)('a disk that ignores case (left out without root and ntfs-3g)', () => {
	const restoreWith = async (...files: readonly string[]): Promise<string> => {
		const mirror = join(makeTemporaryFolder(), 'mirror');
		makeBareRepository(mirror, 'main');
		for (const file of files) {
			await commitFile(mirror, {file, content: 'the same\n'});
		}

		const git = makeWorld(createFakeClock()).openGit('restore');
		const target = mountNtfs('ignores-case');
		const state = {head: 'refs/heads/main', refs: await readRefs(mirror)};
		const {signal} = new AbortController();
		await git.restore(mirror, target, {...state, as: {origin: undefined}}, signal);
		return target;
	};

	it.each([
		['docs/README', 'docs/readme'],
		['Docs/a', 'docs'],
		['Docs/a', 'docs/A'],
	])('cannot take two files of one name, and both are named: %s and %s', async (...files) => {
		const [first, second] = files.toSorted();
		await expect(restoreWith(...files)).rejects.toMatchObject({
			failure: {
				kind: 'checkout-impossible',
				file: second,
				detail: `it takes the name for that of ${second === 'docs' ? 'Docs' : first}, which is another file`,
			},
		});
	});

	it('takes files of folders whose names it takes for one', async () => {
		const target = await restoreWith('Docs/a', 'docs/b');
		expect(readdirSync(join(target, 'docs')).toSorted()).toEqual(['a', 'b']);
	});
});
