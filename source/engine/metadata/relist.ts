import type {Reading} from '../../domain/metadata/reading.ts';
import {type Collected, collect} from './collect.ts';
import type {Copy} from './copy.ts';
import {brokenList, readItems} from './look.ts';
import type {MetadataReader} from './reader.ts';
import {findChanges, type OnSaved, saveChange} from './save-look.ts';

/** Milliseconds after which a whole list is compared again. */
const age = 90 * 24 * 60 * 60_000;

/** Was the list last read to its end so long ago that it is compared again? */
export const isRelistDue = ({list}: Reading, now: number): boolean =>
	list.endedAt !== undefined && now - Date.parse(list.endedAt) >= age;

/**
 * Compares all pull requests with what is saved. A closed one may change without a sign of it that a
 * look could see: by a late approval, say.
 */
export const relist = (reader: MetadataReader, copy: Copy, onSaved: OnSaved): Promise<void> =>
	collect(reader.session, copy, onSaved, async (collected) => {
		let isEnd = false;
		while (!isEnd) {
			isEnd = await comparePage(reader, copy, collected);
		}

		const endedAt = new Date(reader.session.clock.now()).toISOString();
		const {reading} = collected;
		await collected.moveTo({...reading, relist: undefined, list: {...reading.list, endedAt}});
	});

/** Returns whether it was the last page. */
const comparePage = async (
	reader: MetadataReader,
	copy: Copy,
	collected: Collected,
): Promise<boolean> => {
	const {repository} = copy;
	const {below, pages = 0} = collected.reading.relist ?? {};
	reader.tell('comparing all pull requests', repository);
	const walk = {to: 'oldest', before: below} as const;
	const answer = await reader.ask({kind: 'pull-requests', repository, walk, isSorted: true});
	if (answer.state !== 'read') {
		return true;
	}

	const items = readItems(answer);
	const last = Math.min(...items.map(({known}) => known.id));
	if (last >= (below ?? Number.POSITIVE_INFINITY)) {
		throw brokenList('it is not sorted by number');
	}

	for (const change of await findChanges(reader, copy, items)) {
		await saveChange(reader, copy, collected, change);
	}

	await collected.moveTo({...collected.reading, relist: {pages: pages + 1, below: last}});
	return answer.next === undefined || items.length === 0;
};
