import type {Failure} from '../../domain/failure/failure.ts';
import {describeFailure} from '../../domain/failure/failure-table.ts';
import {isJsonObject, type JsonObject, parseJson} from '../../domain/json.ts';
import {describeCommit, type News} from '../../domain/metadata/news.ts';
import {
	fileOf,
	pathOfPullRequest,
	readingPath,
	readPullRequestPath,
} from '../../domain/metadata/paths.ts';
import {
	emptyReading,
	formatReading,
	parseReading,
	type Reading,
} from '../../domain/metadata/reading.ts';
import {joinPath, recordFile} from '../../domain/plan/layout.ts';
import type {PlanItem} from '../../domain/plan/plan.ts';
import {fullName, type Repository} from '../../domain/plan/repository.ts';
import {type RepositoryRecord, usableRecord} from '../../domain/record/record.ts';
import {
	describeMetadata,
	importMetadata,
	isSavedMetadata,
	metadataName,
} from '../../parts/metadata/entry.ts';
import {writeRecord} from '../saved/saved-state.ts';
import type {Session} from '../session.ts';
import type {Draft} from './draft.ts';

/** A repository's saved metadata, and how far the reading of them came. `saveDraft` moves it on. */
export type Copy = {
	readonly repository: Repository;
	/** The name of the repository's folder, and its absolute path. */
	readonly name: string;
	readonly folder: string;
	readonly mirror: string;
	record: RepositoryRecord;
	/** The newest commit; undefined before the first. */
	tip: string | undefined;
	reading: Reading;
	/** Are there commits that the record does not name? */
	isUnrecorded: boolean;
	/** Of a copy in a store alone: its record when its mirror came. Undefined while the mirror is away. */
	lent: RepositoryRecord | undefined;
	/** Why the copy in the store could not be read, and begins anew. */
	unreadable: Failure | undefined;
};

/** A copy, and the session that works on it. */
export type CopyInSession = {readonly session: Session; readonly copy: Copy};

/** Undefined for a repository that was never saved: it has no record that could name the copy. */
export const findCopy = async (session: Session, item: PlanItem): Promise<Copy | undefined> => {
	const record = await findRecord(session, item.folder);
	return record && makeCopy(session, item.repository, item.folder, record);
};

const findRecord = async (
	{files, folder, records, run}: Session,
	name: string,
): Promise<RepositoryRecord | undefined> => {
	const known = records.get(name);
	if (known !== undefined && 'record' in known) {
		return known.record;
	}

	// One that cannot be read has closed its folder before, and the run says so.
	const path = joinPath(joinPath(folder, name), recordFile);
	const text = await files.readText(path).catch(() => undefined);
	return usableRecord(text, run.parts);
};

/** The copy in a folder of this name with this record, before it is opened. */
export const makeCopy = (
	session: Session,
	repository: Repository,
	name: string,
	record: RepositoryRecord,
): Copy => {
	const folder = joinPath(session.folder, name);
	const entry = record.parts[metadataName];
	return {
		repository,
		name,
		folder,
		mirror: joinPath(folder, metadataName),
		record,
		tip: undefined,
		reading: (isSavedMetadata(entry) ? parseReading(entry.reading) : undefined) ?? emptyReading,
		isUnrecorded: false,
		lent: undefined,
		unreadable: undefined,
	};
};

/** Opens a copy: finds its newest commit, and how far the reading came. */
export const openCopy = (session: Session, copy: Copy): Promise<void> =>
	session.keeper === undefined ? takeMirror(session, copy) : takeRecord(session, copy);

/** Takes the copy as its mirror has it. After a kill between the commit and the record, git has what counts. */
const takeMirror = async (session: Session, copy: Copy): Promise<void> => {
	const {files, git} = session;
	const entry = copy.record.parts[metadataName];
	copy.tip = (await files.exists(copy.mirror)) ? await git.readMetadataTip(copy.mirror) : undefined;
	const recorded =
		isSavedMetadata(entry) && entry.commit === copy.tip ? parseReading(entry.reading) : undefined;
	copy.isUnrecorded = copy.tip !== undefined && recorded === undefined;
	copy.reading = copy.isUnrecorded ? await readReading(session, copy) : (recorded ?? emptyReading);
};

