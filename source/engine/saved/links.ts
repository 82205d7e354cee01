import {FailureError} from '../../domain/failure/failure.ts';
import {
	isOwnFile,
	isOwnFolder,
	joinPath,
	ownFolder,
	recordFile,
	repoFolder,
	wikiFolder,
} from '../../domain/plan/layout.ts';
import type {Files} from '../../ports/files.ts';

/**
 * Symbolic links. A backup folder, and the folder of a source, may be reached through one: that is
 * how people put them on another disk. Below, each leads to what may be anybody's, so that nothing
 * is written, moved or deleted through it.
 */
const detail = 'it is a link, and Cistern writes and deletes nothing through one';

/** Those in the place of Cistern's own things, as paths from the source's folder. */
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

/** What people's own templates for `git init` link to; Cistern never goes there, and git neither. */
const isOfHooks = (path: string): boolean => path.split('/')[0] === 'hooks';

/** Those in the place of a repository's record and mirrors, or in these, as paths from its folder. */
export const findLinksOfRepository = async (
	files: Files,
	place: string,
): Promise<readonly string[]> => {
	const links = new Set(await files.listLinks(place, 'here'));
	const mirrors = [repoFolder, wikiFolder].filter((name) => !links.has(name));
	const below = await Promise.all(
		mirrors.map(async (name) => {
			const paths = await files.listLinks(joinPath(place, name), 'below');
			return paths.filter((path) => !isOfHooks(path)).map((path) => joinPath(name, path));
		}),
	);
	return [
		...[recordFile, repoFolder, wikiFolder].filter((name) => links.has(name)),
		...below.flat(),
	];
};

/** Throws `folder-unusable` where no run may work in a source's folder. */
export const refuseLinksOfSource = async (files: Files, folder: string): Promise<void> => {
	const [link] = await findLinksOfSource(files, folder);
	if (link !== undefined) {
		throw new FailureError({kind: 'folder-unusable', path: joinPath(folder, link), detail});
	}
};

/** Throws `repository-linked` where nothing may be saved to a repository's folder. */
export const refuseLinksOfRepository = async (files: Files, place: string): Promise<void> => {
	const [link] = await findLinksOfRepository(files, place);
	if (link !== undefined) {
		throw refusedLink(joinPath(place, link));
	}
};

/** Of a link in the place of a repository's folder, or of anything in it. */
export const refusedLink = (path: string): FailureError =>
	new FailureError({kind: 'repository-linked', path});
