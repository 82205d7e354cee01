import {joinPath, ownFolder, storesFolder} from '../../domain/plan/layout.ts';
import {fullName} from '../../domain/plan/repository.ts';
import type {SavedRepository} from '../../domain/record/record.ts';
import type {IndexEntry} from '../../domain/store/store-index.ts';
import {
	type StoredRepository,
	type StoreStatus,
	storedStates,
} from '../../domain/store/store-status.ts';
import type {Files} from '../../ports/files.ts';
import type {SavedSource} from '../saved/find-repositories.ts';
import {isDue, type SendTools} from './due.ts';
import {openSentMemory} from './sent.ts';

/** Titles of the stores of a source: those of its settings, or else all that were sent to. */
export const storesOf = async (
	files: Files,
	{folder, stores}: SavedSource,
): Promise<readonly string[]> =>
	stores ?? (await files.listFolders(joinPath(folder, ownFolder, storesFolder))).toSorted();

/**
 * Compares the records of a source with everything that its folder remembers of a store. The store
 * is not asked: the keys of this machine need no right to read it.
 */
export const readStoreStatus = async (
	tools: SendTools & {readonly files: Files},
	{folder, repositories}: {folder: string; repositories: readonly SavedRepository[]},
	store: string,
): Promise<StoreStatus> => {
	const sent = await openSentMemory(tools.files, folder, store).read();
	const known = new Map(Object.entries(sent?.index.repos ?? {}));
	const here = repositories.map((one) => compare(tools, one, known.get(one.record.uuid)));
	for (const {record} of repositories) {
		known.delete(record.uuid);
	}

	const gone = [...known.values()].map((entry) => describe(entry.name, 'only-there', entry));
	return {
		store,
		sentAt: sent?.index.at,
		repositories: [...here, ...gone].sort(byState),
	};
};

const compare = (
	tools: SendTools,
	repository: SavedRepository,
	known: IndexEntry | undefined,
): StoredRepository => {
	const name = fullName(repository.record);
	if (known === undefined) {
		return describe(name, 'missing', known);
	}

	return describe(name, isDue(tools, repository, known) ? 'older' : 'there', known);
};

const describe = (
	repository: string,
	state: StoredRepository['state'],
	known: IndexEntry | undefined,
): StoredRepository => {
	const chains = Object.values(known?.parts ?? {});
	return {
		repository,
		state,
		sentAt: chains
			.map(({at}) => at)
			.toSorted()
			.at(-1),
		bytes: chains.reduce((sum, {fullBytes, bytes}) => sum + fullBytes + bytes, 0),
	};
};

const byState = (left: StoredRepository, right: StoredRepository): number =>
	storedStates.indexOf(left.state) - storedStates.indexOf(right.state) ||
	(left.repository < right.repository ? -1 : 1);