/** The mirror lies in a store. It is brought where the record does not tell how far the reading came. */
const takeRecord = async (session: Session, copy: Copy): Promise<void> => {
	const entry = copy.record.parts[metadataName];
	const saved = isSavedMetadata(entry) ? entry : undefined;
	const recorded = saved && parseReading(saved.reading);
	copy.tip = saved?.commit;
	copy.reading = recorded ?? emptyReading;
	if (entry !== undefined && recorded === undefined) {
		await bringCopy(session, copy);
		await keepCopy(session, copy);
	}
};

/**
 * Brings the mirror of a copy that lies in a store alone. Where it cannot be read, everything is read
 * from Bitbucket again. The watermark stays, so that the next look misses nothing.
 */
export const bringCopy = async (session: Session, copy: Copy): Promise<void> => {
	const {keeper, notice} = session;
	if (keeper === undefined || copy.lent !== undefined) {
		return;
	}

	const {
		record,
		name,
		tip: before,
		reading: {watermark},
	} = copy;
	const failure = await keeper.lend({folder: name, record}, metadataName);
	const isNew = failure !== undefined && copy.unreadable === undefined;
	copy.unreadable ??= failure;
	copy.lent = record;
	await takeMirror(session, copy);
	if (before !== undefined && copy.tip === undefined) {
		copy.reading = {...emptyReading, watermark};
	}

	if (isNew) {
		notice(
			`The metadata of ${fullName(copy.repository)} in the store ${describeUnreadable(failure)}. All of it is read from Bitbucket and sent again. Its earlier states stay in the store.`,
		);
	}
};

const describeUnreadable = (failure: Failure): string =>
	failure.kind === 'identity-refused'
		? 'is not sealed for the key of this run'
		: `cannot be read (${describeFailure(failure).what})`;

/** Records a copy. One that lies in a store alone goes back there. */
export const keepCopy = async (session: Session, copy: Copy): Promise<void> => {
	const {lent, name} = copy;
	await recordCopy(session, copy);
	if (lent !== undefined) {
		copy.lent = undefined;
		await session.keeper?.take({folder: name, record: copy.record}, {folder: name, record: lent});
	}
};

/** The same in the middle of the work. */
export const keepCopySoFar = async (session: Session, copy: Copy): Promise<void> => {
	if (session.keeper !== undefined && copy.tip !== undefined) {
		await recordCopy(session, copy);
		await session.keeper.takeSoFar({folder: copy.name, record: copy.record});
	}
};

const readReading = async (session: Session, copy: Copy): Promise<Reading> => {
	const saved = await readSavedObjects({session, copy}, [readingPath]);
	return parseReading(saved.get(readingPath)) ?? emptyReading;
};

/** The text of each of these files that is saved, from one process. */
export const readSaved = async (
	{session: {git}, copy: {mirror, tip}}: CopyInSession,
	paths: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
	const found = new Map<string, string>();
	if (tip === undefined || paths.length === 0) {
		return found;
	}

	let index = 0;
	for await (const text of git.readTexts(
		mirror,
		paths.map((path) => `${tip}:${path}`),
	)) {
		const path = paths[index];
		index += 1;
		if (text !== undefined && path !== undefined) {
			found.set(path, text);
		}
	}

	return found;
};

/** The objects of these files that are saved, by path. */
export const readSavedObjects = async (
	at: CopyInSession,
	paths: readonly string[],
): Promise<ReadonlyMap<string, JsonObject>> =>
	new Map(
		[...(await readSaved(at, paths))].flatMap(([path, text]) => {
			const value = parseJson(text);
			return isJsonObject(value) ? [[path, value] as const] : [];
		}),
	);

/** Files that are read from a mirror at once. */
export const batch = 500;

