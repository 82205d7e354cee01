import type {Files} from '../../ports/files.ts';
import type {SavedSource} from '../saved/find-repositories.ts';
import {findFolders} from '../saved/find-repositories.ts';
import type {SourceToVerify} from './verify-source.ts';

/**
 * Which folders of which sources names, `workspace/name` or globs mean; all where there are none.
 * Throws a StopError for a name that fits none.
 */
export const chooseSources = async (
	files: Files,
	sources: readonly SavedSource[],
	wanted: readonly string[],
): Promise<readonly SourceToVerify[]> => {
	if (wanted.length === 0) {
		return sources.map((source) => ({source, folders: undefined}));
	}

	const {recorded, unrecorded} = await findFolders(files, sources, wanted);
	const fitting = new Map<SavedSource, string[]>();
	for (const {source, folder} of [...recorded, ...unrecorded]) {
		fitting.set(source, [...(fitting.get(source) ?? []), folder]);
	}

	return [...fitting].map(([source, folders]) => ({source, folders}));
};
