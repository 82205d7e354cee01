import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {fetchRepository} from '../../../source/engine/store/fetch-repository.ts';
import {readIndexes} from '../../../source/engine/store/read-store.ts';
import {makeStore, openFetching} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {forcePush, readOid} from '../../helpers/upstream.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

it('a moment before a mirror was lost and made anew comes back out of the steps of that time', async () => {
	const store = makeStore(join(makeTemporaryFolder(), 'store'));
	const source = {stores: [store]};
	const {path} = await acme.add('api');
	const before = acme.clock.now() - 1000;
	await acme.run({source});
	const [first, then] = [await readOid(path, 'main'), acme.clock.now() - 1000];
	rmSync(acme.mirror('api'), {recursive: true});
	const second = await forcePush(path);
	await acme.run({source});

	const mainAt = async (at: number | undefined): Promise<string> => {
		const fetching = {...openFetching(store), at};
		const found = (await readIndexes(fetching)).get('acme');
		const folder = join(makeTemporaryFolder(), 'back');
		for (const [uuid, entry] of Object.entries(found?.repos ?? {})) {
			await fetchRepository(fetching, uuid, entry, folder);
		}

		return readOid(join(folder, 'repo'), 'main');
	};
	expect(await mainAt(then)).toBe(first);
	expect(await mainAt(acme.clock.now())).toBe(second);
	expect(await mainAt(undefined)).toBe(second);
	expect(await mainAt(before)).toBe(second);
});
