import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import {isLimit} from '../../domain/failure/failure-table.ts';
import {
	isOfRepository,
	joinPath,
	ownFolder,
	recordFile,
	repoFolder,
	runsFile,
	workspaceFolder,
} from '../../domain/plan/layout.ts';
import {
	type ClosedFolder,
	type EntryReader,
	formatRecord,
	type OtherFolder,
	parseRecord,
	partsIn,
	type RepositoryRecord,
	type SavedRepository,
	type SavedState,
} from '../../domain/record/record.ts';
import {
	inventoryOf,
	latestLines,
	type NotedRepository,
	parseRunLines,
	type RunLine,
} from '../../domain/run/run-line.ts';
import type {Files} from '../../ports/files.ts';
import type {FoundRecord, KnownRecords} from './known-records.ts';
import {refusedLink} from './links.ts';

/** Records that are read at once: enough to keep a slow disk busy. */
const batchSize = 64;

/**
 * Reads a source's folder: the record of each repository, and the folders without a usable record.
 * A folder that cannot be read does not hide the others. A record in `known` is not read.
 */
export const readSavedState = async (
	files: Files,
	folder: string,
	parts: readonly EntryReader[],
	known: KnownRecords = new Map(),
): Promise<SavedState> => {
	const repositories: SavedRepository[] = [];
	const unrecorded: string[] = [];
	const closed: ClosedFolder[] = [];
	const copies: OtherFolder[] = [];
	const uuids = new Set<string>();
	const names = (await files.listFolders(folder)).filter((name) => name !== ownFolder).sort();
	const links = (await files.listLinks(folder, 'here')).filter(isOfRepository);
	closed.push(...links.toSorted().map((name) => closeLink(folder, name)));
	for (let start = 0; start < names.length; start += batchSize) {
		const batch = names.slice(start, start + batchSize);
		const found = await Promise.all(
			batch.map(async (name) => {
				const before = known.get(name);
				const one = before ?? (await readRecord(files, parts, folder, name));
				if (before === undefined && one !== undefined) {
					known.set(name, one);
				}

				return one;
			}),
		);
		for (const [index, name] of batch.entries()) {
			const one = found[index];
			if (one !== undefined && 'record' in one && uuids.has(one.record.uuid)) {
				copies.push({folder: name, uuid: one.record.uuid});
			} else if (one !== undefined && 'record' in one) {
				uuids.add(one.record.uuid);
				repositories.push({folder: name, record: one.record});
			} else if (one?.state === 'closed') {
				closed.push(one.closed);
			} else if (name !== workspaceFolder) {
				unrecorded.push(name);
			}
		}
	}

	const mercurial: string[] = [];
	for (const name of unrecorded) {
		if (await isMercurial(files, joinPath(folder, name))) {
			mercurial.push(name);
		}
	}

	const workspace = await readWorkspace(files, parts, folder);
	return {repositories, unrecorded, mercurial, closed, copies, workspace};
};

const readWorkspace = async (
	files: Files,
	parts: readonly EntryReader[],
	folder: string,
): Promise<SavedRepository | undefined> => {
	const read = await readRecord(files, partsIn(workspaceFolder, parts), folder, workspaceFolder);
	return read?.state === 'read' ? {folder: workspaceFolder, record: read.record} : undefined;
};

/** Did an older backup program save a Mercurial repository in this folder of a repository? */
export const isMercurial = (files: Files, folder: string): Promise<boolean> =>
	files.exists(joinPath(folder, repoFolder, '.hg'));

/** Never followed: it may lead to another repository's folder, or to nothing. */
const closeLink = (parent: string, folder: string): ClosedFolder => ({
	folder,
	uuid: undefined,
	failure: refusedLink(joinPath(parent, folder)).failure,
});

