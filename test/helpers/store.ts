import {randomUUID} from 'node:crypto';
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import type {StoreSettings} from '../../source/domain/settings/settings.ts';
import {usualFullAfter} from '../../source/domain/store/chain.ts';
import type {FetchEnd} from '../../source/domain/store/outcome.ts';
import type {StoredSource} from '../../source/domain/store/store-index.ts';
import {fetchSource} from '../../source/engine/store/fetch.ts';
import {type Fetching, fetchRepository} from '../../source/engine/store/fetch-repository.ts';
import {readIndexes} from '../../source/engine/store/read-store.ts';
import {parts} from '../../source/parts/registry.ts';
import {makeWorld} from './backup.ts';
import {createFakeClock, type FakeClock} from './fake-clock.ts';

/** The settings of a store in a folder, which is made. */
export const makeStore = (path: string, changes: Partial<StoreSettings> = {}): StoreSettings => {
	mkdirSync(path, {recursive: true});
	return {
		title: 'offsite',
		place: {type: 'folder', path},
		recipients: 'none',
		fullAfter: usualFullAfter,
		...changes,
	};
};

export const openFetching = (
	settings: StoreSettings,
	identities: readonly string[] = [],
): Fetching => {
	const world = makeWorld(createFakeClock());
	return {
		store: world.openStore(settings),
		identities,
		signal: new AbortController().signal,
		retry: (act) => act(),
		git: world.openGit(world.newRunName()),
		files: world.files,
		digest: world.digest,
		parts,
	};
};

/** Brings a source back as `cistern fetch` does: a backup that goes on. */
export const fetchBackup = async (
	settings: StoreSettings,
	to: string,
	clock: FakeClock,
	identities: readonly string[] = [],
): Promise<FetchEnd> => {
	const fetching = openFetching(settings, identities);
	const source = (await readIndexes(fetching)).get('acme');
	if (source === undefined) {
		throw new Error('the store has no acme');
	}

	const run = {clock, run: `run-${randomUUID()}`, to, onNotice: () => {}, onFetched: () => {}};
	return fetchSource({...fetching, ...run}, source, []);
};

/** Brings everything of a source back to a folder, without anything but the store. */
export const fetchAll = async (
	settings: StoreSettings,
	folder: string,
	identities: readonly string[] = [],
): Promise<StoredSource> => {
	const fetching = openFetching(settings, identities);
	const source = (await readIndexes(fetching)).get('acme');
	if (source === undefined) {
		throw new Error('the store has no acme');
	}

	for (const [uuid, entry] of Object.entries(source.repos)) {
		await fetchRepository(fetching, uuid, entry, join(folder, 'acme', entry.folder));
	}

	return source;
};
