import {FailureError} from '../failure/failure.ts';

/** Stands for bytes that are not UTF-8 where text was made of them. */
const replacement = '\uFFFD';

/** A name that can be written back byte for byte. Throws `ref-unreadable` for any other. */
export const readableRef = (name: string): string => {
	if (name.includes(replacement)) {
		throw new FailureError({kind: 'ref-unreadable', name});
	}

	return name;
};

export const isBranchOrTag = (ref: string): boolean =>
	ref.startsWith('refs/heads/') || ref.startsWith('refs/tags/');

/** `main` for `refs/heads/main`, `v1` for `refs/tags/v1`; any other name as it is. */
export const shortRef = (ref: string): string => ref.replace(/^refs\/(?:heads|tags)\//, '');

/** Bytes that git allows in no ref name, and the sequences it gives a meaning of their own. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const illegal = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)|[./]$/;

/**
 * Would git accept this full name of a branch or a tag (`refs/heads/x`)? The rules of
 * `git check-ref-format`.
 */
export const isLegalRef = (ref: string): boolean => isBranchOrTag(ref) && !illegal.test(ref);
