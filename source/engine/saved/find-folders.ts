import {isCalled, isNamed} from '../../domain/record/name-match.ts';
import type {Files} from '../../ports/files.ts';
import {type FoundRepository, findRepositories} from './find-repositories.ts';
import type {SavedSource} from './saved-sources.ts';
import {readSavedState} from './saved-state.ts';

/** A folder of a source without a record that can be read. */
export type UnrecordedFolder = {readonly source: SavedSource; readonly folder: string};

export type FoundFolders = {
	readonly recorded: readonly FoundRepository[];
	readonly unrecorded: readonly UnrecordedFolder[];
};

/**
 * What names, `workspace/name` or globs mean, where what has lost its record counts as well: that is
 * called by its folder, or by the part behind `#`. Throws a StopError for a name that fits none.
 */
export const findFolders = async (
	files: Files,
	sources: readonly SavedSource[],
	wanted: readonly string[] | 'all',
): Promise<FoundFolders> => {
	const unrecorded = await listUnrecorded(files, sources);
	const recorded = await findRepositories(files, sources, 'all');
	if (wanted === 'all') {
		return {recorded, unrecorded};
	}

	const named = unrecorded.filter(({folder}) => wanted.some((name) => isCalled(folder, name)));
	const open = wanted.filter(
		(name) =>
			!named.some(({folder}) => isCalled(folder, name)) ||
			recorded.some(({record}) => isNamed(record, name)),
	);
	return {recorded: await findRepositories(files, sources, open), unrecorded: named};
};

const listUnrecorded = async (
	files: Files,
	sources: readonly SavedSource[],
): Promise<readonly UnrecordedFolder[]> => {
	const found: UnrecordedFolder[] = [];
	for (const source of sources) {
		const {unrecorded, closed} = await readSavedState(files, source.folder);
		const folders = [...unrecorded, ...closed.map((one) => one.folder)];
		found.push(...folders.map((folder) => ({source, folder})));
	}

	return found;
};
