import {FailureError} from '../../domain/failure/failure.ts';
import {type JsonObject, objectsOf, parseJson} from '../../domain/json.ts';
import {
	contentPath,
	type Download,
	damagedFolder,
	filesFolder,
	isSha256,
	noDownloads,
	readDownload,
} from '../../domain/metadata/downloads.ts';
import {nameFiles} from '../../domain/metadata/file-name.ts';
import {pathOf, readingPath} from '../../domain/metadata/paths.ts';
import {formatReading, parseReading, type Reading} from '../../domain/metadata/reading.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import type {Gap} from '../../domain/record/gap.ts';
import {formatCount, formatNames, formatNumber, formatSize} from '../../domain/text/format.ts';
import {findAbsentFiles, findForeignFiles} from '../../domain/verify/file-findings.ts';
import type {MirrorFinding} from '../../domain/verify/finding.ts';
import type {Completed, OffSiteFile, PartCopy, PartState, SaveWork} from '../part.ts';
import {type MetadataEntry, metadataName} from './entry.ts';

const listPath = pathOf({kind: 'downloads', value: []});

/** Contents by their SHA-256. */
type Named = ReadonlyMap<string, Download>;

const mirrorOf = ({folder}: Pick<PartCopy, 'folder'>): string => joinPath(folder, metadataName);

const toDownloads = (text: string | undefined): readonly Download[] =>
	objectsOf(parseJson(text)).flatMap((item) => readDownload(item) ?? []);

/** All contents that any state of the list named, up to a commit: none of them ever goes. */
const readNamed = async (
	{git, folder}: Pick<PartCopy, 'git' | 'folder'>,
	commit: string,
): Promise<Named> => {
	const mirror = mirrorOf({folder});
	const blobs = await Array.fromAsync(
		git.listVersions(mirror, commit, listPath),
		({before}) => before,
	);
	const named = new Map<string, Download>();
	for await (const text of git.readTexts(mirror, [...blobs, `${commit}:${listPath}`])) {
		for (const download of toDownloads(text)) {
			if (download.sha256 !== undefined) {
				named.set(download.sha256, download);
			}
		}
	}

	return named;
};

/** The contents that lie in `files/`, and whatever else lies there, as paths below the repository's folder. */
const listContents = async ({
	files,
	folder,
}: Pick<PartCopy, 'files' | 'folder'>): Promise<{
	readonly contents: readonly string[];
	readonly strays: readonly string[];
}> => {
	const contents: string[] = [];
	const strays: string[] = [];
	const visit = async (path: string, start: string): Promise<void> => {
		const place = joinPath(folder, path);
		for (const name of await files.listFiles(place)) {
			const isOurs = start.length === 4 && isSha256(name) && name.startsWith(start);
			(isOurs ? contents : strays).push(isOurs ? name : joinPath(path, name));
		}

		for (const name of await files.listFolders(place)) {
			if (start.length < 4 && /^[\da-f]{2}$/.test(name)) {
				await visit(joinPath(path, name), start + name);
			} else if (start !== '' || name !== damagedFolder) {
				strays.push(joinPath(path, name));
			}
		}
	};
	await visit(filesFolder, '');
	return {contents, strays};
};

/** Is it the path of a content? */
export const isDownload = (path: string): boolean => {
	const sha256 = path.slice(path.lastIndexOf('/') + 1);
	return isSha256(sha256) && path === contentPath(sha256);
};

/** They lie under the SHA-256 of their content, so none has to be read to know it. */
export const listDownloads = async (copy: PartCopy): Promise<readonly OffSiteFile[]> =>
	(await listContents(copy)).contents.map((sha256) => ({path: contentPath(sha256), sha256}));

type Checked = {
	readonly damaged: readonly string[];
	/** Named by a list and not here. */
	readonly missing: readonly string[];
	readonly strays: readonly string[];
};

/** Reads every content and compares it with its name. */
const check = async (copy: PartCopy, named: Named): Promise<Checked> => {
	const {files, folder, signal} = copy;
	const {contents, strays} = await listContents(copy);
	const damaged: string[] = [];
	for (const sha256 of contents) {
		signal.throwIfAborted();
		if ((await files.readSha256(joinPath(folder, contentPath(sha256)))) !== sha256) {
			damaged.push(sha256);
		}
	}

	const here = new Set(contents);
	return {damaged, missing: [...named.keys()].filter((one) => !here.has(one)), strays};
};

type Expected = {readonly named: Named; readonly lost: readonly string[]};

