import type {News} from '../../domain/metadata/news.ts';
import type {Reading} from '../../domain/metadata/reading.ts';
import type {Session} from '../session.ts';
import {bringCopy, type Copy, keepCopySoFar, saveDraft} from './copy.ts';
import {createDraft, type Draft} from './draft.ts';
import type {MetadataReader} from './reader.ts';

/** Everything that a step has read so far, and how far it came. */
export type Collected = {
	readonly draft: Draft;
	readonly reading: Reading;
	/** Moves on once the draft has everything that the reading tells. Saves both if that is much by now. */
	moveTo(reading: Reading): Promise<void>;
};

/** A step of a reading. It goes on where an earlier run stopped, and does nothing once it is done. */
export type Step = (reader: MetadataReader, copy: Copy, collected: Collected) => Promise<void>;

/** Told each time something was saved. */
export type OnSaved = (news: News) => void;

/** Bytes that are held at most before they are saved. */
const mostBytes = 16_000_000;

/** Milliseconds of reading that a kill may cost. */
const longest = 5 * 60_000;

/**
 * Works on a copy and saves what was read: now and then, and however the work ends. What was read
 * before a failure is not read again.
 */
export const collect = async (
	session: Session,
	copy: Copy,
	onSaved: OnSaved,
	work: (collected: Collected) => Promise<void>,
): Promise<void> => {
	await bringCopy(session, copy);
	let draft = createDraft();
	let {reading} = copy;
	let savedAt = session.clock.elapsed();

	const save = async (): Promise<void> => {
		onSaved(await saveDraft(session, copy, draft, reading));
		draft = createDraft();
		({reading} = copy);
		savedAt = session.clock.elapsed();
	};

	try {
		await work({
			get draft() {
				return draft;
			},
			get reading() {
				return reading;
			},
			moveTo: async (next) => {
				reading = next;
				if (draft.size > mostBytes || session.clock.elapsed() - savedAt > longest) {
					await save();
					await keepCopySoFar(session, copy);
				}
			},
		});
	} catch (error) {
		// A run that is interrupted has no time left for it.
		if (!session.signal.aborted) {
			await save();
		}

		throw error;
	}

	await save();
};
