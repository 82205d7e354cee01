import {basename, dirname, join} from 'node:path';
import type {RestoreInvocation} from '../arguments/invocation.ts';
import {exitCodes} from '../domain/failure/exit-code.ts';
import {StopError} from '../domain/failure/failure.ts';
import {isGlob} from '../domain/plan/name-filter.ts';
import {fillIn, nameFolders, namePlace} from '../domain/restore/places.ts';
import type {SavedPart} from '../engine/restore/choose.ts';
import type {Renamed} from '../engine/restore/restore.ts';
import {restoreFolder, type Target} from '../engine/restore/to-folder.ts';
import type {SavedSource} from '../engine/saved/find-repositories.ts';
import type {Files} from '../ports/files.ts';
import {isInside} from '../settings/locate-folder.ts';

/** Did the user name no repository by its own name? */
export const isPattern = (wanted: RestoreInvocation['repositories']): boolean =>
	wanted === 'all' || wanted.every(isGlob);

/**
 * Chooses a folder for each part. The code of a single named repository goes to `base` itself and
 * its other parts next to that; several go each to a folder of its own name below `base`.
 */
export const placeInFolders = (
	base: string,
	parts: readonly SavedPart[],
	repositories: RestoreInvocation['repositories'],
): readonly (SavedPart & Target & Renamed)[] => {
	const isOne = !isPattern(repositories) && parts.filter(({part}) => part.isRequired).length === 1;
	return nameParts(parts, 'folder').map(({part, name, nameTaken}) => {
		const target = isOne ? `${base}${part.part.suffix}` : join(base, name);
		const beside = join(dirname(target), `.${basename(target)}${restoreFolder}`);
		return {...part, target, beside, ...(isOne ? {} : {nameTaken})};
	});
};

/**
 * Chooses an address for each part. If the address has no placeholder for a name, only the code
 * is pushed. Throws a StopError if two parts would go to one address.
 */
export const placeAtRemotes = (
	url: string,
	parts: readonly SavedPart[],
): readonly (SavedPart & Renamed & {readonly url: string})[] => {
	const pushed = parts.filter(({part}) =>
		url.includes(namePlace) ? part.isNeverPushed !== true : part.isRequired,
	);
	const places = nameParts(pushed, 'remote').map(({part, name, nameTaken}) => ({
		...part,
		url: fillIn(url, name),
		...(url.includes(namePlace) ? {nameTaken} : {}),
	}));
	if (new Set(places.map((place) => place.url)).size < places.length) {
		throw new StopError('Several repositories would be pushed to one address.', {
			advice: `Put ${namePlace} where the name of each belongs, or choose a source with --source.`,
			exitCode: exitCodes.usage,
		});
	}

	return places;
};

type NamedPart = {
	readonly part: SavedPart;
	readonly name: string;
	readonly nameTaken: string | undefined;
};

const nameParts = (
	parts: readonly SavedPart[],
	kind: 'folder' | 'remote',
): readonly NamedPart[] => {
	const names = nameFolders(
		parts.map(({repository, part}) => ({
			source: repository.source.source,
			folder: repository.folder,
			slug: repository.record.slug || repository.record.workspace,
			suffix: part.suffix,
		})),
		kind,
	);
	return parts.map((part, index) => {
		const {name = '', taken} = names[index] ?? {};
		return {part, name, nameTaken: taken};
	});
};

/** Throws a StopError if one of these paths, with its links followed, lies in the backup. */
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
