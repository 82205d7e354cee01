import {matchesAny} from '../plan/name-filter.ts';
import {fullName, type Repository} from '../plan/repository.ts';

/** Does a name or a glob mean this repository? With a slash it is one of `workspace/name`. */
export const isNamed = (
	repository: Pick<Repository, 'workspace' | 'slug'>,
	name: string,
): boolean => matchesAny(name.includes('/') ? fullName(repository) : repository.slug, [name]);

/** The same of a folder whose record tells no name: by the whole, or by the part behind `#`. */
export const isCalled = (folder: string, name: string): boolean =>
	folder === name || isNamed(nameOfFolder(folder), name);

/** Reads the repository's name from a folder of the usual form (see `usualFolder`). */
export const nameOfFolder = (folder: string): Pick<Repository, 'workspace' | 'slug'> => {
	const hash = folder.indexOf('#');
	return {workspace: folder.slice(0, Math.max(0, hash)), slug: folder.slice(hash + 1)};
};
