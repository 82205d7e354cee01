import type {RefChange} from '../run/outcome.ts';
import type {HistoryLogEntry, RecordedMoves} from './history.ts';

/** A kept object, by the commits that no ref of upstream reaches any more. */
export type KeptTip = {
	/** Number of such commits that it reaches. */
	readonly onlyHere: number;
	/** The newest of them, by their ids. */
	readonly newest: readonly string[];
};

/** A commit as its author described it. */
export type KeptCommit = {
	readonly oid: string;
	readonly author: string;
	readonly email: string;
	/** When it was made, RFC 3339. */
	readonly at: string;
	/** The first line of its message. */
	readonly subject: string;
};

/** One ref that a run found changed. */
export type RecordedChange = RefChange & {
	/** Is the old state kept, because nothing upstream reaches it any more? */
	readonly kept: boolean;
	/** Number of commits of the old state that no ref of upstream reaches. */
	readonly onlyHere: number;
	/** The newest of them, at most 20. */
	readonly commits: readonly KeptCommit[];
};

/** The changes that one run found. */
export type RecordedRun = {
	/** RFC 3339. */
	readonly at: string;
	/** Refs after it. */
	readonly refs: number;
	/** Is it the first recorded run? Then its changes are all refs that existed. */
	readonly isFirst: boolean;
	/** The default branch, if it changed. */
	readonly head: RecordedMoves['head'];
	readonly changes: readonly RecordedChange[];
};

/** Settings that a run found changed. `at`: RFC 3339. */
export type SettingsChange = {readonly at: string; readonly names: readonly string[]};

/** Every recorded change of a repository's refs, the newest run first. */
export type RepositoryHistory = {
	readonly source: string;
	/** Full name. */
	readonly repository: string;
	/** Below the source's folder; identifies it if another repository has its name now. */
	readonly folder: string;
	readonly runs: readonly RecordedRun[];
	/** Changes of its settings, the newest first; undefined if none are saved. */
	readonly settings?: readonly SettingsChange[] | undefined;
	/** The date of the oldest run whose clock was ahead, RFC 3339. */
	readonly aheadFrom?: string | undefined;
};

/** The date of an entry, and the time of its run's clock. */
type Dated = Pick<HistoryLogEntry, 'at' | 'clockAt'>;

/** Runs within a second are dated a second apart, and a clock may be set back a little. Milliseconds. */
const usualDrift = 60_000;

/** Was it dated later than its run's clock, because the entry before has a later date? */
const isMovedOn = ({at, clockAt}: Dated): boolean => at - clockAt > usualDrift;

/** Compares the clock's time: the date may be later only because of the entry before. */
const isYetToCome = ({clockAt}: Dated, now: number): boolean => clockAt > now + usualDrift;

/** Was the clock of this entry's run ahead? `next` is the entry after it, if there is one. */
const isAhead = (entry: Dated, next: Dated | undefined, now: number): boolean =>
	isYetToCome(entry, now) ||
	(next !== undefined && isMovedOn(next) && next.clockAt < entry.clockAt);

/**
 * Finds the oldest entry whose clock was ahead: its time is in the future, or the next run's clock
 * had an earlier time. `log`: the entries of a history, newest first.
 */
export const findFirstAhead = <Entry extends Dated>(
	log: readonly Entry[],
	now: number,
): Entry | undefined => log.findLast((entry, index) => isAhead(entry, log[index - 1], now));
