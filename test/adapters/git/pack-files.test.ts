import {readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {mirrorMethods} from '../../../source/adapters/git/mirror.ts';
import {packFolder} from '../../../source/adapters/git/pack-files.ts';
import {GitExit, type RunGit} from '../../../source/adapters/git/run-git.ts';
import {salvageMethods} from '../../../source/adapters/git/salvage.ts';
import {transferMethods} from '../../../source/adapters/git/transfer.ts';
import type {GitChecks} from '../../../source/ports/git.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';

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
