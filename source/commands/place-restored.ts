import {basename, dirname, join} from 'node:path';
import {StopError} from '../domain/failure/failure.ts';
import {nameFolders} from '../domain/restore/restore-places.ts';
import {isGlob} from '../domain/settings/name-filter.ts';
import type {SavedPart} from '../engine/restore/read-state.ts';
import {type Target, workFolder} from '../engine/restore/work-place.ts';
import type {SavedSource} from '../engine/saved/saved-sources.ts';
import type {RestoreInvocation} from '../invocation.ts';
import {isInside, resolveFolder} from '../locate-folder.ts';

/** Did nobody ask for a repository by its own name? */
export const isPattern = (wanted: RestoreInvocation['repositories']): boolean =>
	wanted === 'all' || wanted.every(isGlob);

/** A repository or its wiki, and the folder that it goes to. */
export type Placed = SavedPart & Target;

/**
 * Where each part goes: a repository that was named to the folder itself and its wiki beside it,
 * several each to a folder of its own name in it. Throws a StopError where one of these folders
 * lies in the backup.
 */
export const placeRestored = (
	{folder, repositories}: Pick<RestoreInvocation, 'folder' | 'repositories'>,
	parts: readonly SavedPart[],
	{sources, home}: {readonly sources: readonly SavedSource[]; readonly home: string},
): readonly Placed[] => {
	const base = resolveFolder(folder, home);
	const isOne = !isPattern(repositories) && parts.filter(({part}) => part === 'repo').length === 1;
	const names = isOne ? [] : nameParts(parts);
	const places = parts.map((part, index) => {
		const target = isOne
			? `${base}${suffixOf(part)}`
			: join(base, names[index] ?? part.repository.folder);
		const beside = join(dirname(target), `.${basename(target)}${workFolder}`);
		return {...part, target, beside};
	});
	for (const {target} of places) {
		refuseInBackup(target, sources);
	}

	return places;
};

/** As GitHub and GitLab call the repository of a wiki. */
const suffixOf = ({part}: SavedPart): string => (part === 'wiki' ? '.wiki' : '');

const nameParts = (parts: readonly SavedPart[]): readonly string[] =>
	nameFolders(
		parts.map((each) => ({
			source: each.repository.source.source,
			folder: `${each.repository.folder}${suffixOf(each)}`,
			slug: `${each.repository.record.slug}${suffixOf(each)}`,
		})),
	);

const refuseInBackup = (target: string, sources: readonly SavedSource[]): void => {
	if (sources.some(({folder}) => isInside(target, folder))) {
		throw new StopError(`${target} is a part of the backup.`, {
			advice: 'Name a folder outside of it: what lies there is taken for a saved repository.',
		});
	}
};
