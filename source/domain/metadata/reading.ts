import {onlyGiven} from '../given.ts';
import {type Checked, is, type JsonObject} from '../json.ts';
import {estimateCommits, isCommitsState} from './commits.ts';
import {estimateDownloads, isDownloadsState, noDownloads} from './downloads.ts';
import {estimateSettings, isSettingsState, noSettings} from './settings-state.ts';
import {isSnippetsState} from './snippets.ts';
import {estimateTips, isTipsState} from './tips.ts';

/**
 * How far the reading of a repository's metadata came. It lies in the same commit as the data, so
 * that it never stands ahead of them.
 */
export type Reading = Checked<typeof isReading>;

/** A walk through a whole list, from the newest to the oldest, over as many runs as it takes. */
export type Walk = Checked<typeof isWalk>;

const isWalk = is.objectOf({
	/** Pages that were read so far. */
	pages: is.number,
	/** Everything from this number on was read. */
	below: is.optional(is.number),
	/** Address of the next page, where there are no numbers to go by. */
	next: is.optional(is.text),
	/** When it reached its end, RFC 3339. */
	endedAt: is.optional(is.time),
});

const isReading = is.objectOf({
	/** Greatest `updated_on` that a look saw, RFC 3339. The next look asks from a day before. */
	watermark: is.optional(is.time),
	/** Of all that the last look saw, once everything of it was saved. */
	digest: is.optional(is.text),
	/**
	 * Saved as open: the number, and the day on which its comments were last read from their list.
	 * Empty for one without comments.
	 */
	open: is.mapOf(is.text),
	/** Pull requests that are saved, and the greatest number among them. */
	total: is.number,
	greatest: is.number,
	list: isWalk,
	feed: isWalk,
	/** The same list once more, months later. */
	relist: is.optional(isWalk),
	/** Numbers that the list left out, to be asked for one by one. */
	gaps: is.listOf(is.number),
	/** Pull requests whose comments or tasks are to be read; undefined until they were counted. */
	comments: is.optional(is.listOf(is.number)),
	tasks: is.optional(is.listOf(is.number)),
	/** Tasks of closed ones are to be read below this number, the greatest first. */
	closedBelow: is.optional(is.number),
	downloads: is.optional(isDownloadsState),
	/** Undefined until the pull requests were compared with the mirror of the code. */
	commits: is.optional(isCommitsState),
	tips: is.optional(isTipsState),
	/** Images in texts that were seen. Their addresses are in a file of their own. */
	images: is.optional(is.number),
	settings: is.optional(isSettingsState),
	/** Of a workspace. */
	snippets: is.optional(isSnippetsState),
});

export const emptyReading: Reading = {
	open: {},
	total: 0,
	greatest: 0,
	list: {pages: 0},
	feed: {pages: 0},
	gaps: [],
};

/** Undefined if it cannot be used. Then everything is read anew, and nothing that is saved goes. */
export const parseReading = (json: unknown): Reading | undefined =>
	isReading(json) ? json : undefined;

/** As JSON: without the fields that have no value. */
export const formatReading = (reading: Reading): JsonObject => onlyGiven(reading);

/** Items on a page of pull requests, and of the feed. */
const pageLength = 50;

/** Entries of the feed for one pull request: comments, approvals, updates. */
const usualEntries = 9.8;

/** Share of the pull requests whose comments the feed does not tell completely. */
const usualDifferences = 0.05;

/** Share of the open pull requests that have open tasks. */
const usualTasks = 0.2;

/** Settings of a repository, without those of pipelines. */
const usualSettings = 10;

/**
 * About how many requests this repository still takes: for the rest of its first save, and for
 * settings that are due `now`, in milliseconds since 1970. 0 once all is here.
 */
export const estimateLeft = (reading: Reading, now?: number): number => {
	const {greatest, total, open, list, feed, gaps, comments, tasks, closedBelow} = reading;
	const openCount = Object.keys(open).length;
	const all = list.endedAt === undefined ? greatest : total;
	return (
		(list.endedAt === undefined ? Math.ceil((list.below ?? greatest) / pageLength) || 1 : 0) +
		(feed.endedAt === undefined ? estimateFeed(all, feed) : 0) +
		gaps.length +
		estimateDownloads(reading.downloads ?? noDownloads) +
		estimateCommits(reading.commits, all) +
		estimateTips(reading.tips, openCount) +
		estimateSettings(reading.settings ?? noSettings, usualSettings, now) +
		(comments?.length ?? Math.ceil(all * usualDifferences)) +
		(tasks?.length ?? Math.ceil(openCount * usualTasks)) +
		Math.max(0, Math.min(closedBelow ?? Number.POSITIVE_INFINITY, all + 1) - 1 - openCount)
	);
};

const estimateFeed = (all: number, {pages}: Walk): number =>
	Math.max(1, Math.ceil((all * usualEntries) / pageLength) - pages);
