import {joinPath, ownFolder, storesFolder} from '../../domain/plan/layout.ts';
import {parseIndexName} from '../../domain/store/names.ts';
import {formatStep, parseStep, type Step} from '../../domain/store/step.ts';
import {formatIndex, parseIndex, type StoreIndex} from '../../domain/store/store-index.ts';
import type {Files} from '../../ports/files.ts';

/**
 * Everything that a folder remembers of a store, below `.cistern/stores/TITLE`: its last index object,
 * and the last step of each part with all its files. If it is lost, everything is sent again, which
 * costs room and nothing else.
 */
export type SentMemory = {
	/** Undefined before the first index object, and where it cannot be read. */
	read(): Promise<Sent | undefined>;
	/** The index object that was to be written next. A run that was killed leaves it behind. */
	readNext(): Promise<Sent | undefined>;
	/**
	 * To be called before the store gets an index object: a kill may come before its answer. Not synced.
	 */
	writeNext(sent: Sent): Promise<void>;
	/** Makes the next one survive a power cut. */
	syncNext(): Promise<void>;
	/** The store has the next one: from now on it is the last. It has to be synced. */
	confirmNext(): Promise<void>;
	/** Undefined if it is lost or unreadable. */
	readStep(uuid: string, name: string): Promise<Step | undefined>;
	/** Written before the index object that leads to it. */
	writeStep(name: string, step: Step): Promise<void>;
	/** Removes the steps of a repository that are none of its newest. */
	keepOnly(uuid: string, names: ReadonlySet<string>): Promise<void>;
};

export type Sent = {
	/** The name of the index object. */
	readonly object: string;
	/** Other index objects that name nothing beyond it: those of a backup that was fetched. */
	readonly others: readonly string[];
	readonly index: StoreIndex;
};

/** `folder`: the source's. */
export const openSentMemory = (files: Files, folder: string, title: string): SentMemory => {
	const place = joinPath(folder, ownFolder, storesFolder, title);
	const [last, next] = [joinPath(place, 'sent.json'), joinPath(place, 'next.json')];
	return {
		read: async () => parseSent(await files.readText(last)),
		readNext: async () => parseSent(await files.readText(next)),
		writeNext: async ({object, others, index}) => {
			await files.makeFolder(place);
			const names = [object, ...others].join(' ');
			await files.writeUnsynced(next, `${names}\n${formatIndex(index)}\n`);
		},
		syncNext: () => files.syncAll(next),
		confirmNext: async () => {
			await files.remove(last);
			await files.move(next, last);
		},
		readStep: async (uuid, name) => {
			const text = await files.readText(joinPath(place, uuid, name));
			const read = text === undefined ? undefined : parseStep(text);
			return read?.state === 'read' ? read.step : undefined;
		},
		writeStep: async (name, step) => {
			await files.makeFolder(joinPath(place, step.uuid));
			// Not synced: a text that a power cut took or cut short is read as none, or as one with fewer
			// refs. Either way the next sending sends more, and never less.
			await files.writeUnsynced(joinPath(place, step.uuid, name), formatStep(step));
		},
		keepOnly: async (uuid, names) => {
			for (const name of await files.listFiles(joinPath(place, uuid))) {
				if (!names.has(name)) {
					await files.remove(joinPath(place, uuid, name));
				}
			}
		},
	};
};

const parseSent = (text: string | undefined): Sent | undefined => {
	if (text === undefined) {
		return undefined;
	}

	const end = text.indexOf('\n');
	const [object = '', ...others] = text.slice(0, end).split(' ');
	const read = parseIndex(text.slice(end + 1));
	return [object, ...others].every((name) => parseIndexName(name) !== undefined) &&
		read.state === 'read'
		? {object, others, index: read.index}
		: undefined;
};
