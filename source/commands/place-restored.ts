import {basename, dirname, join} from 'node:path';
import {exitCodes} from '../domain/failure/exit-code.ts';
import {StopError} from '../domain/failure/failure.ts';
import {isGlob} from '../domain/plan/name-filter.ts';
import {fillIn, namePlace} from '../domain/restore/push-url.ts';
import {nameFolders} from '../domain/restore/restore-places.ts';
import type {SavedPart} from '../engine/restore/read-state.ts';
import {restoreFolder, type Target} from '../engine/restore/work-place.ts';
import type {SavedSource} from '../engine/saved/find-repositories.ts';
import type {RestoreInvocation} from '../invocation.ts';
import {isInside} from '../locate-folder.ts';
import type {Files} from '../ports/files.ts';

/** Did nobody ask for a repository by its own name? */
export const isPattern = (wanted: RestoreInvocation['repositories']): boolean =>
	wanted === 'all' || wanted.every(isGlob);

/**
 * The folder that each part goes to: a repository that was named to the folder itself and its wiki
 * beside it, several each to a folder of its own name in it.
 */
export const placeInFolders = (
	base: string,
	parts: readonly SavedPart[],
	repositories: RestoreInvocation['repositories'],
): readonly (SavedPart & Target)[] => {
	const isOne = !isPattern(repositories) && parts.filter(({part}) => part === 'repo').length === 1;
	const names = nameParts(parts);
	return parts.map((part, index) => {
		const target = isOne ? `${base}${suffixOf(part)}` : join(base, names[index] ?? '');
		return {...part, target, beside: join(dirname(target), `.${basename(target)}${restoreFolder}`)};
	});
};

/**
 * The address that each part is pushed to. A wiki goes to `name.wiki`; without a place for the name
 * there is no address for it. Throws a StopError where two would go to one address.
 */
export const placeAtRemotes = (
	url: string,
	parts: readonly SavedPart[],
): readonly (SavedPart & {readonly url: string})[] => {
	const pushed = url.includes(namePlace) ? parts : parts.filter(({part}) => part === 'repo');
	const names = nameParts(pushed);
	const places = pushed.map((part, index) => ({...part, url: fillIn(url, names[index] ?? '')}));
	if (new Set(places.map((place) => place.url)).size < places.length) {
		throw new StopError('Several repositories would be pushed to one address.', {
			advice: `Put ${namePlace} where the name of each belongs, or choose a source with --source.`,
			exitCode: exitCodes.usage,
		});
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

/** Throws a StopError where one of these paths lies in the backup, links followed. */
export const refuseInBackup = async (
	files: Pick<Files, 'followLinks'>,
	paths: readonly string[],
	sources: readonly SavedSource[],
): Promise<void> => {
	const folders = await Promise.all(sources.map(({folder}) => files.followLinks(folder)));
	for (const path of paths) {
		const place = await files.followLinks(path);
		if (folders.some((folder) => isInside(place, folder))) {
			throw new StopError(`${path} is a part of the backup.`, {
				advice: 'Name a place outside of it: what lies there is taken for a saved repository.',
			});
		}
	}
};
