import {joinPath, recordFile} from '../../domain/plan/layout.ts';
import {
	type ClosedFolder,
	formatRecord,
	type ReadRecord,
	type RepositoryRecord,
} from '../../domain/record/record.ts';
import type {Files} from '../../ports/files.ts';

/** A folder's record after reading. */
export type FoundRecord =
	| Exclude<ReadRecord, {readonly state: 'newer'}>
	/** Nothing of it is on the disk: a store gave it. It is written once its folder is touched. */
	| {readonly state: 'unwritten'; readonly record: RepositoryRecord}
	| {readonly state: 'closed'; readonly closed: ClosedFolder};

/** Records of a source that need no reading, by the names of their folders. */
export type KnownRecords = Map<string, FoundRecord>;

/**
 * The same files. As soon as something is changed in a folder through them, its record is known no
 * more. A folder with an unwritten record counts as there, and is made before anything in it is touched.
 */
export const holdRecords = (files: Files, folder: string, known: KnownRecords): Files => {
	const nameIn = (path: string): string => path.slice(folder.length + 1).split('/', 1)[0] ?? '';
	const written = new Map<string, Promise<void>>();

	const write = async (name: string, record: RepositoryRecord): Promise<void> => {
		const place = joinPath(folder, name);
		await files.makeFolder(place);
		await files.writeUnsynced(joinPath(place, recordFile), formatRecord(record));
		known.delete(name);
	};
	/** Undefined where nothing has to be written first. */
	const writeFirst = (path: string): Promise<void> | undefined => {
		const name = nameIn(path);
		const found = known.get(name);
		if (found?.state !== 'unwritten') {
			return undefined;
		}

		const writing = written.get(name) ?? write(name, found.record);
		written.set(name, writing);
		return writing.finally(() => written.delete(name));
	};

	const touching =
		<Rest extends unknown[], Result>(act: (path: string, ...rest: Rest) => Promise<Result>) =>
		(path: string, ...rest: Rest): Promise<Result> => {
			const writing = writeFirst(path);
			return writing === undefined ? act(path, ...rest) : writing.then(() => act(path, ...rest));
		};
	const changing = <Rest extends unknown[], Result>(
		act: (path: string, ...rest: Rest) => Promise<Result>,
	) =>
		touching((path: string, ...rest: Rest): Promise<Result> => {
			known.delete(nameIn(path));
			return act(path, ...rest);
		});
	const changingBoth = <Rest extends unknown[], Result>(
		act: (from: string, to: string, ...rest: Rest) => Promise<Result>,
	) =>
		changing(async (from: string, to: string, ...rest: Rest): Promise<Result> => {
			await writeFirst(to);
			known.delete(nameIn(to));
			return act(from, to, ...rest);
		});
	return {
		...files,
		listFolders: touching(async (path) => {
			const names = await files.listFolders(path);
			return path === folder ? [...new Set([...names, ...unwrittenIn(known)])] : names;
		}),
		exists: touching(files.exists),
		readText: touching(files.readText),
		listFiles: touching(files.listFiles),
		listLinks: touching(files.listLinks),
		makeFolder: touching(files.makeFolder),
		writeText: changing(files.writeText),
		writeUnsynced: changing(files.writeUnsynced),
		publishText: changing(files.publishText),
		remove: changing(files.remove),
		copy: changingBoth(files.copy),
		move: changingBoth(files.move),
		moveContent: changingBoth(files.moveContent),
	};
};

const unwrittenIn = (known: KnownRecords): readonly string[] =>
	[...known].flatMap(([name, {state}]) => (state === 'unwritten' ? [name] : []));
