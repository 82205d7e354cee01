import type {HistoryLogEntry} from './history.ts';

/** The date of an entry, and what the clock of its run said. */
type Dated = Pick<HistoryLogEntry, 'at' | 'clockAt'>;

/** Runs within a second are dated a second apart, and a clock may be set by a little. */
const usualDrift = 60_000;

/** Had it to be dated later than its run's clock said, since the entry before it bore a later date? */
export const isMovedOn = ({at, clockAt}: Dated): boolean => at - clockAt > usualDrift;

const isYetToCome = ({at}: Dated, now: number): boolean => at > now + usualDrift;

/**
 * The oldest entry whose date is of a clock that was ahead: it is yet to come, or the next run's
 * clock said an earlier one. Takes a history's entries, the newest first.
 */
export const findFirstAhead = <Entry extends Dated>(
	log: readonly Entry[],
	now: number,
): Entry | undefined =>
	log.findLast((entry, index) => {
		const next = log[index - 1];
		return isYetToCome(entry, now) || (next !== undefined && isMovedOn(next));
	});

/**
 * The newest of these entries that may have been made by a moment though its date is later. Takes
 * those that are dated later than the moment, the newest first.
 */
export const findMaybeMadeBy = <Entry extends Dated>(
	later: readonly Entry[],
	moment: number,
	now: number,
): Entry | undefined =>
	later.find((entry) => (isMovedOn(entry) ? entry.clockAt <= moment : isYetToCome(entry, now)));
