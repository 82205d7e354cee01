import type {Reading} from '../../domain/metadata/reading.ts';
import {day} from '../../domain/text/format.ts';
import {collect, type OnSaved} from './collect.ts';
import type {Copy} from './copy.ts';
import type {MetadataReader} from './reader.ts';
import {findChanges, saveChange} from './save-look.ts';
import {walkDown} from './walk-down.ts';

/** Milliseconds after which a whole list is compared again. */
const age = 90 * day;

/** Was the list last read to its end so long ago that it is compared again? */
export const isRelistDue = ({list}: Reading, now: number): boolean =>
	list.endedAt !== undefined && now - Date.parse(list.endedAt) >= age;

/**
 * Compares all pull requests with what is saved. A closed one may change without a sign of it that a
 * look could see: by a late approval, say.
 */
export const relist = (reader: MetadataReader, copy: Copy, onSaved: OnSaved): Promise<void> =>
	collect(reader.session, copy, onSaved, async (collected) => {
		reader.tell('comparing all pull requests', copy.repository);
		const {below: from} = collected.reading.relist ?? {};
		for await (const {items, below} of walkDown(reader, copy, from)) {
			for (const change of await findChanges(reader, copy, items)) {
				await saveChange(reader, copy, collected, change);
			}

			const {pages = 0} = collected.reading.relist ?? {};
			await collected.moveTo({...collected.reading, relist: {pages: pages + 1, below}});
		}

		const endedAt = new Date(reader.session.clock.now()).toISOString();
		const {reading} = collected;
		await collected.moveTo({...reading, relist: undefined, list: {...reading.list, endedAt}});
	});
