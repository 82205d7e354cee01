import {type Failure, FailureError, isLimit} from '../../domain/failure/failure.ts';
import {isOfRepository, joinPath, ownFolder, recordFile} from '../../domain/plan/layout.ts';
import type {
	ClosedFolder,
	OtherFolder,
	SavedRepository,
	SavedState,
} from '../../domain/record/record.ts';
import {parseRecord, type ReadRecord} from '../../domain/record/record-file.ts';
import type {Files} from '../../ports/files.ts';
import {refusedLink} from './find-links.ts';

/** So many records are read at once: enough to keep a slow disk busy. */
const batchSize = 64;

/**
 * Reads what lies below a source's folder: each repository's record, and what has none that counts.
 * One folder that cannot be read says nothing about the others.
 */
export const readSavedState = async (files: Files, folder: string): Promise<SavedState> => {
	const repositories: SavedRepository[] = [];
	const unrecorded: string[] = [];
	const closed: ClosedFolder[] = [];
	const copies: OtherFolder[] = [];
	const known = new Set<string>();
	const names = (await files.listFolders(folder)).filter((name) => name !== ownFolder).sort();
	const links = (await files.listLinks(folder, 'here')).filter(isOfRepository);
	closed.push(...links.toSorted().map((name) => closeLink(folder, name)));
	for (let start = 0; start < names.length; start += batchSize) {
		const batch = names.slice(start, start + batchSize);
		const found = await Promise.all(batch.map((name) => readRecord(files, folder, name)));
		for (const [index, name] of batch.entries()) {
			const one = found[index];
			if (one?.state === 'read' && known.has(one.record.uuid)) {
				copies.push({folder: name, uuid: one.record.uuid});
			} else if (one?.state === 'read') {
				known.add(one.record.uuid);
				repositories.push({folder: name, record: one.record});
			} else if (one?.state === 'closed') {
				closed.push(one.closed);
			} else {
				unrecorded.push(name);
			}
		}
	}

	return {repositories, unrecorded, closed, copies};
};

/** It may lead to a repository's folder, to another's, or to nowhere. */
const closeLink = (parent: string, folder: string): ClosedFolder => ({
	folder,
	uuid: undefined,
	failure: refusedLink(joinPath(parent, folder)).failure,
});

type FoundRecord =
	| Exclude<ReadRecord, {readonly state: 'newer'}>
	| {readonly state: 'closed'; readonly closed: ClosedFolder};

/** Undefined where there is no record. */
const readRecord = async (
	files: Files,
	parent: string,
	folder: string,
): Promise<FoundRecord | undefined> => {
	const path = joinPath(parent, folder, recordFile);
	try {
		const text = await files.readText(path);
		const found = text === undefined ? undefined : parseRecord(text);
		return found?.state === 'newer'
			? {
					state: 'closed',
					closed: {folder, uuid: found.uuid, failure: {kind: 'record-newer', path: folder}},
				}
			: found;
	} catch (error) {
		if (error instanceof FailureError && !isLimit(error.failure)) {
			return {
				state: 'closed',
				closed: {folder, uuid: undefined, failure: asUnreadable(error.failure, path)},
			};
		}

		throw error;
	}
};

/** A record that cannot be read, whatever is the matter with its file. */
export const asUnreadable = (failure: Failure, path: string): Failure => ({
	kind: 'record-unreadable',
	path,
	detail: 'detail' in failure ? failure.detail : failure.kind,
});
