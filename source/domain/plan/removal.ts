import type {SavedRepository} from '../record/record.ts';
import type {RunLine} from '../run/run-line.ts';
import {fullName} from './repository.ts';

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

/** `20261123T020000Z~<run>~<folder>`: when it came, and nothing that was there before. */
export const trashName = (folder: string, run: string, now: number): string => {
	const came = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
	return `${came}~${run}~${folder}`;
};

/** Has what lies under this name been in the trash for 30 days? Never true for other names. */
export const isDueForRemoval = (name: string, now: number): boolean => {
	const [, date, hour, minute, second] = /^(\d{8})T(\d\d)(\d\d)(\d\d)Z~/.exec(name) ?? [];
	if (date === undefined) {
		return false;
	}

	const day = date.replace(/^(....)(..)(..)$/, '$1-$2-$3');
	return now - Date.parse(`${day}T${hour}:${minute}:${second}Z`) >= timeInTrash;
};
