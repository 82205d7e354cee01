import {join} from 'node:path';
import {expect, it} from 'vitest';
import {parseIndex} from '../../../source/domain/store/store-index.ts';
import {listIndexes} from '../../../source/engine/store/read-store.ts';
import {makeSource, runBackup} from '../../helpers/backup.ts';
import {Death} from '../../helpers/dying-world.ts';
import {type Fate, withFate} from '../../helpers/fated-store.ts';
import {keptIn} from '../../helpers/stateless.ts';
import {fetchAll, makeStore, openFetching} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

const minute = 60_000;

it('a run that is killed costs at most what came since its last index object, ten minutes ago', async () => {
	const store = makeStore(join(makeTemporaryFolder(), 'store'));
	for (const slug of ['one', 'two', 'three', 'four', 'five']) {
		await acme.add(slug);
	}

	const run = (fate: Fate) =>
		runBackup(makeTemporaryFolder(), [makeSource(acme.sandbox)], {
			clock: acme.clock,
			run: {...keptIn(store), concurrency: 1},
			wrapWorld: withFate(fate),
		});
	let bundles = 0;
	const slowly: Fate = (_, name) => {
		if (name.includes('.bundle')) {
			bundles += 1;
			acme.clock.advance(6 * minute);
		}

		return bundles === 5 ? 'killed before' : 'written';
	};
	await expect(run(slowly)).rejects.toBeInstanceOf(Death);

	const fetching = openFetching(store);
	const counts: number[] = [];
	for (const name of await listIndexes(fetching)) {
		const text = await fetching.store.openText(name, {identities: [], signal: fetching.signal});
		const read = parseIndex(text);
		expect(read).toMatchObject({state: 'read', index: {complete: false}});
		counts.push(read.state === 'read' ? Object.keys(read.index.repos).length : 0);
	}

	// After 12 and 24 minutes.
	expect(counts).toEqual([2, 4]);
	expect(Object.keys((await fetchAll(store, makeTemporaryFolder())).repos)).toHaveLength(4);
	const {outcomes} = await run(() => 'written');
	expect([...outcomes.values()].map(({result}) => result).toSorted()).toEqual([
		'saved',
		...Array.from({length: 4}, () => 'unchanged'),
	]);
});
