import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import {fullName} from '../../domain/plan/repository.ts';
import type {Digest, SavedRepository} from '../../domain/record/record.ts';
import type {StoreSettings} from '../../domain/settings/settings.ts';
import {
	indexFolder,
	indexName,
	isUuid,
	parseIndexName,
	sendingName,
} from '../../domain/store/names.ts';
import {formatIndex, type IndexEntry, type StoreIndex} from '../../domain/store/store-index.ts';
import type {Part} from '../../parts/part.ts';
import type {Clock} from '../../ports/clock.ts';
import type {Files} from '../../ports/files.ts';
import type {Git} from '../../ports/git.ts';
import type {SealedStore} from '../../ports/store.ts';
import {runPool} from '../retry/pool.ts';
import {readSavedState, runsPath} from '../saved/saved-state.ts';
import {isDue, partsToSend} from './due.ts';
import {sendPart} from './send-part.ts';
import {openSentMemory, type Sent, type SentMemory} from './sent.ts';

/** Everything that sending one source to one store needs. The source's folder is held. */
export type Sending = {
	readonly store: SealedStore;
	readonly settings: StoreSettings;
	readonly files: Files;
	readonly git: Git;
	readonly clock: Clock;
	readonly digest: Digest;
	readonly parts: readonly Part[];
	readonly run: string;
	readonly source: {readonly title: string; readonly workspace: string};
	/** Absolute paths of the source's folder, and of an own place for what is on its way. */
	readonly folder: string;
	readonly workFolder: string;
	readonly signal: AbortSignal;
	/** Asks the store, again if the failure may pass. */
	readonly retry: <Result>(act: () => Promise<Result>) => Promise<Result>;
	/** `left`: repositories that are not sent yet. */
	readonly onProgress: (repository: string, left: number) => void;
	/** Bytes of a repository that were sent. */
	readonly onSent: (repository: string, bytes: number) => void;
	/** A sentence for the user. */
	readonly onNotice: (text: string) => void;
};

/** How the sending of a source ended. */
export type SendEnd = {
	/** Repositories that have something to send, in the folder altogether. */
	readonly all: number;
	/** Repositories of which something was sent, and the bytes. */
	readonly sent: number;
	readonly bytes: number;
	/** Why a repository is not in the store as it is here, by its full name. */
	readonly failed: ReadonlyMap<string, Failure>;
	/** Ended the sending to this store. */
	readonly problem: Failure | undefined;
};

/** Repositories that are sent at once: each waits for the store most of the time. */
const atOnce = 8;

/** Milliseconds after which a long sending is made to count as far as it came. */
const checkpointAfter = 10 * 60_000;

/**
 * Sends everything of a source that the store does not have yet. Never throws because of the store: the
 * result names the failure. Repositories that an index object names by then count as sent.
 */
export const sendSource = async (sending: Sending): Promise<SendEnd> => {
	const {files, folder, parts, store, signal} = sending;
	const memory = openSentMemory(files, folder, store.title);
	const {repositories} = await readSavedState(files, folder, parts);
	const failed = new Map<string, Failure>();
	const end = {all: repositories.length, sent: 0, bytes: 0, failed};
	try {
		const book = openBook(sending, memory, await recall(sending, memory));
		const due = repositories.filter((one) => isDue(sending, one, book.entryOf(one)));
		for (const {record} of repositories.filter((one) => !isUuid(one.record.uuid))) {
			const detail = `the id of ${fullName(record)} is none of Bitbucket's: ${record.uuid}`;
			failed.set(fullName(record), {kind: 'unexpected-answer', detail});
		}

		let left = due.length;
		await runPool(due, atOnce, async (one) => {
			const name = fullName(one.record);
			sending.onProgress(name, left);
			const bytes = await sendRepository(sending, memory, one, book).catch((error: unknown) => {
				failed.set(name, ofOne(error, signal));
				return 0;
			});
			left -= 1;
			if (bytes > 0) {
				end.sent += 1;
				end.bytes += bytes;
				sending.onSent(name, bytes);
			}

			await book.checkpoint();
		});
		await book.close(failed.size === 0);
		await forgetOld(memory, due, book);
		return {...end, problem: undefined};
	} catch (error) {
		signal.throwIfAborted();
		if (!(error instanceof FailureError)) {
			throw error;
		}

		return {...end, problem: error.failure};
	}
};

/** The failure of one repository. Throws one that every other repository would meet, too. */
const ofOne = (error: unknown, signal: AbortSignal): Failure => {
	signal.throwIfAborted();
	if (!(error instanceof FailureError)) {
		throw error;
	}

	const {failure} = error;
	if (
		failure.kind === 'mirror-unusable' ||
		failure.kind === 'git-failed' ||
		failure.kind === 'object-damaged' ||
		failure.kind === 'repository-unusable'
	) {
		return failure;
	}

	throw error;
};

/**
 * The last index object, if the store still has it. Without it, this may be another store under the
 * same title, or an emptied one: then nothing that is remembered of it counts.
 */
