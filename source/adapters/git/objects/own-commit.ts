import type {Hash} from '../mirror.ts';
import {type GitObject, makeObject} from './loose-objects.ts';

/** The address of the author of all commits that Cistern itself makes. */
export const ownAuthor = 'cistern@localhost';

/** Seconds since 1970. */
export type CommitDates = {readonly authored: number; readonly committed: number};

/**
 * Each commit is later than the last, so that `--at` finds one. The author's date is the clock's, which
 * may be earlier: the clock of an earlier run may have been fast. Both parameters are milliseconds;
 * `newest` is the date of the commit before.
 */
export const datesOf = (at: number, newest: number | undefined): CommitDates => {
	const authored = Math.trunc(at / 1000);
	const committed = newest === undefined ? authored : Math.max(authored, newest / 1000 + 1);
	return {authored, committed};
};

/** The lines of author and committer, in the form of a commit and of `git fast-import`. */
export const formatAuthor = ({authored, committed}: CommitDates): string => {
	const author = `Cistern <${ownAuthor}>`;
	return `author ${author} ${authored} +0000\ncommitter ${author} ${committed} +0000\n`;
};

export type OwnCommit = {
	readonly tree: string;
	readonly parent: string | undefined;
	readonly dates: CommitDates;
	readonly message: Buffer;
};

export const makeCommit = ({tree, parent, dates, message}: OwnCommit, hash: Hash): GitObject => {
	const from = parent === undefined ? '' : `parent ${parent}\n`;
	const head = Buffer.from(`tree ${tree}\n${from}${formatAuthor(dates)}\n`);
	return makeObject('commit', Buffer.concat([head, message]), hash);
};
