import type {SavedRepository} from './record.ts';
import {fullName} from './repository.ts';
import type {RunLine} from './run-line.ts';

const day = 24 * 60 * 60_000;

/** What is gone upstream is moved to the trash only on the evidence of so many complete listings … */
const listingsNeeded = 3;
/** … over so long, and removed for good when it has lain there for so long. Milliseconds. */
const timeNeeded = 7 * day;
const timeInTrash = 30 * day;

/**
 * Which repositories the trash may take: each was marked as gone at least seven days ago and was
 * missing from three complete listings since, a listing that shrank suspiciously not counted.
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
				Date.parse(run.at) >= since &&
				run.gone.includes(fullName(record)),
		);
		return now - since >= timeNeeded && listings.length >= listingsNeeded;
	});

/** `2026-11-23~<run>~<folder>`: the day on which it came, and nothing that was there before. */
export const trashName = (folder: string, run: string, now: number): string =>
	`${new Date(now).toISOString().slice(0, 10)}~${run}~${folder}`;

/** Has what lies under this name been in the trash for 30 days? Never true for other names. */
export const isDueForRemoval = (name: string, now: number): boolean => {
	const [, came] = /^(\d{4}-\d\d-\d\d)~/.exec(name) ?? [];
	return came !== undefined && now - Date.parse(came) >= timeInTrash;
};
