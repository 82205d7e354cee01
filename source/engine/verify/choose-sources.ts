import {fullName} from '../../domain/plan/repository.ts';
import {matchesAny} from '../../domain/settings/name-filter.ts';
import type {Files} from '../../ports.ts';
import {findRepositories} from '../look/find-repositories.ts';
import type {SavedSource} from '../saved/saved-sources.ts';
import {readSavedState} from '../saved/saved-state.ts';
import type {SourceToVerify} from './verify-source.ts';

/**
 * Which folders of which sources names, `workspace/name` or globs mean; all where there are none.
 * What has no record that can be read is called by its folder, or by the part behind `#`. Throws a
 * StopError for a name that fits none.
 */
export const chooseSources = async (
	files: Files,
	sources: readonly SavedSource[],
	wanted: readonly string[],
): Promise<readonly SourceToVerify[]> => {
	if (wanted.length === 0) {
		return sources.map((source) => ({source, folders: undefined}));
	}

	const fitting = new Map<SavedSource, Set<string>>(sources.map((source) => [source, new Set()]));
	const recorded = await findRepositories(files, sources, 'all');
	const known = new Set<string>();
	for (const [source, folders] of fitting) {
		const {unrecorded, closed} = await readSavedState(files, source.folder);
		for (const folder of [...unrecorded, ...closed.map((one) => one.folder)]) {
			for (const name of wanted.filter((one) => isCalled(folder, one))) {
				folders.add(folder);
				known.add(name);
			}
		}
	}

	const isOfRecorded = (name: string): boolean =>
		recorded.some(
			({record}) => matchesAny(record.slug, [name]) || matchesAny(fullName(record), [name]),
		);
	const open = wanted.filter((name) => !known.has(name) || isOfRecorded(name));
	for (const {source, folder} of await findRepositories(files, sources, open)) {
		fitting.get(source)?.add(folder);
	}

	return [...fitting]
		.filter(([, {size}]) => size > 0)
		.map(([source, folders]) => ({source, folders: [...folders]}));
};

const isCalled = (folder: string, name: string): boolean =>
	[folder, folder.slice(folder.indexOf('#') + 1), folder.replace('#', '/')].some((each) =>
		matchesAny(each, [name]),
	);