/** Saved pull requests with their numbers, some at a time. One that is not saved is left out. */
export async function* readPullRequests(
	at: CopyInSession,
	ids: readonly number[],
): AsyncGenerator<readonly {readonly id: number; readonly value: JsonObject}[]> {
	for (let start = 0; start < ids.length; start += batch) {
		const some = ids.slice(start, start + batch);
		const pathOf = (id: number): string => pathOfPullRequest(id, 'pull-request');
		const files = await readSavedObjects(at, some.map(pathOf));
		yield some.flatMap((id) => {
			const value = files.get(pathOf(id));
			return value === undefined ? [] : [{id, value}];
		});
	}
}

/** The numbers of all saved pull requests, the smallest first as text, some at a time. */
export async function* listPullRequests({
	session: {git},
	copy: {mirror, tip},
}: CopyInSession): AsyncGenerator<readonly number[]> {
	if (tip === undefined) {
		return;
	}

	let ids: number[] = [];
	for await (const path of git.listFiles(mirror, tip, 'pull-requests')) {
		const found = readPullRequestPath(path);
		if (found?.file === 'pull-request.json') {
			ids.push(found.id);
			if (ids.length === batch) {
				yield ids;
				ids = [];
			}
		}
	}

	yield ids;
}

/**
 * Saves what was read and how far the reading came, in one commit; the record follows. Where nothing
 * was new, there is no commit, and the record alone tells how far the reading came: without it, a run
 * would ask again for what the commit does not name. `reading`: with this draft.
 */
export const saveDraft = async (
	session: Session,
	copy: Copy,
	draft: Draft,
	reading: Reading,
): Promise<News> => {
	const finished = draft.finish(await readSaved({session, copy}, draft.paths()));
	const next = {
		...reading,
		total: reading.total + finished.added,
		images: finished.images ?? reading.images,
	};
	const isEmpty = copy.tip !== undefined && finished.files.size + finished.contents.size === 0;
	if (isEmpty && isSame(next, copy.reading)) {
		return finished;
	}

	await session.assertLockHeld();
	if (!isEmpty) {
		copy.tip = await commit(session, copy, finished, next);
	}

	copy.reading = next;
	copy.isUnrecorded = true;
	if (isEmpty) {
		await recordCopy(session, copy);
	}

	return finished;
};

const isSame = (left: Reading, right: Reading): boolean =>
	JSON.stringify(formatReading(left)) === JSON.stringify(formatReading(right));

/** Gives the id of the new commit. */
const commit = async (
	{git, files, clock, notice}: Session,
	{folder, repository}: Copy,
	finished: ReturnType<Draft['finish']>,
	reading: Reading,
): Promise<string> => {
	const {path, text} = fileOf({kind: 'reading', value: formatReading(reading)});
	const texts = [...finished.files, [path, text] as const];
	const changes = [
		...texts.map(([name, content]) => ({path: name, text: content})),
		...[...finished.contents].map(([name, file]) => ({path: name, file})),
	];
	const paths = [...finished.files.keys(), ...finished.contents.keys()];
	const message = `${describeCommit(finished, paths)}\n`;
	const tip = await importMetadata({git, folder}, changes, {message, at: clock.now()});
	for (const file of finished.contents.values()) {
		await files.remove(file);
	}

	for (const name of finished.secrets) {
		notice(`${fullName(repository)} has a secret in its field ${name}; it is not saved.`);
	}

	return tip;
};

/** Writes the record with the copy as it is now. */
export const recordCopy = async (session: Session, copy: Copy): Promise<void> => {
	const {git, files, digest, clock} = session;
	const {record, folder, tip} = copy;
	if (tip === undefined || !copy.isUnrecorded) {
		return;
	}

	const known = record.parts[metadataName];
	const reading = formatReading(copy.reading);
	const entry =
		isSavedMetadata(known) && known.commit === tip
			? {...known, reading}
			: await describeMetadata({git, files, digest, folder}, tip, {
					reading,
					changedAt: clock.now(),
				});
	copy.record = {...record, parts: {...record.parts, [metadataName]: entry}};
	await writeRecord(files, folder, copy.record);
	copy.isUnrecorded = false;
};
