import {type Failure, failureOf} from '../../domain/failure/failure.ts';
import {parseMessage} from '../../domain/history/history.ts';
import {byNewest, goneFrom, type TakenAway, takenFrom} from '../../domain/history/timeline.ts';
import {joinPath, repoFolder} from '../../domain/plan/layout.ts';
import {fullName} from '../../domain/plan/repository.ts';
import {mainEntry} from '../../domain/record/record.ts';
import type {Part} from '../../parts/part.ts';
import type {Files} from '../../ports/files.ts';
import {runPool} from '../retry/pool.ts';
import {type FoundRepository, findRepositories, type SavedSource} from './find-repositories.ts';
import {type HistoryTools, readHistory} from './read-history.ts';

export type TimelineTools = HistoryTools & {
	readonly files: Files;
	readonly parts: readonly Part[];
};

export type Timeline = {
	/** Newest first. */
	readonly taken: readonly TakenAway[];
	/** Repositories whose history cannot be read, by full name. */
	readonly unreadable: readonly {readonly repository: string; readonly failure: Failure}[];
};

/** Histories that are read at once. Each costs a process, and five if something was taken away. */
const atOnce = 4;

/** Everything that upstream rewrote, moved, deleted or dropped from `since` on (RFC 3339), in all of `wanted`. */
export const readTimeline = async (
	tools: TimelineTools,
	sources: readonly SavedSource[],
	wanted: readonly string[] | 'all',
	since: string,
): Promise<Timeline> => {
	const taken: TakenAway[] = [];
	const unreadable: {repository: string; failure: Failure}[] = [];
	const found = await findRepositories(tools.files, sources, wanted, tools.parts);
	await runPool(found, atOnce, async (one) => {
		taken.push(...goneFrom(one, one.source.source, since));
		try {
			taken.push(...(await readTaken(tools, one, since)));
		} catch (error) {
			unreadable.push({repository: fullName(one.record), failure: failureOf(error)});
		}
	});
	return {taken: taken.sort(byNewest), unreadable};
};

const readTaken = async (
	{git, clock}: HistoryTools,
	one: FoundRepository,
	since: string,
): Promise<readonly TakenAway[]> => {
	if (mainEntry(one.record).changedAt < since) {
		return [];
	}

	const log = await git.readHistoryLog(joinPath(one.source.folder, one.folder, repoFolder));
	const hasTaken = log.some(
		({at, message}) =>
			new Date(at).toISOString() >= since &&
			parseMessage(message).changes.some(({kind}) => kind !== 'created' && kind !== 'forwarded'),
	);
	return hasTaken ? takenFrom(await readHistory({git, clock}, one), since) : [];
};
