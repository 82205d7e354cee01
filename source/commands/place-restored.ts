import {StopError} from '../domain/failure/failure.ts';
import {joinPath} from '../domain/plan/layout.ts';
import {nameFolders} from '../domain/restore/restore-places.ts';
import {isGlob} from '../domain/settings/name-filter.ts';
import type {FoundRepository} from '../engine/look/find-repositories.ts';
import {refuseUnlessVacant} from '../engine/restore/restore-repository.ts';
import type {SavedSource} from '../engine/saved/saved-sources.ts';
import type {RestoreInvocation} from '../invocation.ts';
import {isInside, resolveFolder} from '../locate-folder.ts';
import type {World} from '../ports.ts';

/** A repository and the folder that it goes to, an absolute path. */
export type Place = {readonly repository: FoundRepository; readonly target: string};

/** Did nobody ask for a repository by its own name? */
export const isPattern = (wanted: RestoreInvocation['repositories']): boolean =>
	wanted === 'all' || wanted.every(isGlob);

/**
 * Where each repository goes: one that was named to the folder itself, several each to a folder of
 * its own name in it. Throws a StopError, before anything is written, where one of these folders
 * holds something or lies in the backup.
 */
export const placeRestored = async (
	{files, settings}: World,
	{folder, repositories}: RestoreInvocation,
	found: readonly FoundRepository[],
	sources: readonly SavedSource[],
): Promise<readonly Place[]> => {
	const base = resolveFolder(folder, settings.homeFolder);
	const names = nameFolders(
		found.map((each) => ({
			source: each.source.source,
			folder: each.folder,
			slug: each.record.slug,
		})),
	);
	const isOne = found.length === 1 && !isPattern(repositories);
	const places = found.map((repository, index) => ({
		repository,
		target: isOne ? base : joinPath(base, names[index] ?? repository.folder),
	}));
	for (const {target} of places) {
		refuseInBackup(target, sources);
		await refuseUnlessVacant(files, target);
	}

	return places;
};

const refuseInBackup = (target: string, sources: readonly SavedSource[]): void => {
	if (sources.some(({folder}) => isInside(target, folder))) {
		throw new StopError(`${target} is a part of the backup.`, {
			advice: 'Name a folder outside of it: what lies there is taken for a saved repository.',
		});
	}
};
