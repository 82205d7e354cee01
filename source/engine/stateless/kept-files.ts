import {joinPath} from '../../domain/plan/layout.ts';
import {filesOf} from '../../domain/store/chain.ts';
import type {SentFile} from '../../domain/store/step.ts';
import type {OffSiteFile} from '../../parts/part.ts';
import type {Book} from '../store/book.ts';
import {readSteps} from '../store/read-steps.ts';
import {ifReadable, type StoreReading} from '../store/read-store.ts';
import type {Sending} from '../store/send.ts';
import {sendFile} from '../store/send-file.ts';
import type {KeptInStore} from '../store/send-part.ts';

/** A part of a repository that is saved: its folders in the store and here, and the part's name. */
export type KeptPart = {readonly id: string; readonly folder: string; readonly part: string};

/** The files of all parts that the store alone keeps, and those that this run sends before their step. */
export type KeptInRun = {
	of(id: string, part: string): KeptInStore;
	/** Sends a file and removes it here. */
	take(kept: KeptPart, file: OffSiteFile): Promise<void>;
	/** Calls `act`, which sends the steps of a repository. Files that were taken before count from then on. */
	naming(id: string, act: () => Promise<void>): Promise<void>;
};

export const openKeptFiles = (sending: Sending, reading: StoreReading, book: Book): KeptInRun => {
	/** By the repository's id, and by the name of the part. */
	const taken = new Map<string, Map<string, SentFile[]>>();
	return {
		of: (id, part) => ({
			list: () => readFiles(reading, id, book.entryOf(id)?.parts[part]?.heads ?? []),
			taken: () => [...(taken.get(id)?.get(part) ?? [])],
		}),
		take: async ({id, folder, part}, file) => {
			const {git, files, digest, signal, store, retry, workFolder} = sending;
			const name = book.nameSending();
			const copy = {git, files, digest, signal, folder: joinPath(sending.folder, folder)};
			const workFile = joinPath(workFolder, name);
			const work = {store, sending: name, copy, workFile, retry, id, part: {name: part}};
			const sent = {path: file.path, object: await sendFile(work, file)};
			const ofRepository = taken.get(id) ?? new Map<string, SentFile[]>();
			const ofPart = ofRepository.get(part) ?? [];
			taken.set(id, ofRepository.set(part, ofPart));
			ofPart.push(sent);
			await files.remove(joinPath(copy.folder, file.path));
		},
		naming: async (id, act) => {
			const before = new Set([...(taken.get(id)?.values() ?? [])].flat());
			await act();
			const left = [...(taken.get(id) ?? [])].map(
				([part, all]) => [part, all.filter((one) => !before.has(one))] as const,
			);
			taken.set(id, new Map(left));
		},
	};
};

/**
 * Two runs at once have a head each. The files of both are there. Those of a step that cannot
 * be read have to come again.
 */
const readFiles = async (
	reading: StoreReading,
	id: string,
	heads: readonly string[],
): Promise<readonly SentFile[]> => {
	const all = await Promise.all(heads.map((head) => ifReadable(readSteps(reading, id, [head]))));
	return all
		.flatMap((steps = []) => [...filesOf(steps)])
		.map(([path, object]): SentFile => ({path, object}));
};