/** Nothing is expected where the lists cannot be read: the damage of their repository is found too. */
const readExpected = async (
	copy: PartCopy,
	known: MetadataEntry | undefined,
): Promise<Expected> => {
	const nothing = {named: new Map(), lost: []};
	try {
		const commit = await copy.git.readMetadataTip(mirrorOf(copy));
		if (commit === undefined) {
			return nothing;
		}

		const {lost = []} = (await readReading(copy, commit, known))?.downloads ?? noDownloads;
		return {named: await readNamed(copy, commit), lost};
	} catch (error) {
		copy.signal.throwIfAborted();
		if (error instanceof FailureError) {
			return nothing;
		}

		throw error;
	}
};

/** Finds everything that is wrong with the contents of downloads. */
export const verifyDownloads = async (
	copy: PartCopy,
	known: MetadataEntry | undefined,
): Promise<readonly MirrorFinding[]> => {
	const {named, lost} = await readExpected(copy, known);
	const {damaged, missing, strays} = await check(copy, named);
	const nameFile = (sha256: string) => {
		const {name, size = 0} = named.get(sha256) ?? {};
		return {oid: sha256, size, path: name};
	};
	const mirror = metadataName;
	const gone = missing.filter((one) => !lost.includes(one));
	const absent = missing.filter((one) => lost.includes(one));
	return [
		...damaged.map((one) => ({mirror, kind: 'file-damaged', ...nameFile(one)}) as const),
		...gone.map((one) => ({mirror, kind: 'file-missing', ...nameFile(one)}) as const),
		...findAbsentFiles(mirror, absent.map(nameFile)),
		...findForeignFiles(mirror, strays),
	];
};

/** The record tells how far the reading came, if it is of this commit; else the file there does. */
const readReading = async (
	{git, folder}: Pick<PartCopy, 'git' | 'folder'>,
	commit: string,
	known: MetadataEntry | undefined,
): Promise<Reading | undefined> => {
	const recorded =
		known?.state === 'saved' && known.commit === commit ? parseReading(known.reading) : undefined;
	if (recorded !== undefined) {
		return recorded;
	}

	const [text] = await Array.fromAsync(
		git.readTexts(mirrorOf({folder}), [`${commit}:${readingPath}`]),
	);
	return parseReading(parseJson(text));
};

/**
 * Sets damaged contents aside, and has the reading of the list begin anew where any content is
 * missing. Gives the reading as the record is to have it; undefined where nothing is wrong.
 */
export const mendDownloads = async (
	work: SaveWork,
	commit: string,
	known: MetadataEntry | undefined,
): Promise<JsonObject | undefined> => {
	const {files, folder, run} = work;
	const {damaged, missing} = await check(work, await readNamed(work, commit));
	if (damaged.length === 0 && missing.length === 0) {
		return undefined;
	}

	const aside = joinPath(folder, filesFolder, damagedFolder);
	for (const sha256 of damaged) {
		await work.assertLockHeld();
		await files.makeFolder(aside);
		await files.move(
			joinPath(folder, contentPath(sha256)),
			joinPath(aside, `${sha256}.${run.name}`),
		);
	}

	const reading = await readReading(work, commit, known);
	const {askedAt: _, ...downloads} = reading?.downloads ?? noDownloads;
	const lost = [...new Set([...damaged, ...missing])];
	return reading && formatReading({...reading, downloads: {...downloads, lost}});
};

/** Puts the contents into the folder `downloads` of what was just restored, under their own names. */
export const restoreDownloads = async (
	{git, files, folder, signal}: PartCopy,
	{head, refs}: PartState,
	target: string,
): Promise<Completed> => {
	const commit = refs.get(head ?? '') ?? [...refs.values()][0];
	const [text] = await Array.fromAsync(
		git.readTexts(mirrorOf({folder}), [`${commit}:${listPath}`]),
	);
	const downloads = toDownloads(text);
	const names = nameFiles(downloads.map(({name}) => name));
	const place = joinPath(target, 'downloads');
	const lacking: string[] = [];
	let count = 0;
	let size = 0;
	for (const [index, {sha256, name, ...download}] of downloads.entries()) {
		signal.throwIfAborted();
		const content = sha256 === undefined ? undefined : joinPath(folder, contentPath(sha256));
		if (content === undefined || (await files.readSha256(content)) !== sha256) {
			lacking.push(name);
			continue;
		}

		await files.makeFolder(place);
		await files.copy(content, joinPath(place, names[index] ?? ''));
		count += 1;
		size += download.size;
	}

	return {
		notes: count === 0 ? [] : [`${formatCount(count, 'download')} (${formatSize(size)})`],
		gaps: gapsOf(lacking, downloads.length),
		json: count === 0 ? {} : {downloads: {files: count, size}},
	};
};

const gapsOf = (lacking: readonly string[], all: number): readonly Gap[] =>
	lacking.length === 0
		? []
		: [
				{
					what: 'downloads',
					detail: `${formatNumber(lacking.length)} of ${formatNumber(all)} (${formatNames(lacking, lacking.length)})`,
					advice: 'cistern verify says more about them.',
					isAccepted: false,
				},
			];
