import type {HistoryLogEntry} from './history.ts';

/** The date of an entry, and what the clock of its run said. */
type Dated = Pick<HistoryLogEntry, 'at' | 'clockAt'>;

/** Runs within a second are dated a second apart, and a clock may be set by a little. */
const usualDrift = 60_000;

/** Had it to be dated later than its run's clock said, since the entry before it bore a later date? */
export const isMovedOn = ({at, clockAt}: Dated): boolean => at - clockAt > usualDrift;

/** Of the clock: the date itself may be later only since that of the entry before was. */
const isYetToCome = ({clockAt}: Dated, now: number): boolean => clockAt > now + usualDrift;

/** Was the clock of this entry's run ahead? `next` is the entry after it, if there is one. */
const isAhead = (entry: Dated, next: Dated | undefined, now: number): boolean =>
	isYetToCome(entry, now) ||
	(next !== undefined && isMovedOn(next) && next.clockAt < entry.clockAt);

/**
 * The oldest entry whose date is of a clock that was ahead: it is yet to come, or the next run's
 * clock said an earlier one. Takes a history's entries, the newest first.
 */
export const findFirstAhead = <Entry extends Dated>(
	log: readonly Entry[],
	now: number,
): Entry | undefined => log.findLast((entry, index) => isAhead(entry, log[index - 1], now));

/**
 * The newest of these entries that may have been made by a moment though its date is later: nothing
 * that was made after one which was not. Takes those that are dated later than the moment, the
 * newest first.
 */
export const findMaybeMadeBy = <Entry extends Dated>(
	later: readonly Entry[],
	moment: number,
	now: number,
): Entry | undefined => {
	const certain = later.findLastIndex(
		(entry, index) => entry.clockAt > moment && !isAhead(entry, later[index - 1], now),
	);
	return later[certain + 1];
};
