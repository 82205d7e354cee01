import {FailureError} from '../../domain/failure/failure.ts';
import {joinPath, recordFile, workspaceFolder} from '../../domain/plan/layout.ts';
import {
	formatRecord,
	formatRecordLine,
	parseRecord,
	type RepositoryRecord,
	type SavedRepository,
} from '../../domain/record/record.ts';
import {joinShards} from '../../domain/run/join-shards.ts';
import {formatRunLine, parseRunLines, type RunLine} from '../../domain/run/run-line.ts';
import type {StoreSettings} from '../../domain/settings/settings.ts';
import {isFullDue} from '../../domain/store/chain.ts';
import {folderOf} from '../../domain/store/names.ts';
import {formatShard, rangeOf, type Shard} from '../../domain/store/shard.ts';
import type {IndexEntry} from '../../domain/store/store-index.ts';
import type {Keeper} from '../keeper.ts';
import {runPool} from '../retry/pool.ts';
import {readSavedState, runsPath} from '../saved/saved-state.ts';
import type {Session} from '../session.ts';
import {type Book, openBook} from '../store/book.ts';
import {isDue, listSendable, type Sendable} from '../store/due.ts';
import {sendingTo} from '../store/off-site.ts';
import {readIndexes, type StoreReading} from '../store/read-store.ts';
import {isOfOne, type Sending, sendOne} from '../store/send.ts';
import {readNewest, upstreamOf} from '../store/send-part.ts';
import type {SentMemory} from '../store/sent.ts';
import {openStoreMemory} from './memory.ts';
import {countOtherShards} from './other-shards.ts';

/** Everything that the store has, and what this run adds. */
type Opened = {readonly memory: SentMemory; readonly book: Book};

/** Records that are read, and repositories that are sent, at once. */
const atOnce = 8;

/** Keeps a source in a store alone. `identities`: secret keys that open its index and its steps. */
export const keepInStore = (
	session: Session,
	settings: StoreSettings,
	identities: readonly string[],
): Keeper => {
	const {run, source, folder, files} = session;
	// A failure of Bitbucket ends the work on the source, and what was saved before still counts.
	const sending: Sending = {
		...sendingTo(session, settings, run.signal),
		isStateless: true,
	};
	const {store, shard, parts, signal, retry} = sending;
	const reading: StoreReading = {store, identities, signal, retry};
	let opened: Opened | undefined;
	const requireOpened = (): Opened => {
		if (opened === undefined) {
			throw new Error(`the store ${store.title} was not read`);
		}

		return opened;
	};

	const send = async (one: Sendable): Promise<void> => {
		const {memory, book} = requireOpened();
		await layOut(sending, memory, one, book.entryOf(one.id));
		await sendOne(sending, memory, one, book);
		await memory.keepOnly(one.id, new Set());
		await clear(session, one);
		await book.checkpoint();
	};

	return {
		open: async () => {
			const found = (await readIndexes(reading, rangeOf(shard))).get(source.title);
			const memory = openStoreMemory(reading, found, run.name);
			const book = await openBook(sending, memory);
			opened = {memory, book};
			// The workspace's own metadata, which a folder may have sent, is not touched.
			const repositories = Object.entries(found?.repos ?? {}).filter(
				([, entry]) => entry.folder !== workspaceFolder,
			);
			await files.makeFolder(sending.workFolder);
			await runPool(repositories, atOnce, async ([id, entry]) => {
				const record = await readRecord(sending, memory, id, entry);
				if (entry.record === undefined) {
					// The next run needs no step to know it.
					book.note(id, {...entry, record: formatRecordLine(record)});
					await memory.keepOnly(id, new Set());
				}

				const place = joinPath(folder, entry.folder);
				await files.makeFolder(place);
				await files.writeUnsynced(joinPath(place, recordFile), formatRecord(record));
			});
			const lines = runsOf(found?.runs ?? [], shard).map((line) => `${formatRunLine(line)}\n`);
			await files.writeText(runsPath(folder), lines.join(''));
		},
		countElsewhere: async (isListed, isInScope) =>
			shard === undefined
				? {known: 0, missing: []}
				: countOtherShards({reading, parts, source: source.title, shard, isListed, isInScope}),
		lend: (saved) =>
			endingSource(session, () => {
				const {memory, book} = requireOpened();
				const id = saved.record.uuid;
				return layOut(sending, memory, {...saved, id}, book.entryOf(id));
			}),
		take: (saved, before) =>
			endingSource(session, async () => {
				try {
					await send({...saved, id: saved.record.uuid});
				} catch (error) {
					await putBack(session, saved, before);
					throw error;
				}
			}),
		settle: async (isComplete) => {
			const {book} = requireOpened();
			const saved = await readSavedState(files, folder, run.parts);
			const all = listSendable(saved, sending.digest);
			await runPool(
				all.filter((one) => isDue(sending, one, book.entryOf(one.id))),
				atOnce,
				send,
			);
			await book.close(isComplete);
		},
	};
};

