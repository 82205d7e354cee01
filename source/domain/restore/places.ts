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
 * The name of a repository in an address. `#` and `~` tell repositories of one name apart on the
 * disk, but no hoster allows them in a name.
 */
const toRemoteName = (name: string): string => name.replaceAll(/[#~ ]/g, '-');

/** Puts a name into an address. */
export const fillIn = (url: string, name: string): string => url.replaceAll(namePlace, () => name);

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

/** A part of a repository that is restored next to others. */
export type Placed = {
	/** Title of its source. */
	readonly source: string;
	/** Its repository's folder below the source's. */
	readonly folder: string;
	readonly slug: string;
	/** Ends its name, and is `''` for the repository itself. */
	readonly suffix: string;
};

type PlaceName = {
	readonly name: string;
	/** The name that it would have, if another one has that. */
	readonly taken?: string;
};

/**
 * Names a folder for each of several parts, no two alike. That is the repository's own name; its
 * folder in the backup if two share the name or it is no safe folder name; that folder with the
 * source's title before it if two sources share it too; and a number behind that as the last
 * resort. A repository comes before a part of another one that has the same name.
 */
export const nameFolders = (
	placed: readonly Placed[],
	kind: 'folder' | 'remote' = 'folder',
): readonly PlaceName[] => {
	const form = kind === 'remote' ? toRemoteName : (name: string) => name;
	const slugs = countNames(placed, ({slug}) => slug);
	const folders = countNames(placed, ({folder}) => folder);
	const isAlone = (counts: ReadonlyMap<string, number>, name: string, suffix: string): boolean =>
		counts.get(keyOf(name, suffix)) === 1;
	const used = new Set<string>();
	const names = new Map<Placed, PlaceName>();
	const repositoriesFirst = [
		...placed.filter(({suffix}) => suffix === ''),
		...placed.filter(({suffix}) => suffix !== ''),
	];
	for (const part of repositoriesFirst) {
		const {source, folder, slug, suffix} = part;
		const full = `${source}#${folder}`;
		const wanted = [
			...(isSafeName(slug) && isAlone(slugs, slug, suffix) ? [slug] : []),
			...(isAlone(folders, folder, suffix) ? [folder] : []),
			full,
		].map((name) => form(name + suffix));
		let name = wanted.find((each) => !used.has(foldName(each)));
		for (let number = 2; name === undefined; number += 1) {
			const numbered = form(`${full}~${number}${suffix}`);
			name = used.has(foldName(numbered)) ? undefined : numbered;
		}

		used.add(foldName(name));
		const usual = form(slug + suffix);
		names.set(part, name === usual || !isSafeName(slug) ? {name} : {name, taken: usual});
	}

	return placed.map((part) => names.get(part) ?? {name: part.folder});
};

/** Names that differ only in case or in the form of their accents are one name on many file systems. */
const foldName = (name: string): string => name.normalize('NFC').toLowerCase();

const keyOf = (name: string, suffix: string): string => `${foldName(name)}/${suffix}`;

const countNames = (
	placed: readonly Placed[],
	nameOf: (part: Placed) => string,
): ReadonlyMap<string, number> => {
	const counts = new Map<string, number>();
	for (const part of placed) {
		const key = keyOf(nameOf(part), part.suffix);
		counts.set(key, (counts.get(key) ?? 0) + 1);
	}

	return counts;
};
