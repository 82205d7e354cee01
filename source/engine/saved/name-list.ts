import {isOfRepository, joinPath} from '../../domain/plan/layout.ts';
import {fullName} from '../../domain/plan/repository.ts';
import {nameOfFolder} from '../../domain/record/name-match.ts';
import {type RepositoryRecord, savedEntries, usableRecord} from '../../domain/record/record.ts';
import type {RunLine} from '../../domain/run/run-line.ts';
import {formatAge, formatCounts, formatDate, formatDay} from '../../domain/text/format.ts';
import type {Clock} from '../../ports/clock.ts';
import type {Files} from '../../ports/files.ts';
import {readRecordText, readRuns} from './saved-state.ts';

/** A word that names something in a backup, and one line about it. */
type Listed = {readonly word: string; readonly about?: string};

/** Records that are read for the lines beside the names. More names than that are listed alone. */
const mostRead = 200;

/**
 * Repositories in a source's folder whose names begin with what was typed, with their states; by full
 * names if a slash was typed. A user waits for it, so it reads folders first, and only few records.
 */
export const listNames = async (
	{files, clock}: {readonly files: Files; readonly clock: Pick<Clock, 'now'>},
	source: string,
	typed: string,
): Promise<readonly Listed[]> => {
	const nameOf = (repository: {readonly workspace: string; readonly slug: string}): string =>
		typed.includes('/') ? fullName(repository) : repository.slug;
	const folders = (await files.listFolders(source)).filter(isOfRepository);
	const likely = folders.filter(
		(folder) => isDisguised(folder) || nameOf(nameOfFolder(folder)).startsWith(typed),
	);
	if (likely.length > mostRead) {
		return likely
			.filter((folder) => !isDisguised(folder))
			.map((folder) => ({word: nameOf(nameOfFolder(folder))}));
	}

	const records = await Promise.all(
		likely.map((folder) => readRecord(files, joinPath(source, folder))),
	);
	return records.flatMap((record) =>
		record === undefined ? [] : [{word: nameOf(record), about: describe(record, clock.now())}],
	);
};

/** Only its record tells the name of such a repository (see `usualFolder`). */
const isDisguised = (folder: string): boolean => folder.includes('~');

const readRecord = async (files: Files, place: string): Promise<RepositoryRecord | undefined> =>
	usableRecord(await readRecordText(files, place).catch(() => undefined), []);

const describe = (record: RepositoryRecord, now: number): string => {
	const entries = savedEntries(record).map(([, entry]) => entry);
	const changes = entries.map(({changedAt}) => changedAt).toSorted();
	return [
		...(record.goneSince === undefined ? [] : [`gone since ${formatDay(record.goneSince, now)}`]),
		...(entries.some(({damage}) => damage !== undefined) ? ['damaged'] : []),
		`changed ${formatAge(changes.at(-1) ?? record.firstSavedAt, now)}`,
	].join(', ');
};

/** The days on which runs saved something new of a source, and how much. */
export const listDays = async (files: Files, source: string): Promise<readonly Listed[]> => {
	const {lines} = await readRuns(files, source);
	const days = Map.groupBy(
		lines.filter((line) => line.updated + line.new > 0),
		({at}) => formatDate(at),
	);
	return [...days].map(([day, runs]) => ({word: day, about: describeDay(runs)}));
};

const describeDay = (runs: readonly RunLine[]): string => {
	const count = (read: (line: RunLine) => number | undefined): number =>
		runs.reduce((sum, line) => sum + (read(line) ?? 0), 0);
	return formatCounts([
		[count((line) => line.new), 'new'],
		[count((line) => line.updated), 'updated'],
		[count((line) => line.rewritten), 'rewritten'],
	]).join(', ');
};
