import {FailureError} from '../../domain/failure/failure.ts';
import {describeFailure} from '../../domain/failure/failure-table.ts';
import {ifAny} from '../../domain/given.ts';
import type {JsonObject} from '../../domain/json.ts';
import {
	areDownloadsDue,
	contentPath,
	type Download,
	type DownloadsState,
	filesFolder,
	keyOfDownload,
	type MissingDownload,
	noDownloads,
	readDownload,
} from '../../domain/metadata/downloads.ts';
import {pathOf} from '../../domain/metadata/paths.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import {fullName} from '../../domain/plan/repository.ts';
import {formatCount, formatSize, isoTime} from '../../domain/text/format.ts';
import {metadataName} from '../../parts/metadata/entry.ts';
import {refuseLinksOfRepository} from '../saved/links.ts';
import type {Collecting, Step} from './collect.ts';
import {type CopyInSession, readSaved, recordCopy} from './copy.ts';
import {parseList} from './draft.ts';
import {describeDenied, isOfOneContent} from './reader.ts';
import {readWhole} from './whole-answer.ts';

const listPath = pathOf({kind: 'downloads', value: []});

/** Contents whose names a kill may cost. The list is written anew for each such batch. Bytes, files. */
const mostBytes = 64 * 1024 * 1024;
const mostFiles = 100;

/**
 * Reads the list of a repository's downloads, and the contents that are not here yet. The contents
 * lie in `files/` by their SHA-256, and the list names it. A content that was replaced or deleted
 * upstream stays.
 */
export const readDownloads: Step = async (work) => {
	const {downloads = noDownloads} = work.reading;
	const {clock} = work.session;
	if (!areDownloadsDue(downloads, clock.now())) {
		return;
	}

	const {repository} = work.copy;
	work.tell('downloads');
	const answer = await readWhole(work, {kind: 'downloads', repository});
	const askedAt = isoTime(clock.now());
	if (answer.state === 'read') {
		await fetchContents(work, {askedAt, items: answer.values});
		return;
	}

	const denied = describeDenied(answer);
	if (downloads.denied === undefined) {
		// Told once; `cistern status` has it from then on.
		work.session.notice(
			`Bitbucket does not give the downloads of ${fullName(repository)}: ${denied}.`,
		);
	}

	await work.moveTo({downloads: {...downloads, askedAt, denied, left: 0, missing: undefined}});
};

/** The contents of a repository, which lie in its folder or in a store alone. */
type Contents = {
	has(sha256: string): Promise<boolean>;
	/** Moves a file into its place among them. */
	keep(file: string, sha256: string): Promise<void>;
	/** Copies that need room on this disk while a content comes. */
	readonly copies: number;
};

const openContents = ({session, copy}: CopyInSession): Contents => {
	const {files, keeper} = session;
	const {repository, name} = copy;
	const kept = keeper?.filesOf({id: repository.uuid, folder: name, part: metadataName});
	const pathOf = (sha256: string): string => joinPath(copy.folder, contentPath(sha256));
	let there: Promise<Set<string>> | undefined;
	const listKept = async (): Promise<Set<string>> => new Set(await kept?.list());
	const has = async (sha256: string): Promise<boolean> => {
		if (kept === undefined) {
			return files.exists(pathOf(sha256));
		}

		there ??= listKept();
		return (await there).has(contentPath(sha256));
	};
	return {
		has,
		keep: async (file, sha256) => {
			await session.assertLockHeld();
			if (await has(sha256)) {
				await files.remove(file);
				return;
			}

			const place = pathOf(sha256);
			await files.makeFolder(place.slice(0, place.lastIndexOf('/')));
			await files.move(file, place);
			if (kept !== undefined) {
				// The store may get the record together with it.
				await recordCopy(session, copy);
				await kept.take({path: contentPath(sha256), sha256});
				(await there)?.add(contentPath(sha256));
			}
		},
		copies: kept === undefined ? 1 : 2,
	};
};

/** A list of downloads, while their contents come. */
type Fetching = {
	readonly contents: Contents;
	readonly askedAt: string;
	/** As Bitbucket listed them. */
	readonly items: readonly JsonObject[];
	/** Of the contents that are here, by the keys of their downloads. */
	readonly hashes: Map<string, string>;
	readonly missing: MissingDownload[];
	/** Contents that were not asked for yet. */
	left: number;
};

/** The smallest come first, so that most of them are here where the disk has no room for all. */
const fetchContents = async (
	work: Collecting,
	{askedAt, items}: Pick<Fetching, 'askedAt' | 'items'>,
): Promise<void> => {
	const contents = openContents(work);
	const hashes = await readHashes(work, contents);
	const wanted = toDownloads(items)
		.filter((one) => !hashes.has(keyOfDownload(one)))
		.toSorted((one, other) => one.size - other.size);
	if (wanted.length > 0) {
		await refuseLinksOfRepository(work.session.files, work.copy.folder, [{name: filesFolder}]);
	}

	const fetching = {contents, askedAt, items, hashes, missing: [], left: wanted.length};
	try {
		await fetchEach(work, fetching, wanted);
	} finally {
		await nameContents(work, fetching);
	}

	await noticeLost(work, contents);
};

