import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {checkMethods} from '../../../source/adapters/git/check.ts';
import {mirrorMethods} from '../../../source/adapters/git/mirror.ts';
import {salvageMethods} from '../../../source/adapters/git/salvage.ts';
import {rememberFreshPacks} from '../../../source/adapters/git/transfer/fresh-packs.ts';
import {transferMethods} from '../../../source/adapters/git/transfer/transfer.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';

const noGit = () => Promise.reject(new Error('no git is needed'));
const {signal} = new AbortController();

const acts: Readonly<Record<string, (place: string) => Promise<unknown>>> = {
	'a new mirror': (place) => mirrorMethods(noGit).createMirror(place),
	'a clone': (place) =>
		transferMethods(noGit, noGit, noGit, rememberFreshPacks()).cloneEverything(
			place,
			'http://127.0.0.1/x',
			{head: undefined, refs: new Map()},
			{signal, onProgress: () => {}, onFallBack: () => {}},
		),
	'a salvage': (place) =>
		salvageMethods(noGit, checkMethods(noGit, noGit)).borrowObjectsFrom(place, place, place),
};

it.each(Object.entries(acts))(
	'a path below a file is a failure of the folder: %s',
	async (_, act) => {
		const file = join(makeTemporaryFolder(), 'file');
		writeFileSync(file, '');
		await expect(act(join(file, 'folder', 'repo'))).rejects.toMatchObject({
			failure: {kind: 'folder-unusable', detail: expect.stringContaining('is a file')},
		});
	},
);
