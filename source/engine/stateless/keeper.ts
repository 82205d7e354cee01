import {type Failure, FailureError, failureOf} from '../../domain/failure/failure.ts';
import {describeFailure} from '../../domain/failure/failure-table.ts';
import {joinCounts} from '../../domain/metadata/request-hour.ts';
import {joinPath, workspaceFolder} from '../../domain/plan/layout.ts';
import {fullName} from '../../domain/plan/repository.ts';
import {
	formatRecordLine,
	type PartEntry,
	parseRecord,
	partsIn,
	type RepositoryRecord,
} from '../../domain/record/record.ts';
import {joinShards} from '../../domain/run/join-shards.ts';
import {formatRunLine, parseRunLines, type RunLine} from '../../domain/run/run-line.ts';
import type {StoreSettings} from '../../domain/settings/settings.ts';
import {isOfTwins} from '../../domain/store/chain.ts';
import {folderOf} from '../../domain/store/names.ts';
import {formatShard, rangeOf, type Shard} from '../../domain/store/shard.ts';
import type {IndexEntry} from '../../domain/store/store-index.ts';
import type {OffSiteFile} from '../../parts/part.ts';
import type {Keeper} from '../keeper.ts';
import {requestsPath} from '../metadata/budget.ts';
import {runPool} from '../retry/pool.ts';
import {readRecordText, readSavedState, runsPath} from '../saved/saved-state.ts';
import type {Session} from '../session.ts';
import {checkpointAfter, openBook} from '../store/book.ts';
import {asSendable, isDue, listSendable, type Sendable} from '../store/due.ts';
import {sendingTo} from '../store/off-site.ts';
import {readStep} from '../store/read-steps.ts';
import {
	damaged,
	isOfObject,
	isOfOne,
	ofOne,
	readIndexes,
	type StoreReading,
} from '../store/read-store.ts';
import {type Sending, sendOne} from '../store/send.ts';
import {readNewest} from '../store/send-part.ts';
import {type KeptInRun, type KeptPart, openKeptFiles} from './kept-files.ts';
import {clear, layOut, type OpenedStore, putBack, startOver} from './lay-out.ts';
import {openStoreMemory} from './memory.ts';
import {countOtherShards} from './other-shards.ts';

