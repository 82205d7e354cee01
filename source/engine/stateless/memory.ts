import {failureOf} from '../../domain/failure/failure.ts';
import type {Step} from '../../domain/store/step.ts';
import {asSent} from '../store/fetch.ts';
import {type FoundSource, isOfObject, readStep, type StoreReading} from '../store/read-store.ts';
import type {SentMemory} from '../store/sent.ts';

/**
 * The memory of a run without a folder: what it `found` in the store. A step that was read is held
 * until its repository is sent.
 */
export const openStoreMemory = (
	reading: StoreReading,
	found: FoundSource | undefined,
	run: string,
): SentMemory => {
	const held = new Map<string, Map<string, Step>>();
	return {
		read: async () => found && asSent(found, run),
		readNext: async () => undefined,
		writeNext: async () => {},
		confirmNext: async () => {},
		readStep: async (id, name) => {
			const steps = held.get(id) ?? new Map<string, Step>();
			held.set(id, steps);
			const step = steps.get(name) ?? (await readIfWhole(reading, id, name));
			if (step !== undefined) {
				steps.set(name, step);
			}

			return step;
		},
		writeStep: async () => {},
		keepOnly: async (id) => void held.delete(id),
	};
};

/** Without its last step, a repository is saved whole, and the run says that older states may be lost. */
const readIfWhole = async (
	reading: StoreReading,
	id: string,
	name: string,
): Promise<Step | undefined> => {
	try {
		return await readStep(reading, id, name);
	} catch (error) {
		if (isOfObject(failureOf(error))) {
			return undefined;
		}

		throw error;
	}
};
