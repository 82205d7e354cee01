import type {SavedRepository} from '../record/record.ts';
import type {RunLine} from '../run/run-line.ts';
import {day, formatCompactTime, readCompactTime} from '../text/format.ts';
import {fullName} from './repository.ts';

/** Complete listings that must lack a repository before it goes to the trash, … */
const listingsNeeded = 3;
/** … the time they must span, and the time in the trash before removal. Milliseconds. */
const timeNeeded = 7 * day;
const timeInTrash = 30 * day;

/** A run in the future means that the clock was set. Then no elapsed time is believed. */
const isClockSound = (runs: readonly RunLine[], now: number): boolean =>
	runs.every(({at}) => Date.parse(at) <= now);

/**
 * Finds repositories that may go to the trash: marked as gone at least seven days ago, and missing
 * from three complete listings since. A listing that shrank suspiciously, or with an entry that could
 * not be used, does not count. Finds none if the clock was set back.
 */
export const readyForTrash = (
	gone: readonly SavedRepository[],
	runs: readonly RunLine[],
	now: number,
): readonly SavedRepository[] =>
	gone.filter(({record}) => {
		const since = record.goneSince === undefined ? now : Date.parse(record.goneSince);
		const listings = runs.filter(
			(run) =>
				run.listed &&
				!run.partial &&
				run.missing.length === 0 &&
				run.unread === undefined &&
				Date.parse(run.at) >= since &&
				run.gone.includes(fullName(record)),
		);
		return (
			isClockSound(runs, now) && now - since >= timeNeeded && listings.length >= listingsNeeded
		);
	});

/** `20261123T020000Z~<run>~<folder>`: tells when it came, and is a new name each time. */
export const trashName = (folder: string, run: string, now: number): string =>
	`${formatCompactTime(now)}~${run}~${folder}`;

/**
 * Has the folder of this name been in the trash for 30 days? Never true for other names. A clock that
 * leaps ahead must not empty the trash at once, so there must have been a run in between, at least
 * seven days ago.
 */
export const isDueForRemoval = (name: string, runs: readonly RunLine[], now: number): boolean => {
	const [time = '', ...others] = name.split('~');
	const at = others.length === 0 ? undefined : readCompactTime(time);
	if (at === undefined) {
		return false;
	}

	const came = Date.parse(at);
	const wasSeen = runs.some((run) => {
		const began = Date.parse(run.at);
		// The run that brought it does not count; names have whole seconds.
		return began >= came + 1000 && began <= now - timeNeeded;
	});
	return isClockSound(runs, now) && wasSeen && now - came >= timeInTrash;
};
