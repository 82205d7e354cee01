import type {Source} from '../settings/settings.ts';

type Filter = Pick<Source, 'includeRepos' | 'ignoreRepos'>;

/**
 * Does a name match one of these names or globs? `*` stands for any characters, `?` for one. Case
 * is ignored, because Bitbucket's names are all lower case.
 */
export const matchesAny = (name: string, globs: readonly string[]): boolean =>
	globs.some((glob) => toPattern(glob).test(name));

/** Can a text match several names? */
export const isGlob = (text: string): boolean => /[*?]/.test(text);

/** Is a repository to be backed up? Ignoring wins over including; no includes means all. */
export const isInScope = (slug: string, {includeRepos, ignoreRepos}: Filter): boolean =>
	(includeRepos.length === 0 || matchesAny(slug, includeRepos)) && !matchesAny(slug, ignoreRepos);

/** Includes that match no repository: a misspelt name would silently save nothing. */
export const unmatchedIncludes = (
	slugs: readonly string[],
	{includeRepos}: Pick<Filter, 'includeRepos'>,
): readonly string[] =>
	includeRepos.filter((glob) => !slugs.some((slug) => matchesAny(slug, [glob])));

const toPattern = (glob: string): RegExp => {
	// Several stars in a row would only slow the match down.
	const body = glob
		.replaceAll(/\*+/g, '*')
		.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
		.replaceAll('*', '.*')
		.replaceAll('?', '.');
	return new RegExp(`^${body}$`, 'is');
};
