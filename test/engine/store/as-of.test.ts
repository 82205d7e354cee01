import {existsSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {fetchRepository} from '../../../source/engine/store/fetch-repository.ts';
import {readIndexes} from '../../../source/engine/store/read-store.ts';
import {placeOf, pointerTo, sha256} from '../../helpers/lfs-files.ts';
import {makeStore, openFetching} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, forcePush, readOid} from '../../helpers/upstream.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

it('a moment before a mirror was lost and made anew comes back out of the steps of that time, with its LFS files', async () => {
	const store = makeStore(join(makeTemporaryFolder(), 'store'));
	const source = {stores: [store]};
	const repository = await acme.add('api');
	const {path} = repository;
	acme.sandbox.putLfs(repository, 'large then');
	await commitFile(path, {file: 'large.psd', content: pointerTo('large then')});
	const before = acme.clock.now() - 1000;
	await acme.run({source});
	const [first, then] = [await readOid(path, 'main'), acme.clock.now() - 1000];
	rmSync(acme.mirror('api'), {recursive: true});
	const second = await forcePush(path);
	acme.sandbox.putLfs(repository, 'large now');
	await commitFile(path, {branch: 'more', file: 'large.psd', content: pointerTo('large now')});
	await acme.run({source});

	const stateAt = async (at: number | undefined) => {
		const fetching = {...openFetching(store), at};
		const found = (await readIndexes(fetching)).get('acme');
		const folder = join(makeTemporaryFolder(), 'back');
		for (const [uuid, entry] of Object.entries(found?.repos ?? {})) {
			await fetchRepository(fetching, uuid, entry, folder);
		}

		const mirror = join(folder, 'repo');
		const large = ['large then', 'large now'].filter((content) =>
			existsSync(placeOf(mirror, sha256(content))),
		);
		return {main: await readOid(mirror, 'main'), large};
	};
	const now = {main: second, large: ['large now']};
	expect(await stateAt(then)).toEqual({main: first, large: ['large then']});
	expect(await stateAt(acme.clock.now())).toEqual(now);
	expect(await stateAt(undefined)).toEqual(now);
	expect(await stateAt(before)).toEqual(now);
});
