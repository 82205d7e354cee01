import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import {joinPath, workspaceFolder} from '../../domain/plan/layout.ts';
import {fullName} from '../../domain/plan/repository.ts';
import {formatRecordLine} from '../../domain/record/record.ts';
import type {StoreSettings} from '../../domain/settings/settings.ts';
import {isOfTwins} from '../../domain/store/chain.ts';
import {isUuid} from '../../domain/store/names.ts';
import type {Chain} from '../../domain/store/store-index.ts';
import type {Part} from '../../parts/part.ts';
import type {Git} from '../../ports/git.ts';
import {runPool} from '../retry/pool.ts';
import type {KnownRecords} from '../saved/known-records.ts';
import {readSavedState} from '../saved/saved-state.ts';
import {type Book, type BookTools, openBook} from './book.ts';
import {isDue, listSendable, partsToSend, type Sendable} from './due.ts';
import {ofOne} from './read-store.ts';
import {type KeptInStore, sendPart} from './send-part.ts';
import {openSentMemory, type SentMemory} from './sent.ts';

/** Everything that sending one source to one store needs. The source's folder is held. */
export type Sending = BookTools & {
	readonly settings: StoreSettings;
	readonly git: Git;
	readonly parts: readonly Part[];
	/** Those that need no reading. */
	readonly records: KnownRecords;
	/** Absolute path of an own place for what is on its way. */
	readonly workFolder: string;
	/** Is it sent whole, whatever the store has of it? */
	readonly isSentAgain: (one: Sendable) => boolean;
	/** `left`: repositories that are not sent yet. */
	readonly onProgress: (repository: string, left: number) => void;
	/** Bytes of a repository that were sent. */
	readonly onSent: (repository: string, bytes: number) => void;
	/** Where the store alone keeps the source: the files of a part, by its folder in the store. */
	readonly kept: ((id: string, part: string) => KeptInStore) | undefined;
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

/**
 * Opens the index of a source in a store. Gives the sending of everything that the store does not have
 * yet, which never throws because of the store: the result names the failure. Repositories that an index
 * object names by then count as sent.
 */
export const beginSource = (sending: Sending): (() => Promise<SendEnd>) => {
	const {files, folder, store} = sending;
	const memory = openSentMemory(files, folder, store.title);
	const opening = openBook(sending, memory);
	// Told by the sending, if there is one.
	opening.catch(() => undefined);
	return () => sendSource(sending, memory, opening);
};

const sendSource = async (
	sending: Sending,
	memory: SentMemory,
	opening: Promise<Book>,
): Promise<SendEnd> => {
	const {files, folder, parts, records, digest, signal} = sending;
	const saved = await readSavedState(files, folder, parts, records);
	const end = {
		all: saved.repositories.length,
		sent: 0,
		bytes: 0,
		failed: new Map<string, Failure>(),
	};
	try {
		const book = await opening;
		const all = listSendable(saved, digest);
		const due = all.filter(
			(one) => sending.isSentAgain(one) || isDue(sending, one, book.entryOf(one.id)),
		);
		for (const {record} of all.filter(({id}) => !isUuid(id))) {
			const detail = `the id of ${fullName(record)} is none of Bitbucket's: ${record.uuid}`;
			end.failed.set(fullName(record), {kind: 'unexpected-answer', detail});
		}

		await sendAll(sending, memory, {due, book, end});
		await book.close(end.failed.size === 0);
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

type Count = {sent: number; bytes: number; readonly failed: Map<string, Failure>};

const sendAll = async (
	sending: Sending,
	memory: SentMemory,
	{due, book, end}: {readonly due: readonly Sendable[]; readonly book: Book; readonly end: Count},
): Promise<void> => {
	if (due.length > 0) {
		// A key that is no key of age is found here, before a git is started.
		await sending.store.sealText('');
		await sending.files.makeFolder(sending.workFolder);
	}

	let left = due.length;
	await runPool(due, atOnce, async (one) => {
		const name = fullName(one.record);
		sending.onProgress(name, left);
		const bytes = await sendOne(sending, memory, one, book).catch((error: unknown) => {
			end.failed.set(name, ofOne(error, sending.signal));
			return 0;
		});
		left -= 1;
		if (bytes > 0) {
			end.sent += one.folder === workspaceFolder ? 0 : 1;
			end.bytes += bytes;
			sending.onSent(name, bytes);
		}

		await book.checkpoint();
	});
};

/** Gives the bytes that were sent. A part that fails keeps no other from being noted. */
export const sendOne = async (
	sending: Sending,
	memory: SentMemory,
	one: Sendable,
	book: Book,
): Promise<number> => {
	const {files, git, digest, signal, store, settings, clock, source, retry, workFolder} = sending;
	const {id, record, folder} = one;
	const known = book.entryOf(id);
	const chains = {...known?.parts};
	const name = book.nameSending();
	const isStateless = sending.kept !== undefined;
	const isAgain = sending.isSentAgain(one);
	let bytes = 0;
	try {
		for (const {part, offSite, digest: state} of partsToSend(sending, one, known)) {
			const chain = chains[part.name];
			const kept = sending.kept?.(id, part.name);
			const isThere = chain?.entry === state && !isAgain && !isOpen(chain, kept);
			if (isThere || !(await canSend(sending, one, part))) {
				continue;
			}

			const sent = await sendPart(
				{
					store,
					memory,
					fullAfter: settings.fullAfter,
					sending: name,
					source: source.title,
					now: clock.now(),
					copy: {git, files, digest, signal, folder: joinPath(sending.folder, folder)},
					workFile: joinPath(workFolder, id),
					retry,
					id,
					record,
					part,
					digest: state,
					chain,
					kept,
					isAgain,
					isOwn: chain?.heads.every(book.isOwn) ?? false,
				},
				offSite,
			);
			chains[part.name] = sent.chain;
			bytes += sent.bytes;
		}
	} finally {
		// A part that was sent before another one failed is there, and counts.
		if (Object.keys(chains).length > 0 && !isStateless) {
			book.note(id, {name: fullName(record), folder, parts: chains});
		}
	}

	if (isStateless && Object.keys(chains).length > 0) {
		// The record speaks of all parts, so it is noted once all of them are there.
		const text = formatRecordLine(record);
		book.note(id, {name: fullName(record), folder, record: text, parts: chains});
	}

	return bytes;
};

/** Has a store that alone keeps the part something that its newest step does not name? */
const isOpen = (chain: Chain, kept: KeptInStore | undefined): boolean =>
	kept !== undefined && (isOfTwins(chain) || kept.taken().length > 0);

/** A part that is read back, and that this run has not read, is in the store as it was. */
const canSend = async (
	{kept, files, folder}: Sending,
	one: Sendable,
	{name, offSite}: Part,
): Promise<boolean> =>
	kept === undefined ||
	offSite?.isReadBack !== true ||
	(await files.exists(joinPath(folder, one.folder, name)));

const forgetOld = async (
	memory: SentMemory,
	due: readonly Sendable[],
	book: Book,
): Promise<void> => {
	await runPool(due, atOnce, async ({id}) => {
		const heads = Object.values(book.entryOf(id)?.parts ?? {}).flatMap(({heads}) => heads);
		await memory.keepOnly(id, new Set(heads));
	});
};
