import {joinPath, ownFolder, storesFolder} from '../../domain/plan/layout.ts';
import {parseIndexName} from '../../domain/store/names.ts';
import {formatStep, parseStep, type Step} from '../../domain/store/step.ts';
import {formatIndex, parseIndex, type StoreIndex} from '../../domain/store/store-index.ts';
import type {Files} from '../../ports/files.ts';

/**
 * Everything that a folder remembers of a store, below `.cistern/stores/TITLE`: its last index object
 * (`sent.json`), and the last step of each part with all its files. It is written after the store has
 * it. If it is lost, everything is sent again, which costs room and nothing else.
 */
export type SentMemory = {
	/** Undefined before the first index object, and where it cannot be read. */
	read(): Promise<Sent | undefined>;
	write(sent: Sent): Promise<void>;
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
	readonly index: StoreIndex;
};

/** `folder`: the source's. */
export const openSentMemory = (files: Files, folder: string, title: string): SentMemory => {
	const place = joinPath(folder, ownFolder, storesFolder, title);
	const path = joinPath(place, 'sent.json');
	return {
		read: async () => parseSent(await files.readText(path)),
		write: async ({object, index}) => {
			await files.makeFolder(place);
			await files.writeText(path, `${object}\n${formatIndex(index)}\n`);
		},
		readStep: async (uuid, name) => {
			const text = await files.readText(joinPath(place, uuid, name));
			const read = text === undefined ? undefined : parseStep(text);
			return read?.state === 'read' ? read.step : undefined;
		},
		writeStep: async (name, step) => {
			await files.makeFolder(joinPath(place, step.uuid));
			await files.writeText(joinPath(place, step.uuid, name), formatStep(step));
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
	const object = text.slice(0, end);
	const read = parseIndex(text.slice(end + 1));
	return parseIndexName(object) !== undefined && read.state === 'read'
		? {object, index: read.index}
		: undefined;
};
