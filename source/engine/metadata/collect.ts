import type {News} from '../../domain/metadata/news.ts';
import type {Reading} from '../../domain/metadata/reading.ts';
import {bringCopy, type Copy, keepCopySoFar, saveDraft} from './copy.ts';
import {createDraft, type Draft} from './draft.ts';
import type {MetadataReader} from './reader.ts';

/** The work on one copy. */
export type CopyWork = MetadataReader & {
	readonly copy: Copy;
	/** `text`: the work in words. */
	tell(text: string): void;
	/** Told each time something was saved. */
	onSaved(news: News): void;
};

/** The same, with everything that was read so far and how far it came. */
export type Collecting = CopyWork & {
	readonly draft: Draft;
	readonly reading: Reading;
	/**
	 * Changes these fields of the reading, once the draft has everything that they tell. Saves both if
	 * that is much by now.
	 */
	moveTo(news: Partial<Reading>): Promise<void>;
};

/** A step of a reading. It goes on where an earlier run stopped, and does nothing once it is done. */
export type Step = (work: Collecting) => Promise<void>;

/** Bytes that are held at most before they are saved. */
const mostBytes = 16_000_000;

/** Milliseconds of reading that a kill may cost. */
const longest = 5 * 60_000;

/**
 * Takes these steps and saves what was read: now and then, and however the work ends. What was read
 * before a failure is not read again.
 */
export const collect = async (work: CopyWork, steps: readonly Step[]): Promise<void> => {
	const {session, copy} = work;
	await bringCopy(session, copy);
	let draft = createDraft();
	let {reading} = copy;
	let savedAt = session.clock.elapsed();

	const save = async (): Promise<void> => {
		work.onSaved(await saveDraft(session, copy, draft, reading));
		draft = createDraft();
		({reading} = copy);
		savedAt = session.clock.elapsed();
	};

	const collecting: Collecting = {
		...work,
		get draft() {
			return draft;
		},
		get reading() {
			return reading;
		},
		moveTo: async (news) => {
			reading = {...reading, ...news};
			if (draft.size > mostBytes || session.clock.elapsed() - savedAt > longest) {
				await save();
				await keepCopySoFar(session, copy);
			}
		},
	};
	try {
		for (const step of steps) {
			await step(collecting);
		}
	} catch (error) {
		// A run that is interrupted has no time left for it.
		if (!session.signal.aborted) {
			await save();
		}

		throw error;
	}

	await save();
};