/** Undefined if there is no record. */
const readRecord = async (
	files: Files,
	parts: readonly EntryReader[],
	parent: string,
	folder: string,
): Promise<FoundRecord | undefined> => {
	const close = (uuid: string | undefined, failure: Failure): FoundRecord => ({
		state: 'closed',
		closed: {folder, uuid, failure},
	});
	try {
		const text = await readRecordText(files, joinPath(parent, folder));
		const found = text === undefined ? undefined : parseRecord(text, parts);
		return found?.state === 'newer'
			? close(found.uuid, {kind: 'record-newer', path: folder})
			: found;
	} catch (error) {
		if (error instanceof FailureError && error.failure.kind === 'record-unreadable') {
			return close(undefined, error.failure);
		}

		throw error;
	}
};

/**
 * Reads the record's text in a repository's folder; undefined if there is none. Throws
 * `record-unreadable` for every fault of the file itself.
 */
export const readRecordText = async (files: Files, place: string): Promise<string | undefined> => {
	const path = joinPath(place, recordFile);
	try {
		return await files.readText(path);
	} catch (error) {
		if (error instanceof FailureError && !isLimit(error.failure)) {
			const {failure} = error;
			const detail = 'detail' in failure ? failure.detail : failure.kind;
			throw new FailureError({kind: 'record-unreadable', path, detail});
		}

		throw error;
	}
};

/** `place`: the repository's folder, an absolute path. Throws as `writeText` does. */
export const writeRecord = (files: Files, place: string, record: RepositoryRecord): Promise<void> =>
	files.writeText(joinPath(place, recordFile), formatRecord(record));

/** The content of a source's `runs.jsonl`. */
type SavedRuns = {
	/** The readable lines, oldest first. */
	readonly lines: readonly RunLine[];
} & (
	| {readonly state: 'missing'}
	/** `unreadable`: number of lines that cannot be read; a kill leaves one. */
	| {readonly state: 'read'; readonly unreadable: number}
	/** Something else lies in its place, or it cannot be read at all. */
	| {readonly state: 'closed'; readonly failure: Failure}
);

/** Path of the list of runs in a source's folder. */
export const runsPath = (folder: string): string => joinPath(folder, ownFolder, runsFile);

/** No backup depends on the list of runs, so a list that cannot be read stops nothing. */
export const readRuns = async (files: Files, folder: string): Promise<SavedRuns> => {
	try {
		const text = await files.readText(runsPath(folder));
		if (text === undefined) {
			return {state: 'missing', lines: []};
		}

		const lines = parseRunLines(text);
		const written = text.split('\n').filter((line) => line !== '').length;
		return {state: 'read', lines: latestLines(lines), unreadable: written - lines.length};
	} catch (error) {
		if (error instanceof FailureError && error.failure.kind === 'folder-unusable') {
			return {state: 'closed', lines: [], failure: error.failure};
		}

		throw error;
	}
};

/** Repositories that the list of runs has, and of which nothing is left in the source's folder. */
export const findVanished = async (
	{files, parts, folder}: {files: Files; parts: readonly EntryReader[]; folder: string},
	repositories: SavedState['repositories'],
	lines: readonly RunLine[],
): Promise<readonly NotedRepository[]> => {
	// One that was renamed by hand has its record elsewhere.
	const uuids = new Set(repositories.map(({record}) => record.uuid));
	const vanished: NotedRepository[] = [];
	for (const one of inventoryOf(lines).values()) {
		const names = [recordFile, ...parts.map((part) => part.name)];
		if (!uuids.has(one.uuid) && !(await holdsAny(files, joinPath(folder, one.folder), names))) {
			vanished.push(one);
		}
	}

	return vanished;
};

/** Is one of these names in a folder? A folder that cannot be read may have it. */
export const holdsAny = async (
	files: Files,
	folder: string,
	names: readonly string[],
): Promise<boolean> => {
	for (const name of names) {
		if (await files.exists(joinPath(folder, name)).catch(() => true)) {
			return true;
		}
	}

	return false;
};
