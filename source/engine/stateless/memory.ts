import type {Step} from '../../domain/store/step.ts';
import {asSent} from '../store/fetch.ts';
import {readStep} from '../store/read-steps.ts';
import {type FoundSource, ifReadable, type StoreReading} from '../store/read-store.ts';
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
		syncNext: async () => {},
		confirmNext: async () => {},
		readStep: async (id, name) => {
			const steps = held.get(id) ?? new Map<string, Step>();
			held.set(id, steps);
			// Without its last step, a repository is saved whole, and the run says why.
			const step = steps.get(name) ?? (await ifReadable(readStep(reading, id, name)));
			if (step !== undefined) {
				steps.set(name, step);
			}

			return step;
		},
		writeStep: async () => {},
		keepOnly: async (id) => void held.delete(id),
	};
};