/** The lines of runs that worked on everything that this one works on. */
const runsOf = (texts: readonly string[], shard: Shard | undefined): readonly RunLine[] => {
	const lines = parseRunLines(texts.join('\n'));
	if (shard === undefined) {
		return joinShards(lines);
	}

	return lines.filter((line) => line.shard === undefined || line.shard === formatShard(shard));
};

/** Where the store fails, it fails for the next repository too. */
const endingSource = async ({end}: Session, act: () => Promise<void>): Promise<void> => {
	try {
		await act();
	} catch (error) {
		if (error instanceof FailureError && !isOfOne(error.failure)) {
			end(error.failure);
		}

		throw error;
	}
};

/** A folder that sent to the store before keeps its records itself: then the newest step tells. */
const readRecord = async (
	{parts, store}: Sending,
	memory: SentMemory,
	id: string,
	{record: text, parts: chains}: IndexEntry,
): Promise<RepositoryRecord> => {
	const heads = parts.flatMap(({name, isRequired}) =>
		isRequired ? (chains[name]?.heads ?? []) : [],
	);
	const read = parseRecord(text ?? (await readNewest(memory, id, heads))?.record ?? '', parts);
	if (read.state !== 'read') {
		const [name = ''] = heads;
		const detail = 'the record of the repository cannot be read';
		const about = {store: store.title, name: `${folderOf(id)}${name}`, detail};
		throw new FailureError({kind: 'object-damaged', ...about});
	}

	return read.record;
};

/** Lays out each mirror that is not here, with the refs of its newest state and without an object. */
const layOut = async (
	{parts, git, files, folder, clock, settings: {fullAfter}}: Sending,
	memory: SentMemory,
	{id, folder: name}: Sendable,
	known: IndexEntry | undefined,
): Promise<void> => {
	for (const part of parts) {
		const chain = known?.parts[part.name];
		const mirror = joinPath(folder, name, part.name);
		if (
			chain === undefined ||
			part.offSite?.historyRef === undefined ||
			(await files.exists(mirror))
		) {
			continue;
		}

		const step = await readNewest(memory, id, chain.heads);
		if (step?.refs !== undefined) {
			const state = {head: step.head, refs: upstreamOf(step.refs)};
			await git.createHollowMirror(mirror, state, isFullDue(chain, {now: clock.now(), fullAfter}));
		}
	}
};

/** Leaves nothing but the record. */
const clear = async (
	{files, folder, run}: Session,
	{folder: name}: SavedRepository,
): Promise<void> => {
	for (const part of run.parts) {
		await files.remove(joinPath(folder, name, part.name));
	}
};

/** The store does not have what was just saved, so the next run has to find the state before it. */
const putBack = async (
	session: Session,
	saved: SavedRepository,
	before: SavedRepository | undefined,
): Promise<void> => {
	const {files, folder} = session;
	const place = joinPath(folder, saved.folder);
	if (before === undefined) {
		await files.remove(place);
	} else {
		await clear(session, saved);
		await files.writeText(joinPath(place, recordFile), formatRecord(before.record));
	}
};
