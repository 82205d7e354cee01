/** Refs of Cistern's own in a mirror. An upstream ref of such a name is not saved. */
const ownPrefix = 'refs/cistern/';

const isOwnRef = (ref: string): boolean => ref.startsWith(ownPrefix);

/** Is it one of upstream's refs, which a mirror has under the same name? */
export const isMirrored = (ref: string): boolean => ref.startsWith('refs/') && !isOwnRef(ref);

/** Refs that a working copy and a push get. A bare restore has all. */
export const isRestored = (ref: string): boolean => /^refs\/(?:heads|tags|notes)\//.test(ref);

/** `main` for `refs/heads/main`, `v1` for `refs/tags/v1`; any other name as it is. */
export const shortRef = (ref: string): string => ref.replace(/^refs\/(?:heads|tags)\//, '');

/** Bytes that git allows in no ref name, and the sequences it gives a meaning of their own. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const illegal = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|[./]$/;

/** A byte that is not UTF-8, as a name shows it. */
const escapedByte = /\\x[89a-f][0-9a-f]/g;

/** Would git accept this full name of a ref? The rules of `git check-ref-format`. */
export const isLegalRef = (ref: string): boolean =>
	ref.startsWith('refs/') && !illegal.test(ref.replaceAll(escapedByte, '-'));

/**
 * A ref below another one, as `refs/heads/a/b` is below `refs/heads/a`. git allows only one of the
 * two, and refuses to clone a repository that has both.
 */
export const findNestedRef = (refs: ReadonlyMap<string, unknown>): string | undefined =>
	[...refs.keys()].find((ref) => {
		let end = ref.lastIndexOf('/');
		while (end > 0 && !refs.has(ref.slice(0, end))) {
			end = ref.lastIndexOf('/', end - 1);
		}

		return end > 0;
	});
