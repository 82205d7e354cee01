import {onlyGiven} from '../given.ts';
import {type Form, fits, is, type JsonObject} from '../json.ts';
import {type CommitsState, estimateCommits, isCommitsState} from './commits.ts';
import {
	type DownloadsState,
	estimateDownloads,
	isDownloadsState,
	noDownloads,
} from './downloads.ts';
import {
	estimateSettings,
	isSettingsState,
	noSettings,
	type SettingsState,
} from './settings-state.ts';
import {isSnippetsState, type SnippetsState} from './snippets.ts';
import {estimateTips, isTipsState, type TipsState} from './tips.ts';

/**
 * How far the reading of a repository's metadata came. It lies in the same commit as the data, so
 * that it never stands ahead of them.
 */
export type Reading = {
	/** Greatest `updated_on` that a look saw, RFC 3339. The next look asks from a day before. */
	readonly watermark?: string | undefined;
	/** Of all that the last look saw, once everything of it was saved. */
	readonly digest?: string | undefined;
	/**
	 * Saved as open: the number, and the day on which its comments were last read from their list.
	 * Empty for one without comments.
	 */
	readonly open: Readonly<Record<string, string>>;
	/** Pull requests that are saved, and the greatest number among them. */
	readonly total: number;
	readonly greatest: number;
	readonly list: Walk;
	readonly feed: Walk;
	/** The same list once more, months later. */
	readonly relist?: Walk | undefined;
	/** Numbers that the list left out, to be asked for one by one. */
	readonly gaps: readonly number[];
	/** Pull requests whose comments or tasks are to be read; undefined until they were counted. */
	readonly comments?: readonly number[] | undefined;
	readonly tasks?: readonly number[] | undefined;
	/** Tasks of closed ones are to be read below this number, the greatest first. */
	readonly closedBelow?: number | undefined;
	readonly downloads?: DownloadsState | undefined;
	/** Undefined until the pull requests were compared with the mirror of the code. */
	readonly commits?: CommitsState | undefined;
	readonly tips?: TipsState | undefined;
	/** Images in texts that were seen. Their addresses are in a file of their own. */
	readonly images?: number | undefined;
	readonly settings?: SettingsState | undefined;
	/** Of a workspace. */
	readonly snippets?: SnippetsState | undefined;
};

/** A walk through a whole list, from the newest to the oldest, over as many runs as it takes. */
export type Walk = {
	/** Pages that were read so far. */
	readonly pages: number;
	/** Everything from this number on was read. */
	readonly below?: number | undefined;
	/** Address of the next page, where there are no numbers to go by. */
	readonly next?: string | undefined;
	/** When it reached its end, RFC 3339. */
	readonly endedAt?: string | undefined;
};

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

const isWalk = is.objectOf({
	pages: is.number,
	below: is.optional(is.number),
	next: is.optional(is.text),
	endedAt: is.optional(is.time),
});

const form: Form = {
	watermark: is.optional(is.time),
	digest: is.optional(is.text),
	open: is.mapOf(is.text),
	total: is.number,
	greatest: is.number,
	list: isWalk,
	feed: isWalk,
	relist: is.optional(isWalk),
	gaps: is.listOf(is.number),
	comments: is.optional(is.listOf(is.number)),
	tasks: is.optional(is.listOf(is.number)),
	closedBelow: is.optional(is.number),
	downloads: is.optional(isDownloadsState),
	commits: is.optional(isCommitsState),
	tips: is.optional(isTipsState),
	settings: is.optional(isSettingsState),
	snippets: is.optional(isSnippetsState),
	images: is.optional(is.number),
} satisfies Record<keyof Reading, unknown>;

const isReading = (json: unknown): json is Reading => fits(json, form);

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