const recall = async (
	{store, retry, signal, onNotice}: Sending,
	memory: SentMemory,
): Promise<Sent | undefined> => {
	const sent = await memory.read();
	const prefix = sent?.object ?? indexFolder;
	const isThere = await retry(async () => {
		for await (const {name} of store.list(prefix, {signal})) {
			return name === sent?.object;
		}

		return false;
	});
	if (sent !== undefined && !isThere) {
		onNotice(
			`The store ${store.title} does not have what was sent to it before (${sent.object}). Everything is sent again.`,
		);
		return undefined;
	}

	return sent;
};

/** The index of this sending: as the store has it, and as it will be. */
type Book = {
	/** Names this sending. */
	readonly sending: string;
	entryOf(repository: SavedRepository): IndexEntry | undefined;
	note(repository: SavedRepository, entry: IndexEntry): void;
	/** Makes what was sent so far count, if that was long ago. */
	checkpoint(): Promise<void>;
	/** The index object that makes all of it count. */
	close(isComplete: boolean): Promise<void>;
};

const openBook = (sending: Sending, memory: SentMemory, sent: Sent | undefined): Book => {
	const {clock, files, folder, run, source, digest} = sending;
	const repos = new Map(Object.entries(sent?.index.repos ?? {}));
	let last = sent?.object;
	let written = clock.elapsed();
	/** One after another: each takes the place of the one before. */
	let queue: Promise<void> = Promise.resolve();

	const write = async (isComplete: boolean): Promise<void> => {
		const index: StoreIndex = {
			version: 1,
			run,
			at: new Date(clock.now()).toISOString(),
			source: source.title,
			workspace: source.workspace,
			complete: isComplete,
			runs: await readLastRuns(files, folder),
			repos: Object.fromEntries(repos),
		};
		last = await putIndex(sending, index, last);
		await memory.write({object: last, index});
		written = clock.elapsed();
	};

	const enqueue = (isComplete: boolean): Promise<void> => {
		queue = queue.then(() => write(isComplete));
		return queue;
	};

	return {
		sending: sendingName(clock.now(), digest(run)),
		entryOf: ({record}) => repos.get(record.uuid),
		note: ({record}, entry) => void repos.set(record.uuid, entry),
		checkpoint: async () => {
			if (clock.elapsed() - written >= checkpointAfter) {
				written = clock.elapsed();
				await enqueue(false);
			}
		},
		close: (isComplete) => enqueue(isComplete),
	};
};

const putIndex = async (
	{store, clock, retry, signal}: Sending,
	index: StoreIndex,
	last: string | undefined,
): Promise<string> => {
	const body = await store.sealText(formatIndex(index), true);
	const before = last === undefined ? undefined : parseIndexName(last)?.id;
	const name = indexName(body.sha256, {
		at: clock.now(),
		before: before === undefined ? [] : [before],
		suffix: store.suffix,
	});
	// The name tells the content, so one that is there already is this one.
	await retry(() => store.put(name, body, signal));
	return name;
};

/** Lines of `runs.jsonl` that go along, and the characters of each. The first names all repositories. */
const mostRuns = 30;
const longestRun = 20_000;

const readLastRuns = async (files: Files, folder: string): Promise<readonly string[]> => {
	const text = await files.readText(runsPath(folder));
	return (text ?? '')
		.split('\n')
		.filter((line) => line !== '')
		.slice(-mostRuns)
		.filter((line) => line.length <= longestRun);
};

/** Gives the bytes that were sent. A part that fails keeps no other from being noted. */
const sendRepository = async (
	sending: Sending,
	memory: SentMemory,
	repository: SavedRepository,
	book: Book,
): Promise<number> => {
	const {files, git, digest, signal, store, settings, clock, source, retry} = sending;
	const {record, folder} = repository;
	const workFolder = joinPath(sending.workFolder, record.uuid);
	await files.makeFolder(workFolder);
	const known = book.entryOf(repository);
	const chains = {...known?.parts};
	let bytes = 0;
	try {
		for (const {part, offSite, digest: state} of partsToSend(sending, repository, known)) {
			if (chains[part.name]?.entry === state) {
				continue;
			}

			const sent = await sendPart(
				{
					store,
					memory,
					fullAfter: settings.fullAfter,
					sending: book.sending,
					source: source.title,
					now: clock.now(),
					copy: {git, files, digest, signal, folder: joinPath(sending.folder, folder)},
					workFolder,
					retry,
					record,
					part,
					digest: state,
					chain: chains[part.name],
				},
				offSite,
			);
			chains[part.name] = sent.chain;
			bytes += sent.bytes;
		}
	} finally {
		// A part that was sent before another one failed is there, and counts.
		if (Object.keys(chains).length > 0) {
			book.note(repository, {name: fullName(record), folder, parts: chains});
		}

		await files.remove(workFolder);
	}

	return bytes;
};

const forgetOld = async (
	memory: SentMemory,
	due: readonly SavedRepository[],
	book: Book,
): Promise<void> => {
	for (const one of due) {
		const heads = Object.values(book.entryOf(one)?.parts ?? {}).flatMap(({heads}) => heads);
		await memory.keepOnly(one.record.uuid, new Set(heads));
	}
};
