import type {Source} from '../settings/settings.ts';

type Filter = Pick<Source, 'includeRepos' | 'ignoreRepos'>;

/**
 * Does a name fit one of these names or globs? `*` stands for any characters, `?` for one. Case
 * plays no part, as Bitbucket's own names are all lower case.
 */
export const matchesAny = (name: string, globs: readonly string[]): boolean =>
	globs.some((glob) => toPattern(glob).test(name));

/** Does a text stand for any number of names? */
export const isGlob = (text: string): boolean => /[*?]/.test(text);

/** Is a repository to be backed up? Ignoring wins over including; no includes means all. */
export const isInScope = (slug: string, {includeRepos, ignoreRepos}: Filter): boolean =>
	(includeRepos.length === 0 || matchesAny(slug, includeRepos)) && !matchesAny(slug, ignoreRepos);

/** Includes that fit no repository at all: a misspelt name would silently save nothing. */
export const unmatchedIncludes = (
	slugs: readonly string[],
	{includeRepos}: Pick<Filter, 'includeRepos'>,
): readonly string[] =>
	includeRepos.filter((glob) => !slugs.some((slug) => matchesAny(slug, [glob])));

const toPattern = (glob: string): RegExp => {
	// Stars in a row would only make the search for a match longer.
	const body = glob
		.replaceAll(/\*+/g, '*')
		.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
		.replaceAll('*', '.*')
		.replaceAll('?', '.');
	return new RegExp(`^${body}$`, 'is');
};