type Opened = OpenedStore & {readonly kept: KeptInRun};

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
	const {store, shard, parts, signal, retry, clock, digest} = sending;
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

	/** Sends what no earlier step has sent. Gives the repositories that could not be, by full name. */
	const sendRest = async (): Promise<ReadonlyMap<string, Failure>> => {
		const {book} = requireOpened();
		const saved = await readSavedState(files, folder, run.parts, sending.records);
		const due = listSendable(saved, digest).filter((one) =>
			isToSend(sending, one, book.entryOf(one.id)),
		);
		const failed = new Map<string, Failure>();
		await runPool(due, atOnce, async (one) => {
			try {
				await layOut(sending, requireOpened(), one);
				await send(one);
			} catch (error) {
				failed.set(fullName(one.record), ofOne(error, signal));
				await clear(session, one);
			}
		});
		return failed;
	};

	return {
		open: async () => {
			const found = (await readIndexes(reading, rangeOf(shard))).get(source.title);
			const memory = openStoreMemory(reading, found, run.name);
			const requests = requestsPath(folder);
			const book = await openBook(sending, memory, () => files.readText(requests));
			opened = {reading, memory, book, kept: openKeptFiles(sending, reading, book)};
			// A key that is no key of age is found here, before a git is started.
			await store.sealText('');
			await files.makeFolder(sending.workFolder);
			const counts = found?.allRequests ?? [];
			if (counts.length > 0) {
				await files.writeText(requests, joinCounts(counts, clock.now()));
			}

			await runPool(Object.entries(found?.repos ?? {}), atOnce, async ([id, entry]) => {
				const record = await readRecord(sending, {reading, memory}, id, entry).catch(ifOfObject);
				if (record === undefined) {
					// It is saved as a new one, on top of what is there. An older state may be lost.
					session.state.lost.push(entry.name);
					return;
				}

				if (entry.record === undefined) {
					// The next run needs no step to know it.
					book.note(id, {...entry, record: formatRecordLine(record)});
					await memory.keepOnly(id, new Set());
				}

				const known = lookAgain(sending, entry, record);
				sending.records.set(entry.folder, {state: 'unwritten', record: known});
			});
			// Any touch writes the record. That of the workspace names other parts, so it is read from the disk.
			await files.exists(joinPath(folder, workspaceFolder));
			const lines = runsOf(found?.runs ?? [], shard).map((line) => `${formatRunLine(line)}\n`);
			await files.writeText(runsPath(folder), lines.join(''));
		},
		countElsewhere: async (isListed, isInScope) =>
			shard === undefined
				? {known: 0, missing: []}
				: countOtherShards({reading, parts, source: source.title, shard, isListed, isInScope}),
		lend: (saved, wanted) =>
			endingSource(session, async () => {
				const one = asSendable(saved, digest);
				if (wanted === undefined) {
					await startOver(sending, saved, requireOpened().book.entryOf(one.id));
				}

				return layOut(sending, requireOpened(), one, wanted);
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
		takeSoFar: (saved) => endingSource(session, () => sendNews(asSendable(saved, digest))),
		take: (saved, before) =>
			endingSource(session, async () => {
				const one = asSendable(saved, digest);
				try {
					await send(one);
				} catch (error) {
					await putBack(sending, saved, before, requireOpened().book.entryOf(one.id));
					throw error;
				}
			}),
		checkpoint: (ahead) => endingSource(session, () => requireOpened().book.checkpoint(ahead)),
		countOpen: () => opened?.book.countOpen() ?? 0,
		settle: async ({isComplete, isLast}) => {
			const failed = await sendRest();
			if (!isLast) {
				await requireOpened().book.checkpoint(Number.POSITIVE_INFINITY);
				return;
			}

			for (const [name, failure] of failed) {
				const {what} = describeFailure(failure);
				session.notice(
					`${name} could not be brought to the store: ${what}. The next run tries again.`,
				);
			}

			await requireOpened().book.close(isComplete && failed.size === 0);
			const [first] = failed.values();
			if (first !== undefined) {
				throw new FailureError(first);
			}
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
const endingSource = async <Result>(
	{end}: Session,
	act: () => Promise<Result>,
): Promise<Result> => {
	try {
		return await act();
	} catch (error) {
		if (error instanceof FailureError && !isOfOne(error.failure)) {
			end(error.failure);
		}

		throw error;
	}
};

/** Undefined in the place of an object that is gone or damaged. */
const ifOfObject = (error: unknown): undefined => {
	if (!isOfObject(failureOf(error))) {
		throw error;
	}
};

/** A folder that sent to the store before keeps its records itself: then the newest step tells. */
const readRecord = async (
	{parts, store}: Sending,
	{reading, memory}: Pick<Opened, 'reading' | 'memory'>,
	id: string,
	{folder, record: text, parts: chains}: IndexEntry,
): Promise<RepositoryRecord> => {
	const own = partsIn(folder, parts);
	const main = own.find(({isRequired}) => isRequired) ?? own[0];
	const heads = chains[main?.name ?? '']?.heads ?? [];
	const read = parseRecord(text ?? (await readNewest(memory, id, heads))?.record ?? '', own);
	if (read.state !== 'read') {
		const [name = ''] = heads;
		await readStep(reading, id, name);
		throw damaged({store}, `${folderOf(id)}${name}`, 'the record of the repository cannot be read');
	}

	return read.record;
};

/**
 * Where two runs sent at once, the record that counts is that of one of them, and the newest step may be
 * that of the other. So each mirror is compared with upstream again, and a part that is found in the code
 * looks through that of both. A part that is read back has to be read wherever the
 * store has another state of it than the record says.
 */
const lookAgain = (
	{parts, digest}: Sending,
	{folder, parts: chains}: IndexEntry,
	record: RepositoryRecord,
): RepositoryRecord => {
	const hasTwins = Object.values(chains).some(isOfTwins);
	const entries = partsIn(folder, parts).flatMap(({name, lookAgain, offSite}) => {
		const known = record.parts[name];
		if (known === undefined || offSite?.hasContent(known) !== true) {
			return [];
		}

		const chain = chains[name];
		const isOther = chain?.entry !== digest(JSON.stringify(known));
		const isDue = offSite.isReadBack === true ? isOther || (chain && isOfTwins(chain)) : hasTwins;
		return isDue ? [[name, lookAgain?.(known) ?? withoutDigest(known)] as const] : [];
	});
	return {...record, parts: {...record.parts, ...Object.fromEntries(entries)}};
};

/** Upstream never has the digest of such an entry. */
const withoutDigest = (entry: PartEntry): PartEntry =>
	entry.state === 'saved' && entry.refs?.digest !== undefined
		? {...entry, refs: {...entry.refs, digest: ''}}
		: entry;

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
