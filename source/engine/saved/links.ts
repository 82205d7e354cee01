import {FailureError} from '../../domain/failure/failure.ts';
import {isOwnFile, isOwnFolder, joinPath, ownFolder, recordFile} from '../../domain/plan/layout.ts';
import type {Part} from '../../parts/part.ts';
import type {Files} from '../../ports/files.ts';

/**
 * A backup folder or a source's folder may be a symbolic link: that is how people put it on another
 * disk. Below those, a link may lead to foreign files, so Cistern neither writes, moves nor deletes
 * through one.
 */
const detail = 'it is a link, and Cistern writes and deletes nothing through one';

/** Links in the place of Cistern's own files and folders, as paths from the source's folder. */
export const findLinksOfSource = async (
	files: Files,
	folder: string,
): Promise<readonly string[]> => {
	if ((await files.listLinks(folder, 'here')).includes(ownFolder)) {
		return [ownFolder];
	}

	const names = await files.listLinks(joinPath(folder, ownFolder), 'here');
	return names
		.filter((name) => isOwnFolder(name) || isOwnFile(name))
		.map((name) => joinPath(ownFolder, name));
};

/** Users' own templates for `git init` put links there. Neither Cistern nor git follows these. */
const isOfHooks = (path: string): boolean => path.split('/')[0] === 'hooks';

/** Links in the place of a repository's record or parts, or inside a part, as paths from its folder. */
export const findLinksOfRepository = async (
	files: Files,
	place: string,
	parts: readonly Pick<Part, 'name' | 'files'>[],
): Promise<readonly string[]> => {
	const names = parts.map(({name}) => name);
	const own = [recordFile, ...parts.flatMap((part) => part.files ?? [])];
	const links = new Set(await files.listLinks(place, 'here'));
	const there = new Set(await files.listFolders(place));
	const folders = [...names, ...own].filter((name) => there.has(name));
	const below = await Promise.all(
		folders.map(async (name) => {
			const paths = await files.listLinks(joinPath(place, name), 'below');
			return paths.filter((path) => !isOfHooks(path)).map((path) => joinPath(name, path));
		}),
	);
	return [...[...own, ...names].filter((name) => links.has(name)), ...below.flat()];
};

/** Throws `folder-unusable` if a link stands in the place of Cistern's own files. */
export const refuseLinksOfSource = async (files: Files, folder: string): Promise<void> => {
	const [link] = await findLinksOfSource(files, folder);
	if (link !== undefined) {
		throw new FailureError({kind: 'folder-unusable', path: joinPath(folder, link), detail});
	}
};

/** Throws `repository-linked` if a link stands in a repository's folder. */
export const refuseLinksOfRepository = async (
	files: Files,
	place: string,
	parts: readonly Pick<Part, 'name' | 'files'>[],
): Promise<void> => {
	const [link] = await findLinksOfRepository(files, place, parts);
	if (link !== undefined) {
		throw refusedLink(joinPath(place, link));
	}
};

/** The failure for a link in the place of a repository's folder, or inside it. */
export const refusedLink = (path: string): FailureError =>
	new FailureError({kind: 'repository-linked', path});
