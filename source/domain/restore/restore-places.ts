import {isSafeName} from '../plan/layout.ts';

/** A repository that is to be restored beside others. */
export type Placed = {
	/** Title of its source. */
	readonly source: string;
	/** Its folder's name below the source's. */
	readonly folder: string;
	readonly slug: string;
};

/**
 * A folder's name for each of several repositories: the repository's own, its folder in the backup
 * where two have that name or it could not be a folder's everywhere, and with the source's title
 * before it where two sources have that, too.
 */
export const nameFolders = (repositories: readonly Placed[]): readonly string[] => {
	const slugs = countNames(repositories.map(({slug}) => slug));
	const folders = countNames(repositories.map(({folder}) => folder));
	return repositories.map(({source, folder, slug}) => {
		if (isSafeName(slug) && slugs.get(slug.toLowerCase()) === 1) {
			return slug;
		}

		return folders.get(folder.toLowerCase()) === 1 ? folder : `${source}#${folder}`;
	});
};

/** Names that differ only in case are one name on many file systems. */
const countNames = (names: readonly string[]): ReadonlyMap<string, number> => {
	const counts = new Map<string, number>();
	for (const name of names.map((each) => each.toLowerCase())) {
		counts.set(name, (counts.get(name) ?? 0) + 1);
	}

	return counts;
};
