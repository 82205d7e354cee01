import {type Failure, failureOf} from '../../domain/failure/failure.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import {fullName} from '../../domain/plan/repository.ts';
import {parseRecord, partsIn, type SavedRepository} from '../../domain/record/record.ts';
import {isFullDue, isOfTwins} from '../../domain/store/chain.ts';
import type {Chain, IndexEntry} from '../../domain/store/store-index.ts';
import type {OffSite, Part} from '../../parts/part.ts';
import type {Session} from '../session.ts';
import type {Book} from '../store/book.ts';
import type {Sendable} from '../store/due.ts';
import {readStep} from '../store/read-steps.ts';
import type {StoreReading} from '../store/read-store.ts';
import type {Sending} from '../store/send.ts';
import {readNewest, upstreamOf} from '../store/send-part.ts';
import type {SentMemory} from '../store/sent.ts';
import {readBack} from './read-back.ts';

/** Everything that the store has, and what this run adds. */
export type OpenedStore = {
	readonly reading: StoreReading;
	readonly memory: SentMemory;
	readonly book: Book;
};

/**
 * Lays out everything that the sending of a repository builds on, as far as it is not here. Of a mirror
 * that is the refs of its newest state, without an object. A part that has to be read back is laid out
 * where it is `wanted`, and where two runs at once have to be joined. Gives the failure if it cannot be
 * read: it then begins anew.
 */
export const layOut = async (
	sending: Sending,
	opened: OpenedStore,
	one: Sendable,
	wanted?: string,
): Promise<Failure | undefined> => {
	let failure: Failure | undefined;
	for (const part of partsIn(one.folder, sending.parts)) {
		const chain = opened.book.entryOf(one.id)?.parts[part.name];
		const {offSite} = part;
		const mirror = joinPath(sending.folder, one.folder, part.name);
		if (chain === undefined || offSite === undefined || (await sending.files.exists(mirror))) {
			continue;
		}

		if (offSite.isReadBack !== true) {
			await layOutHollow(sending, opened, one, {part, offSite, chain});
		} else if (part.name === wanted || isOfTwins(chain)) {
			failure = (await layOutWhole(sending, opened, one, {part, chain})) ?? failure;
		}
	}

	return failure;
};

/** The refs of the newest state, and the small files that the part has to read. */
const layOutHollow = async (
	{git, files, folder, clock, settings: {fullAfter}, onNotice}: Sending,
	{reading, memory}: OpenedStore,
	{id, folder: name, record}: Sendable,
	{part, offSite, chain}: {readonly part: Part; readonly offSite: OffSite; readonly chain: Chain},
): Promise<void> => {
	const mirror = joinPath(folder, name, part.name);
	const step = await readNewest(memory, id, chain.heads);
	if (step?.refs !== undefined) {
		const state = {head: step.head, refs: upstreamOf(step.refs)};
		const isDueWhole = isFullDue(chain, {now: clock.now(), fullAfter});
		await git.createHollowMirror(mirror, state, isDueWhole);
	} else if (offSite.historyRef !== undefined && (await isForOtherKeys(reading, id, chain))) {
		// Without any mirror, the code would count as lost.
		await git.createHollowMirror(mirror, {head: undefined, refs: new Map()}, true);
		onNotice(
			`The last state of ${fullName(record)} in the store is not sealed for the key of this run, so all of it is cloned and sent again. Its earlier states stay in the store.`,
		);
	}

	for (const {path, text} of step?.texts.filter((one) => offSite.isOwnPath(one.path)) ?? []) {
		await files.writeUnsynced(joinPath(folder, name, path), text);
	}
};

/** Is there a newest step that no key of this run opens? */
const isForOtherKeys = async (
	reading: StoreReading,
	id: string,
	{heads}: Chain,
): Promise<boolean> => {
	for (const head of heads) {
		try {
			await readStep(reading, id, head);
		} catch (error) {
			if (failureOf(error).kind === 'identity-refused') {
				return true;
			}
		}
	}

	return false;
};

/** Where that is not possible, the next step is a full one: this run cannot build on what is there. */
const layOutWhole = async (
	{git, files, digest, parts, folder}: Sending,
	{reading, book}: OpenedStore,
	{id, folder: name}: Sendable,
	{part, chain}: {readonly part: Part; readonly chain: Chain},
): Promise<Failure | undefined> => {
	const failure = await readBack(
		{...reading, git, files, digest, parts},
		{id, folder: joinPath(folder, name), part, heads: chain.heads},
	);
	const entry = book.entryOf(id);
	if (failure !== undefined && entry !== undefined) {
		const due = {...chain, fullAt: new Date(0).toISOString()};
		book.note(id, {...entry, parts: {...entry.parts, [part.name]: due}});
	}

	return failure;
};

/** Leaves nothing but the record. */
export const clear = async (
	{files, folder, run}: Session,
	{folder: name}: SavedRepository,
): Promise<void> => {
	for (const part of run.parts.flatMap((one) => [one.name, ...(one.files ?? [])])) {
		await files.remove(joinPath(folder, name, part));
	}
};

/**
 * Takes away what a failed attempt left. Its mirror has refs that the store does not have, and nothing
 * new would come for those.
 */
export const startOver = async (
	sending: Sending,
	saved: SavedRepository,
	known: IndexEntry | undefined,
): Promise<void> => {
	const {files, folder, parts} = sending;
	for (const {name} of parts) {
		if (await files.exists(joinPath(folder, saved.folder, name))) {
			await putBack(sending, saved, saved, known);
			return;
		}
	}
};

/**
 * The store does not have what was just saved, so the next attempt, or run, has to find the state
 * before it. Writes nothing: the disk may be full. `known`: everything that the store has of the
 * repository.
 */
export const putBack = async (
	{files, folder, parts, records}: Sending,
	{folder: name}: SavedRepository,
	before: SavedRepository | undefined,
	known: IndexEntry | undefined,
): Promise<void> => {
	await files.remove(joinPath(folder, name));
	const read = parseRecord(known?.record ?? '', partsIn(name, parts));
	const record = read.state === 'read' ? read.record : before?.record;
	if (record !== undefined) {
		records.set(name, {state: 'unwritten', record});
	}
};