const fetchEach = async (
	work: Collecting,
	fetching: Fetching,
	wanted: readonly Download[],
): Promise<void> => {
	let [files, bytes] = [0, 0];
	for (const download of wanted) {
		const {name, size} = download;
		const saved = await saveContent(work, fetching.contents, download);
		fetching.left -= 1;
		if (typeof saved !== 'string') {
			fetching.missing.push({name, size, ...saved});
			continue;
		}

		fetching.hashes.set(keyOfDownload(download), saved);
		work.draft.countDownload(size);
		files += 1;
		bytes += size;
		if (files >= mostFiles || bytes >= mostBytes) {
			await nameContents(work, fetching);
			[files, bytes] = [0, 0];
		}
	}
};

/** Puts the list with the hashes of all contents that are here into the draft. */
const nameContents = async (
	work: Collecting,
	{askedAt, items, hashes, missing, left}: Fetching,
): Promise<void> => {
	const here = toDownloads(items).filter((one) => hashes.has(keyOfDownload(one)));
	work.draft.put({kind: 'downloads', value: items.map((item) => nameContent(item, hashes))});
	const downloads: DownloadsState = {
		askedAt,
		files: here.length,
		size: here.reduce((sum, {size}) => sum + size, 0),
		left,
		missing: ifAny([...missing]),
		lost: work.reading.downloads?.lost,
	};
	await work.moveTo({downloads});
};

/** A hash that Bitbucket names is not one of ours. */
const toDownloads = (items: readonly JsonObject[]): readonly Download[] =>
	items.flatMap((item) => readDownload({...item, sha256: undefined}) ?? []);

/** The item with the hash of its content, if that is here. */
const nameContent = (item: JsonObject, hashes: ReadonlyMap<string, string>): JsonObject => {
	const download = readDownload({...item, sha256: undefined});
	const sha256 = download && hashes.get(keyOfDownload(download));
	return {...item, ...(sha256 !== undefined && {sha256})};
};

/** The contents that the saved list names and that are here. */
const readHashes = async (at: CopyInSession, contents: Contents): Promise<Map<string, string>> => {
	const saved = await readSaved(at, [listPath]);
	const hashes = new Map<string, string>();
	for (const item of parseList(saved.get(listPath))) {
		const download = readDownload(item);
		if (download?.sha256 !== undefined && (await contents.has(download.sha256))) {
			hashes.set(keyOfDownload(download), download.sha256);
		}
	}

	return hashes;
};

type Unsaved = Pick<MissingDownload, 'why' | 'words'>;

/** The SHA-256 of its content, which is then in its place, or why it is not. */
const saveContent = async (
	work: Collecting,
	contents: Contents,
	download: Download,
): Promise<string | Unsaved> => {
	const {files} = work.session;
	const free = (await files.readFreeSpace(work.copy.folder)) / contents.copies;
	if (download.size > free) {
		return {why: 'no-room', words: `only ${formatSize(free)} are free`};
	}

	try {
		return await fetchContent(work, contents, download);
	} catch (error) {
		if (!(error instanceof FailureError)) {
			throw error;
		}

		const {failure} = error;
		if (failure.kind === 'disk-full') {
			return {why: 'no-room', words: 'the disk became full'};
		}

		if (!isOfOneContent(failure)) {
			throw error;
		}

		return {why: 'failed', words: describeFailure(failure).what};
	}
};

const fetchContent = async (
	work: Collecting,
	contents: Contents,
	{name, size}: Download,
): Promise<string | Unsaved> => {
	const {files, bitbucket, signal, workFolder} = work.session;
	const {repository} = work.copy;
	const aside = joinPath(workFolder, `${repository.uuid}.download`);
	work.tell(`download ${name}, ${formatSize(size)}`);
	if (!isNameInAddress(name)) {
		return {why: 'denied', words: 'no address leads to a file of such a name'};
	}

	await files.makeFolder(workFolder);
	const saved = await work.take(1, async () => {
		await files.remove(aside);
		return bitbucket.saveDownload(repository, name, aside, {signal, limit: size});
	});
	switch (saved.state) {
		case 'saved':
			if (saved.size !== size) {
				return notAsListed;
			}

			await contents.keep(aside, saved.sha256);
			return saved.sha256;
		case 'too-large':
			return notAsListed;
		default:
			return {why: 'denied', words: describeDenied(saved)};
	}
};

/** It was replaced meanwhile, or the storage sends something else. */
const notAsListed: Unsaved = {why: 'failed', words: 'it has another size than the list says'};

/** An address with one of the others leads elsewhere, or cannot be written. */
const isNameInAddress = (name: string): boolean =>
	name !== '.' && name !== '..' && name.isWellFormed();

/** A damaged content comes back with its file. One whose file is gone upstream is lost. */
const noticeLost = async (work: Collecting, contents: Contents): Promise<void> => {
	const {downloads = noDownloads} = work.reading;
	const lost: string[] = [];
	for (const sha256 of downloads.lost ?? []) {
		if (!(await contents.has(sha256))) {
			lost.push(sha256);
		}
	}

	if (lost.length > 0) {
		work.session.notice(
			`${formatCount(lost.length, 'download')} of ${fullName(work.copy.repository)} that Bitbucket does not have any more ${lost.length === 1 ? 'is' : 'are'} damaged or missing here. Look for another copy of its folder ${filesFolder}.`,
		);
	}

	await work.moveTo({downloads: {...downloads, lost: ifAny(lost)}});
};
