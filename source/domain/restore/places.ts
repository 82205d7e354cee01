import {isSafeName} from '../plan/layout.ts';

/** Placeholder in an address for the name of each repository. */
export const namePlace = '{name}';

/** Does an address carry a password, `https://ann:secret@example.com`, or a token as its user? */
export const holdsPassword = (url: string): boolean => {
	const user = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)@/i.exec(url)?.[1];
	return user !== undefined && (user.includes(':') || tokenPrefix.test(user));
};

/** First letters of tokens of Atlassian, GitHub and GitLab. */
const tokenPrefix = /^(ATAT|ATCT|ATBB|gh[oprsu]_|github_pat_|glpat-)/;

/**
 * Puts a name into an address. `#` and `~` tell repositories of one name apart on the disk, but no
 * hoster allows them in a name.
 */
export const fillIn = (url: string, name: string): string =>
	url.replaceAll(namePlace, () => name.replaceAll(/[#~ ]/g, '-'));

/**
 * The local path that an address means, if it means one. To git a path has no colon before its
 * first slash, begins with a drive letter of Windows, or with `file://`.
 */
export const localPathOf = (url: string): string | undefined => {
	if (/^file:\/\//i.test(url)) {
		return url.slice('file://'.length);
	}

	return /^[^/]*:/.test(url) && !/^[a-z]:[\\/]/i.test(url) ? undefined : url;
};

/** A repository that is restored next to others. */
export type Placed = {
	/** Title of its source. */
	readonly source: string;
	/** Its folder's name below the source's. */
	readonly folder: string;
	readonly slug: string;
};

/**
 * Names a folder for each of several repositories. That is the repository's own name; its folder in
 * the backup where two share the name or it is no safe folder name; and that folder with the
 * source's title before it where two sources share it too.
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
