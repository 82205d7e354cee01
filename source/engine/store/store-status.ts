import {joinPath, ownFolder, storesFolder, workspaceFolder} from '../../domain/plan/layout.ts';
import {fullName} from '../../domain/plan/repository.ts';
import {type SavedState, usableRecord} from '../../domain/record/record.ts';
import {isSealed} from '../../domain/store/names.ts';
import {isInRange, parseShard, rangeOf} from '../../domain/store/shard.ts';
import {readShards} from '../../domain/store/shard-status.ts';
import type {IndexEntry} from '../../domain/store/store-index.ts';
import {
	type StoredRepository,
	type StoreStatus,
	storedStates,
} from '../../domain/store/store-status.ts';
import type {Part} from '../../parts/part.ts';
import type {Files} from '../../ports/files.ts';
import type {SavedSource} from '../saved/find-repositories.ts';
import {isDue, listSendable, type Sendable, type SendTools} from './due.ts';
import type {FoundSource} from './read-store.ts';
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
	{folder, ...saved}: Pick<SavedState, 'repositories' | 'workspace'> & {readonly folder: string},
	store: string,
): Promise<StoreStatus> => {
	const sent = await openSentMemory(tools.files, folder, store).read();
	const known = new Map(Object.entries(sent?.index.repos ?? {}));
	const stored: StoredFolder[] = [];
	for (const one of listSendable(saved, tools.digest)) {
		stored.push({folder: one.folder, is: compare(tools, one, known.get(one.id))});
		known.delete(one.id);
	}

	for (const entry of known.values()) {
		stored.push({folder: entry.folder, is: describe(entry.name, 'only-there', entry)});
	}

	return {
		store,
		sentAt: sent?.index.at,
		isSealed: sent && isSealed(sent.object),
		...gather(stored),
	};
};

/** The state of a source as the store itself tells it, without a backup folder. */
export const describeInside = (
	parts: readonly Part[],
	{at, isComplete, repos, written, objects, unread}: FoundSource,
	store: string,
): StoreStatus => {
	const shards = readShards(written);
	const behind = shards.filter(({isBehind}) => isBehind);
	const stored = Object.entries(repos).map(([uuid, entry]): StoredFolder => {
		const late = behind.find(({shard}) => isInRange(rangeOf(parseShard(shard)), uuid));
		const goneSince = usableRecord(entry.record, parts)?.goneSince;
		const is = {...describe(entry.name, 'there', entry), goneSince, behind: late};
		return {folder: entry.folder, is};
	});
	return {
		store,
		sentAt: at,
		isSealed: objects.some(isSealed),
		...gather(stored),
		inside: {complete: isComplete, shards, unread},
	};
};

const gather = (
	stored: readonly StoredFolder[],
): Pick<StoreStatus, 'repositories' | 'workspace'> => {
	const isOfWorkspace = ({folder}: StoredFolder): boolean => folder === workspaceFolder;
	const workspace = stored.find(isOfWorkspace)?.is;
	const repositories = stored.filter((one) => !isOfWorkspace(one)).map(({is}) => is);
	return {
		repositories: repositories.sort(byState),
		workspace,
	};
};

type StoredFolder = {readonly folder: string; readonly is: StoredRepository};

const compare = (
	tools: SendTools,
	one: Sendable,
	known: IndexEntry | undefined,
): StoredRepository => {
	const name = fullName(one.record);
	if (known === undefined) {
		return describe(name, 'missing', known);
	}

	return describe(name, isDue(tools, one, known) ? 'older' : 'there', known);
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
	Number(right.behind !== undefined) - Number(left.behind !== undefined) ||
	(left.repository < right.repository ? -1 : 1);
