import {isJsonList, isJsonObject, parseJson} from '../../domain/json.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import type {PartCopy, PartWork} from '../part.ts';
import {isMissingFile, type Missing, type MissingFile, mostNamed, type Why} from './entry.ts';

/** In the repository's folder, only while something is missing. */
export const missingFile = 'lfs-missing.json';

const version = 1;

/** The files that a run found missing, by their ids. Undefined where the list is lost or unreadable. */
export const readMissing = async ({
	files,
	folder,
}: Pick<PartCopy, 'files' | 'folder'>): Promise<ReadonlyMap<string, MissingFile> | undefined> => {
	const list = parseList(await files.readText(joinPath(folder, missingFile)));
	return list && new Map(list.map((file) => [file.oid, file]));
};

const parseList = (text: string | undefined): readonly MissingFile[] | undefined => {
	const json = parseJson(text);
	const list = isJsonObject(json) ? json['missing'] : undefined;
	return isJsonList(list) && list.every(isMissingFile) ? list : undefined;
};

/** Written before the record, which never says more than is there. */
export const writeMissing = async (
	{files, folder}: Pick<PartCopy, 'files' | 'folder'>,
	missing: readonly MissingFile[],
): Promise<void> => {
	const path = joinPath(folder, missingFile);
	await (missing.length === 0
		? files.remove(path)
		: files.writeText(path, `${JSON.stringify({version, missing}, undefined, '\t')}\n`));
};

/** The missing files as the record has them; undefined where nothing is missing. */
export const summarise = (
	missing: readonly MissingFile[],
	asked: Pick<Missing, 'asked' | 'askedAt'>,
): Missing | undefined => {
	if (missing.length === 0) {
		return undefined;
	}

	const open = missing.filter(({accepted}) => accepted !== true);
	const why: Partial<Record<Why, number>> = {};
	for (const one of open) {
		why[one.why] = (why[one.why] ?? 0) + 1;
	}

	// One of each reason comes first, because the user hears of each.
	const ofEach = Object.keys(why).flatMap((reason) => open.find((one) => one.why === reason) ?? []);
	return {
		count: missing.length,
		bytes: missing.reduce((sum, {size}) => sum + size, 0),
		accepted: missing.length - open.length,
		why,
		first: [...new Set([...ofEach, ...open, ...missing])].slice(0, mostNamed),
		...asked,
	};
};

/** How often the server was asked for just these files. */
export const countAsks = (
	before: Missing | undefined,
	earlier: ReadonlyMap<string, MissingFile>,
	missing: readonly MissingFile[],
	{run}: Pick<PartWork, 'run'>,
): Pick<Missing, 'asked' | 'askedAt'> => ({
	asked: missing.every(({oid}) => earlier.has(oid)) ? (before?.asked ?? 0) + 1 : 1,
	askedAt: new Date(run.at).toISOString(),
});
