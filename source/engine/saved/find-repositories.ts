import {StopError} from '../../domain/failure/failure.ts';
import {joinPath, ownFolder, workspaceFolder} from '../../domain/plan/layout.ts';
import {isGlob} from '../../domain/plan/name-filter.ts';
import {isCalled, isNamed} from '../../domain/record/name-match.ts';
import {type EntryReader, type SavedRepository, withWorkspace} from '../../domain/record/record.ts';
import type {Settings} from '../../domain/settings/settings.ts';
import {suggest} from '../../domain/settings/settings-problem.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import type {Files} from '../../ports/files.ts';
import {readSavedState} from './saved-state.ts';

/** A source's folder on the disk. */
export type SavedSource = {
	/** Its title. */
	readonly source: string;
	/** Absolute path. */
	readonly folder: string;
	/** Address of its API, if the settings tell it. */
	readonly apiUrl?: string;
	/** The day on which its token expires, if the settings tell it. */
	readonly tokenExpires?: string | undefined;
	/** Titles of its stores, if the settings tell them. */
	readonly stores?: readonly string[];
};

/** A saved repository and its source. */
export type FoundRepository = SavedRepository & {readonly source: SavedSource};

/** A folder of a source without a readable record. */
type UnrecordedFolder = {readonly source: SavedSource; readonly folder: string};

type FoundFolders = {
	readonly recorded: readonly FoundRepository[];
	readonly unrecorded: readonly UnrecordedFolder[];
};

export const sourcesOfSettings = ({localFolder, sources}: Settings): readonly SavedSource[] =>
	sources.map(({title, apiUrl, tokenExpires, storeTitles = []}) => ({
		source: title,
		folder: joinPath(localFolder, title),
		apiUrl,
		tokenExpires,
		stores: storeTitles,
	}));

/**
 * Finds the sources in a backup folder without settings. `from` is the folder of one source, or the
 * folder that holds several; a source may be a link to another disk. Throws a StopError if
 * Cistern saved nothing.
 */
export const findSources = async (files: Files, from: string): Promise<readonly SavedSource[]> => {
	const names = [...(await files.listFolders(from)), ...(await files.listLinks(from, 'here'))];
	if (names.includes(ownFolder)) {
		return [{source: lastPart(from), folder: from}];
	}

	const sources: SavedSource[] = [];
	for (const name of names.toSorted()) {
		const folder = joinPath(from, name);
		if (await files.exists(joinPath(folder, ownFolder))) {
			sources.push({source: name, folder});
		}
	}

	if (sources.length === 0) {
		throw new StopError(`There is no backup of Cistern in ${from}.`, {
			advice:
				'Name the backup folder (localFolder of the settings), or the folder of one source in it.',
		});
	}

	return sources;
};

const lastPart = (path: string): string =>
	path.split(/[\\/]/).findLast((part) => part !== '') ?? path;

/**
 * Finds the saved repositories that names, `workspace/name` or globs mean. A plain name means the
 * repository that has it now, or else one that had it before; a former owner of a name that is in
 * use again is named by its folder. Throws a StopError for a name that fits none. `withWorkspace`: what
 * is saved of the workspace itself counts too; its name is that of its folder.
 */
export const findRepositories = async (
	files: Files,
	sources: readonly SavedSource[],
	wanted: readonly string[] | 'all',
	parts: readonly EntryReader[],
	withWorkspace = false,
): Promise<readonly FoundRepository[]> => {
	const {recorded: folders} = await listFolders(files, sources, parts);
	const recorded = folders.filter(({folder}) => withWorkspace || folder !== workspaceFolder);
	return wanted === 'all' ? recorded : findNamed(wanted, recorded);
};

/**
 * The same, and folders that lost their record: these are named by the folder, or by its part after
 * the `#`. Throws a StopError for a name that fits none.
 */
export const findFolders = async (
	files: Files,
	sources: readonly SavedSource[],
	wanted: readonly string[] | 'all',
	parts: readonly EntryReader[],
): Promise<FoundFolders> => {
	const {recorded, unrecorded} = await listFolders(files, sources, parts);
	if (wanted === 'all') {
		return {recorded, unrecorded};
	}

	const named = unrecorded.filter(({folder}) => wanted.some((name) => isCalled(folder, name)));
	const others = wanted.filter(
		(name) =>
			!named.some(({folder}) => isCalled(folder, name)) ||
			recorded.some(({record}) => isNamed(record, name)),
	);
	return {recorded: findNamed(others, recorded), unrecorded: named};
};

const listFolders = async (
	files: Files,
	sources: readonly SavedSource[],
	parts: readonly EntryReader[],
): Promise<FoundFolders> => {
	const recorded: FoundRepository[] = [];
	const unrecorded: UnrecordedFolder[] = [];
	for (const source of sources) {
		const state = await readSavedState(files, source.folder, parts);
		recorded.push(...withWorkspace(state).map((one) => ({...one, source})));
		const folders = [...state.unrecorded, ...state.closed.map((one) => one.folder)];
		unrecorded.push(...folders.map((folder) => ({source, folder})));
	}

	return {recorded, unrecorded};
};

const findNamed = (
	wanted: readonly string[],
	all: readonly FoundRepository[],
): readonly FoundRepository[] => [...new Set(wanted.flatMap((name) => findOne(name, all)))];

const findOne = (name: string, all: readonly FoundRepository[]): readonly FoundRepository[] => {
	const fitting = all.filter(({folder, record}) => folder === name || isNamed(record, name));
	if (fitting.length === 0) {
		return findRenamed(name, all);
	}

	const present = fitting.filter(({record}) => record.goneSince === undefined);
	return isGlob(name) || present.length === 0 || fitting.some(({folder}) => folder === name)
		? fitting
		: present;
};

/** Finds repositories by a former name. Throws a StopError that suggests the likely name. */
const findRenamed = (name: string, all: readonly FoundRepository[]): readonly FoundRepository[] => {
	const renamed = all.filter(({record}) =>
		record.formerNames.some((former) => former === name || former.endsWith(`/${name}`)),
	);
	if (renamed.length > 0) {
		return renamed;
	}

	const likely = suggest(
		name,
		all.map(({record}) => record.slug),
	);
	throw new StopError(`No saved repository is called "${toPrintable(name)}".`, {
		advice:
			likely === undefined
				? '"cistern status" lists what is saved.'
				: `Did you mean "${toPrintable(likely)}"? "cistern status" lists what is saved.`,
	});
};
