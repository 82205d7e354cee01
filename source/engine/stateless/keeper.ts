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
import {isFullDue, isOfTwins} from '../../domain/store/chain.ts';
import {folderOf} from '../../domain/store/names.ts';
import {formatShard, rangeOf, type Shard} from '../../domain/store/shard.ts';
import type {IndexEntry} from '../../domain/store/store-index.ts';
import type {OffSiteFile} from '../../parts/part.ts';
import type {Keeper} from '../keeper.ts';
import {runPool} from '../retry/pool.ts';
import {readRecordText, readSavedState, runsPath} from '../saved/saved-state.ts';
import type {Session} from '../session.ts';
import {type Book, checkpointAfter, openBook} from '../store/book.ts';
import {isDue, listSendable, type Sendable} from '../store/due.ts';
import {sendingTo} from '../store/off-site.ts';
import {damaged, readIndexes, type StoreReading} from '../store/read-store.ts';
import {isOfOne, type Sending, sendOne} from '../store/send.ts';
import {readNewest, upstreamOf} from '../store/send-part.ts';
import type {SentMemory} from '../store/sent.ts';
import {type KeptInRun, type KeptPart, openKeptFiles} from './kept-files.ts';
import {openStoreMemory} from './memory.ts';
import {countOtherShards} from './other-shards.ts';

