import {mkdirSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {makeBareRepository} from '../../../source/sandbox/bare-repository.ts';
import {makeWorld} from '../../helpers/backup.ts';
import {createFakeClock} from '../../helpers/fake-clock.ts';
import {commitHook} from '../../helpers/hostile-objects.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {readRefs} from '../../helpers/upstream.ts';

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
