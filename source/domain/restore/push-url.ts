/** Stands in an address for the name of each repository. */
export const namePlace = '{name}';

/** Does an address carry a password, `https://ann:secret@example.com`, or a token as its user? */
export const holdsPassword = (url: string): boolean => {
	const user = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)@/i.exec(url)?.[1];
	return user !== undefined && (user.includes(':') || tokenPrefix.test(user));
};

/** How the tokens of Atlassian, GitHub and GitLab begin. */
const tokenPrefix = /^(ATAT|ATCT|ATBB|gh[oprsu]_|github_pat_|glpat-)/;

/**
 * The address for a name. `#` and `~` tell repositories of one name apart on the disk; they mean
 * something else in an address, and no hoster allows them in a name.
 */
export const fillIn = (url: string, name: string): string =>
	url.replaceAll(namePlace, () => name.replaceAll(/[#~ ]/g, '-'));

/**
 * The path that an address means, where it means one: whatever has no colon before its first slash,
 * as git sees it, a drive of Windows, and `file://`.
 */
export const localPathOf = (url: string): string | undefined => {
	if (/^file:\/\//i.test(url)) {
		return url.slice('file://'.length);
	}

	return /^[^/]*:/.test(url) && !/^[a-z]:[\\/]/i.test(url) ? undefined : url;
};