/** Everything that the store has, and what this run adds. */
type Opened = {readonly memory: SentMemory; readonly book: Book; readonly kept: KeptInRun};

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
		kept: (id, part) => requireOpened().kept.of(id, part),
	};
	const {store, shard, parts, signal, retry, clock} = sending;
	const reading: StoreReading = {store, identities, signal, retry};
	let opened: Opened | undefined;
	const requireOpened = (): Opened => {
		if (opened === undefined) {
			throw new Error(`the store ${store.title} was not read`);
		}

		return opened;
	};

	const sendNews = async (one: Sendable): Promise<void> => {
		const {memory, book, kept} = requireOpened();
		await kept.naming(one.id, async () => void (await sendOne(sending, memory, one, book)));
		await book.checkpoint();
	};

	const send = async (one: Sendable): Promise<void> => {
		await sendNews(one);
		await requireOpened().memory.keepOnly(one.id, new Set());
		await clear(session, one);
	};

	/** Sends a file, and now and then everything so far: many files may take longer than a run has. */
	const takeFile = async (kept: KeptPart, file: OffSiteFile, turn: {since: number}) => {
		await requireOpened().kept.take(kept, file);
		if (clock.elapsed() - turn.since >= checkpointAfter) {
			// One at a time: files go on coming meanwhile.
			turn.since = Number.POSITIVE_INFINITY;
			const record = await readRecordIn(session, kept.folder);
			if (record !== undefined) {
				await sendNews({id: kept.id, folder: kept.folder, record});
			}

			turn.since = clock.elapsed();
		}
	};

	return {
		open: async () => {
			const found = (await readIndexes(reading, rangeOf(shard))).get(source.title);
			const memory = openStoreMemory(reading, found, run.name);
			const book = await openBook(sending, memory);
			opened = {memory, book, kept: openKeptFiles(sending, reading, book)};
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
				await files.writeUnsynced(
					joinPath(place, recordFile),
					formatRecord(lookAgain(sending, entry, record)),
				);
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
		filesOf: (kept) => {
			const turn = {since: clock.elapsed()};
			return {
				isWhole: async () => {
					const {memory, book} = requireOpened();
					const heads = book.entryOf(kept.id)?.parts[kept.part]?.heads ?? [];
					return heads.length === 0 || (await readNewest(memory, kept.id, heads)) !== undefined;
				},
				list: async () => {
					const files = await requireOpened().kept.of(kept.id, kept.part).list();
					return new Set(files.map(({path}) => path));
				},
				take: (file) => endingSource(session, () => takeFile(kept, file, turn)),
			};
		},
		take: (saved, before) =>
			endingSource(session, async () => {
				const id = saved.record.uuid;
				try {
					await send({...saved, id});
				} catch (error) {
					await putBack(session, saved, before, requireOpened().book.entryOf(id));
					throw error;
				}
			}),
		settle: async (isComplete) => {
			const {memory, book} = requireOpened();
			const saved = await readSavedState(files, folder, run.parts);
			const all = listSendable(saved, sending.digest);
			await runPool(
				all.filter((one) => isToSend(sending, one, book.entryOf(one.id))),
				atOnce,
				async (one) => {
					await layOut(sending, memory, one, book.entryOf(one.id));
					await send(one);
				},
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
		throw damaged({store}, `${folderOf(id)}${name}`, 'the record of the repository cannot be read');
	}

	return read.record;
};

/**
 * Where two runs sent at once, the record that counts is that of one of them, and a part that is found
 * in the code has to look through that of both.
 */
const lookAgain = (
	{parts}: Sending,
	{parts: chains}: IndexEntry,
	record: RepositoryRecord,
): RepositoryRecord => {
	if (!Object.values(chains).some(isOfTwins)) {
		return record;
	}

	const entries = parts.flatMap(({name, lookAgain, offSite}) => {
		const known = record.parts[name];
		return known === undefined || lookAgain === undefined || offSite?.hasContent(known) !== true
			? []
			: [[name, lookAgain(known)] as const];
	});
	return {...record, parts: {...record.parts, ...Object.fromEntries(entries)}};
};

/** One step joins those of two runs at once, or the next run would look through the code once more. */
const isToSend = (sending: Sending, one: Sendable, known: IndexEntry | undefined): boolean =>
	isDue(sending, one, known) || Object.values(known?.parts ?? {}).some(isOfTwins);

/** Undefined where a repository that is being saved has none that can be read. */
const readRecordIn = async (
	{files, folder, run}: Session,
	name: string,
): Promise<RepositoryRecord | undefined> => {
	const read = parseRecord((await readRecordText(files, joinPath(folder, name))) ?? '', run.parts);
	return read.state === 'read' ? read.record : undefined;
};

/**
 * Lays out each mirror that is not here, with the refs of its newest state and without an object, and
 * the small files that a part has to read.
 */
const layOut = async (
	{parts, git, files, folder, clock, settings: {fullAfter}}: Sending,
	memory: SentMemory,
	{id, folder: name}: Sendable,
	known: IndexEntry | undefined,
): Promise<void> => {
	for (const {name: part, offSite} of parts) {
		const chain = known?.parts[part];
		const mirror = joinPath(folder, name, part);
		if (chain === undefined || offSite === undefined || (await files.exists(mirror))) {
			continue;
		}

		const step = await readNewest(memory, id, chain.heads);
		if (step?.refs !== undefined) {
			const state = {head: step.head, refs: upstreamOf(step.refs)};
			await git.createHollowMirror(mirror, state, isFullDue(chain, {now: clock.now(), fullAfter}));
		}

		for (const {path, text} of step?.texts.filter((one) => offSite.isOwnPath(one.path)) ?? []) {
			await files.writeUnsynced(joinPath(folder, name, path), text);
		}
	}
};

/** Leaves nothing but the record. */
const clear = async (
	{files, folder, run}: Session,
	{folder: name}: SavedRepository,
): Promise<void> => {
	for (const part of run.parts.flatMap((one) => [one.name, ...(one.files ?? [])])) {
		await files.remove(joinPath(folder, name, part));
	}
};

/**
 * The store does not have what was just saved, so the next run has to find the state before it.
 * `known`: everything that the store has of the repository.
 */
const putBack = async (
	session: Session,
	saved: SavedRepository,
	before: SavedRepository | undefined,
	known: IndexEntry | undefined,
): Promise<void> => {
	const {files, folder} = session;
	const place = joinPath(folder, saved.folder);
	const record = known?.record ?? (before && formatRecord(before.record));
	if (record === undefined) {
		await files.remove(place);
	} else {
		await clear(session, saved);
		await files.writeText(joinPath(place, recordFile), record);
	}
};
