import type {Source} from '../settings/settings.ts';

export type Scope = Pick<Source, 'includeRepos' | 'ignoreRepos'>;

/**
 * Does a name match one of these names or globs? `*` stands for any characters, `?` for one. Case
 * is ignored, because Bitbucket's names are all lower case.
 */
export const matchesAny = (name: string, globs: readonly string[]): boolean =>
	globs.some((glob) => toPattern(glob).test(name));

/** Can a text match several names? */
export const isGlob = (text: string): boolean => /[*?]/.test(text);

/** Is a repository to be backed up? Ignoring wins over including; no includes means all. */
export const isInScope = (slug: string, scope: Scope): boolean => judgeScope(scope)(slug);

/** The same for many names: the patterns are made once. */
export const judgeScope = ({includeRepos, ignoreRepos}: Scope): ((slug: string) => boolean) => {
	const [included, ignored] = [includeRepos.map(toPattern), ignoreRepos.map(toPattern)];
	return (slug) =>
		(included.length === 0 || included.some((pattern) => pattern.test(slug))) &&
		!ignored.some((pattern) => pattern.test(slug));
};

/** Includes that match no repository: a misspelt name would silently save nothing. */
export const unmatchedIncludes = (
	slugs: readonly string[],
	{includeRepos}: Pick<Scope, 'includeRepos'>,
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
