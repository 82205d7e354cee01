import type {Digest} from '../../domain/record/record.ts';
import {formatRunLine, incomplete, parseRunLines, type RunLine} from '../../domain/run/run-line.ts';
import {
	indexFolder,
	indexName,
	mostBefore,
	parseIndexName,
	sendingName,
} from '../../domain/store/names.ts';
import {formatShard, type Shard} from '../../domain/store/shard.ts';
import {type IndexEntry, linesOfIndex, type StoreIndex} from '../../domain/store/store-index.ts';
import type {Clock} from '../../ports/clock.ts';
import type {Files} from '../../ports/files.ts';
import type {SealedStore} from '../../ports/store.ts';
import {runsPath} from '../saved/saved-state.ts';
import type {Sent, SentMemory} from './sent.ts';

/** Everything that writing the index of a source needs. */
export type BookTools = {
	readonly store: SealedStore;
	readonly files: Files;
	readonly clock: Clock;
	readonly digest: Digest;
	readonly run: string;
	/** The line of the last run, as it is once the store has everything. */
	readonly completeLine: (line: RunLine) => RunLine;
	readonly source: {readonly title: string; readonly workspace: string};
	/** The shard that is kept; undefined for everything. */
	readonly shard: Shard | undefined;
	/** Absolute path of the source's folder. */
	readonly folder: string;
	readonly signal: AbortSignal;
	/** Asks the store, again if the failure may pass. */
	readonly retry: <Result>(act: () => Promise<Result>) => Promise<Result>;
	/** A sentence for the user. */
	readonly onNotice: (text: string) => void;
};

/** The index of one sending: as the store has it, and as it will be. */
export type Book = {
	/** A name for the next objects, which no others have. */
	nameSending(): string;
	/** Does this name of an object begin with one of these? */
	isOwn(name: string): boolean;
	/** By its folder in the store. */
	entryOf(id: string): IndexEntry | undefined;
	note(id: string, entry: IndexEntry): void;
	/** Repositories of which something was sent that no index object leads to yet. */
	countOpen(): number;
	/**
	 * Makes what was sent count, by an index object, if the last one was written long ago. `ahead`:
	 * milliseconds that the run is about to wait, which count as passed.
	 */
	checkpoint(ahead?: number): Promise<void>;
	/** The index object that makes all of it count. */
	close(isComplete: boolean): Promise<void>;
};

/** Milliseconds after which a long sending is made to count as far as it came. */
export const checkpointAfter = 10 * 60_000;

/**
 * Opens the index where the last sending left it. `readRequests`: gives the text of `requests.json`,
 * where the store alone keeps it.
 */
export const openBook = async (
	tools: BookTools,
	memory: SentMemory,
	readRequests: () => Promise<string | undefined> = async () => undefined,
): Promise<Book> => {
	const {clock, run, source, shard, digest} = tools;
	const {sent, isNext} = await recall(tools, memory);
	/** Another run may hold the folder by the end of one that sends nothing, so the memory waits. */
	let isUnconfirmed = isNext;
	const repos = new Map(Object.entries(sent?.index.repos ?? {}));
	let heads = sent === undefined ? [] : [sent.object, ...sent.others];
	/** When the index was last written, or the first sending began. */
	let written: number | undefined;
	let hasNews = false;
	const sendings = new Set<string>();
	/** Ids of the repositories that have something new since the last index object. */
	const open = new Set<string>();
	/** One after another: each takes the place of the one before. */
	let queue: Promise<void> = Promise.resolve();

	const write = async (isComplete: boolean): Promise<void> => {
		if (isUnconfirmed) {
			isUnconfirmed = false;
			await memory.confirmNext();
		}

		const requests = await readRequests();
		hasNews = false;
		const index: StoreIndex = {
			version: 1,
			run,
			at: new Date(clock.now()).toISOString(),
			source: source.title,
			workspace: source.workspace,
			shard: shard && formatShard(shard),
			complete: isComplete,
			runs: await readLastRuns(tools, isComplete),
			requests,
			repos: Object.fromEntries(repos),
		};
		const named = [...open];
		heads = await putIndex(tools, memory, index, heads);
		for (const id of named) {
			open.delete(id);
		}

		written = clock.elapsed();
	};

	const enqueue = (isComplete: boolean): Promise<void> => {
		queue = queue.then(() => write(isComplete));
		return queue;
	};

	return {
		nameSending: () => {
			written ??= clock.elapsed();
			const name = sendingName(clock.now(), digest(`${run} ${sendings.size}`));
			sendings.add(name);
			return name;
		},
		isOwn: (name) => sendings.has(name.slice(0, name.indexOf('.'))),
		entryOf: (id) => repos.get(id),
		note: (id, entry) => {
			hasNews = true;
			if (repos.get(id)?.parts !== entry.parts) {
				open.add(id);
			}

			repos.set(id, entry);
		},
		countOpen: () => open.size,
		checkpoint: async (ahead = 0) => {
			const now = clock.elapsed();
			if (hasNews && now + ahead - (written ?? now) >= checkpointAfter) {
				written = now;
				await enqueue(false);
			}
		},
		close: enqueue,
	};
};

