import {joinPath, ownFolder, recordFile} from '../../domain/plan/layout.ts';
import type {SavedRepository, SavedState} from '../../domain/record/record.ts';
import {parseRecord} from '../../domain/record/record-file.ts';
import type {Files} from '../../ports.ts';

/** So many records are read at once: enough to keep a slow disk busy. */
const batchSize = 64;

/** Reads what lies below a source's folder: each repository's record, and what has none. */
export const readSavedState = async (files: Files, folder: string): Promise<SavedState> => {
	const repositories: SavedRepository[] = [];
	const unrecorded: string[] = [];
	const newer: string[] = [];
	const known = new Set<string>();
	const names = (await files.listFolders(folder)).filter((name) => name !== ownFolder).sort();
	for (let start = 0; start < names.length; start += batchSize) {
		const batch = names.slice(start, start + batchSize);
		const texts = await Promise.all(
			batch.map((name) => files.readText(joinPath(folder, name, recordFile))),
		);
		for (const [index, name] of batch.entries()) {
			const text = texts[index];
			const found = text === undefined ? undefined : parseRecord(text);
			if (found?.state === 'read' && !known.has(found.record.uuid)) {
				known.add(found.record.uuid);
				repositories.push({folder: name, record: found.record});
			} else if (found?.state === 'newer') {
				newer.push(name);
			} else {
				unrecorded.push(name);
			}
		}
	}

	return {repositories, unrecorded, newer};
};
