import {checkTitle} from '../../domain/answers/checks.ts';
import type {Failure} from '../../domain/failure/failure.ts';
import {
	caseFolded,
	joinPath,
	ownFolder,
	recordFile,
	workFolder,
	workspaceFolder,
} from '../../domain/plan/layout.ts';
import {isCalled} from '../../domain/record/name-match.ts';
import {formatRecordLine} from '../../domain/record/record.ts';
import {joinShards} from '../../domain/run/join-shards.ts';
import {formatRunLine, parseRunLines} from '../../domain/run/run-line.ts';
import type {FetchEnd} from '../../domain/store/outcome.ts';
import type {IndexEntry} from '../../domain/store/store-index.ts';
import type {Clock} from '../../ports/clock.ts';
import type {Files} from '../../ports/files.ts';
import {whileHeld} from '../lock.ts';
import {runPool} from '../retry/pool.ts';
import {runsPath} from '../saved/saved-state.ts';
import {
	type FetchedRepository,
	type Fetching,
	fetchRepository,
	type StoredEntry,
} from './fetch-repository.ts';
import {type FoundSource, ofOne} from './read-store.ts';
import {openSentMemory, type Sent, type SentMemory} from './sent.ts';

export type SourceFetching = Fetching & {
	readonly clock: Clock;
	readonly run: string;
	/** Absolute path of the backup folder. */
	readonly to: string;
	readonly onNotice: (text: string) => void;
	readonly onFetched: (repository: string) => void;
};

/** Repositories that are fetched at once. */
const atOnce = 4;

/** Does one of the names or globs mean this repository? All are meant without one. */
export const isWanted = ({name, folder}: IndexEntry, wanted: readonly string[]): boolean =>
	wanted.length === 0 ||
	wanted.some((one) => isCalled(folder, one) || isCalled(name.replace('/', '#'), one));

/**
 * Brings a source back to a folder, each repository by itself and moved into place when it is whole.
 * May be called again after it was stopped. Throws a `FailureError` where the store or the disk ends
 * it.
 */
export const fetchSource = async (
	fetching: SourceFetching,
	stored: FoundSource,
	wanted: readonly string[],
): Promise<FetchEnd> => {
	const {files, clock, signal, run, to, onNotice} = fetching;
	const folder = joinPath(to, stored.source);
	await files.makeFolder(joinPath(folder, ownFolder));
	const claim = {files, clock, signal, folder, run, onWait: onNotice};
	return whileHeld(claim, false, async () => {
		const work = joinPath(folder, ownFolder, workFolder);
		try {
			await files.remove(work);
			return await fillFolder(fetching, stored, wanted, folder);
		} finally {
			await files.remove(work);
		}
	});
};

const fillFolder = async (
	fetching: SourceFetching,
	stored: FoundSource,
	wanted: readonly string[],
	folder: string,
): Promise<FetchEnd> => {
	const {files, signal, run, store} = fetching;
	const {source, runs, unread, earlier} = stored;
	const repos = {...earlier, ...stored.repos};
	const memory = memoryOf(files, folder, store.title);
	const lost: FetchEnd['lost'][number][] = [];
	const end = {source, fetched: 0, there: 0, failed: new Map<string, Failure>(), lost, unread};
	const chosen = Object.entries(repos).filter(([, entry]) => isWanted(entry, wanted));
	await runPool(withFolders(chosen), atOnce, async ([uuid, entry, name]) => {
		const target = joinPath(folder, name);
		const one = entry.folder === workspaceFolder ? 0 : 1;
		if (await files.exists(joinPath(target, recordFile))) {
			end.there += one;
			return;
		}

		try {
			const draft = joinPath(folder, ownFolder, workFolder, run, uuid);
			const onLost = (failure: Failure): void => void lost.push({repository: entry.name, failure});
			const fetched = await fetchInto(
				{...fetching, onLost},
				{uuid, entry: {...entry, earlier: earlier?.[uuid]?.parts}, draft, target},
			);
			await remember(memory, fetched);
			end.fetched += one;
			fetching.onFetched(entry.name);
		} catch (error) {
			end.failed.set(entry.name, ofOne(error, signal));
		}
	});
	if (wanted.length === 0 && !(await files.exists(runsPath(folder)))) {
		const lines = joinShards(parseRunLines(runs.join('\n')));
		await files.writeText(
			runsPath(folder),
			lines.map((line) => `${formatRunLine(line)}\n`).join(''),
		);
	}

	if (memory !== undefined && (await memory.read()) === undefined) {
		const sent = asSent(stored, run);
		await memory.writeNext(sent);
		await memory.syncNext();
		await memory.confirmNext();
	}

	return end;
};

/**
 * Two indexes may give one folder to two repositories: shards do not know of each other, and one of
 * them may have been renamed in between. The order is that of the uuids, so that a fetch that was
 * stopped goes on in the same folders.
 */
const withFolders = (
	repos: readonly (readonly [uuid: string, entry: IndexEntry])[],
): readonly (readonly [uuid: string, entry: IndexEntry, folder: string])[] => {
	const taken = new Set<string>();
	const sorted = repos.toSorted(([left], [right]) => (left < right ? -1 : 1));
	return sorted.map(([uuid, entry]) => {
		const {folder} = entry;
		const free = taken.has(caseFolded(folder)) ? `${folder}~${uuid}` : folder;
		taken.add(caseFolded(free));
		return [uuid, entry, free];
	});
};

const fetchInto = async (
	fetching: Fetching,
	{
		uuid,
		entry,
		draft,
		target,
	}: {
		readonly uuid: string;
		readonly entry: StoredEntry;
		readonly draft: string;
		readonly target: string;
	},
): Promise<FetchedRepository> => {
	const {files} = fetching;
	try {
		const fetched = await fetchRepository(fetching, uuid, entry, draft);
		await files.syncAll(draft);
		await files.move(draft, target);
		return fetched;
	} finally {
		await files.remove(draft);
	}
};

/** A sending knows a store by its title. One that was named by its path has none. */
const memoryOf = (files: Files, folder: string, store: string): SentMemory | undefined =>
	checkTitle(store) === undefined ? openSentMemory(files, folder, store) : undefined;

/**
 * The store has all of it, so the next sending begins there. The record that came back differs in the
 * times of files only.
 */
const remember = async (
	memory: SentMemory | undefined,
	{record, newest}: FetchedRepository,
): Promise<void> => {
	for (const {name, step} of newest) {
		await memory?.writeStep(name, {...step, record: formatRecordLine(record)});
	}
};

/** Everything that was read of a source, as this folder would have sent it. */
export const asSent = ({objects, isComplete, ...rest}: FoundSource, run: string): Sent => {
	const [object = '', ...others] = objects.toReversed();
	const {at, source, workspace, runs, repos} = rest;
	const index = {
		version: 1,
		run,
		at,
		source,
		workspace,
		complete: isComplete,
		runs,
		repos,
	} as const;
	return {object, others, index};
};