/** `isNext`: the memory does not call it the last one yet. */
type Recalled = {readonly sent: Sent | undefined; readonly isNext: boolean};

/**
 * The last index object, if the store still has it: one that a killed run wrote and did not learn of,
 * or the one before. Without either, this may be another store under the same title, or an emptied
 * one: then nothing that is remembered of it counts.
 */
const recall = async (
	{store, retry, signal, onNotice}: BookTools,
	memory: SentMemory,
): Promise<Recalled> => {
	const isThere = (object: string): Promise<boolean> =>
		retry(async () => {
			for await (const {name} of store.list(object, {signal})) {
				return name === object;
			}

			return false;
		});
	const next = await memory.readNext();
	if (next !== undefined && (await isThere(next.object))) {
		return {sent: next, isNext: true};
	}

	const last = await memory.read();
	if (await isThere(last?.object ?? indexFolder)) {
		return {sent: last, isNext: false};
	}

	if (last !== undefined) {
		const mount = store.host === undefined ? ' Is the right disk mounted there?' : '';
		onNotice(
			`The store ${store.title} does not have what was sent to it before (${last.object}). Everything is sent again.${mount}`,
		);
	}

	return {sent: undefined, isNext: false};
};

/**
 * Writes an index object that takes the place of `heads`, and gives the new heads. The memory learns
 * of it first: a run that is killed before the store's answer would leave a head that no later one
 * takes the place of.
 */
const putIndex = async (
	{store, shard, clock, retry, signal}: BookTools,
	memory: SentMemory,
	index: StoreIndex,
	heads: readonly string[],
): Promise<string[]> => {
	const body = await store.sealCompressed(linesOfIndex(index));
	const [taken, others] = [heads.slice(0, mostBefore), heads.slice(mostBefore)];
	const name = indexName(body.sha256, {
		at: clock.now(),
		before: taken.flatMap((head) => parseIndexName(head)?.id ?? []),
		shard,
		suffix: store.suffix,
	});
	await memory.writeNext({object: name, others, index});
	// Everything that the index leads to has to be safe before the index is.
	await store.settle(signal);
	// The name tells the content, so one that is there already is this one. After a power cut between
	// the two, a later index object may not take its place: it then counts beside that one.
	await Promise.all([retry(() => store.put(name, body, signal)), memory.syncNext()]);
	await store.settle(signal);
	await memory.confirmNext();
	return [name, ...others];
};

/** Lines of `runs.jsonl` that go along, and the characters of each. */
const mostRuns = 30;
const longestRun = 20_000;

const readLastRuns = async (
	{files, folder, run, completeLine}: BookTools,
	isComplete: boolean,
): Promise<readonly string[]> => {
	const change = (line: RunLine, isLast: boolean): RunLine => {
		if (isComplete) {
			return isLast ? completeLine(line) : line;
		}

		return line.run === run ? incomplete(line) : line;
	};
	const text = await files.readText(runsPath(folder));
	const lines = (text ?? '').split('\n').filter((line) => line !== '');
	return lines
		.slice(-mostRuns)
		.map((line, index, {length}) => rewrite(line, (read) => change(read, index === length - 1)))
		.filter((line) => line.length <= longestRun);
};

/** Without the inventory: the index itself says which repositories there are. */
const rewrite = (text: string, change: (line: RunLine) => RunLine): string => {
	const [line] = parseRunLines(text);
	return line === undefined ? text : formatRunLine({...change(line), saved: [], removed: []});
};
