import type {JsonObject} from '../../domain/json.ts';
import {pathOfPullRequest} from '../../domain/metadata/paths.ts';
import {readPullRequest} from '../../domain/metadata/pull-request.ts';
import {type Collecting, type CopyWork, collect, type Step} from './collect.ts';
import {listPullRequests, readPullRequests, readSaved} from './copy.ts';
import {walkFeed} from './feed.ts';
import {lookAtPullRequests, readItems} from './look.ts';
import {readCommits} from './read-commits.ts';
import {readDownloads} from './read-downloads.ts';
import {readComments, readTasks} from './read-parts.ts';
import {readSettings} from './read-settings.ts';
import {readTips} from './read-tips.ts';
import {addLook} from './save-look.ts';
import {walkDown} from './walk-down.ts';

/**
 * The first look at a repository, and the breadth in one commit with it. Returns false if Bitbucket
 * does not give its pull requests.
 */
export const beginReading = async (work: CopyWork): Promise<boolean> => {
	work.tell('looking for pull requests');
	const look = await lookAtPullRequests(work);
	if (look.state !== 'seen') {
		return false;
	}

	await collect(work, [(collecting) => addLook(collecting, look), ...breadth]);
	return true;
};

/** Down the list to number 1. Numbers that are left out are noted. */
const walkList: Step = async (work) => {
	const {list} = work.reading;
	if (list.endedAt !== undefined) {
		return;
	}

	work.tell('pull requests');
	for await (const {items, below, gaps, isEnd} of walkDown(work, list.below)) {
		work.tell('pull requests');
		for (const {known, value} of items) {
			work.draft.putNew(known.id, value);
		}

		const {reading} = work;
		const open = items.filter(({known}) => known.isOpen);
		await work.moveTo({
			list: {pages: reading.list.pages + 1, below, endedAt: isEnd ? now(work) : undefined},
			open: withOpen(now(work), reading.open, open),
			greatest: Math.max(reading.greatest, ...items.map(({known}) => known.id)),
			gaps: [...reading.gaps, ...gaps],
		});
	}
};

const now = ({session}: Collecting): string => new Date(session.clock.now()).toISOString();

const withOpen = (
	readAt: string,
	open: Readonly<Record<string, string>>,
	items: readonly {readonly known: {readonly id: number; readonly comments: number | undefined}}[],
): Readonly<Record<string, string>> => ({
	...Object.fromEntries(
		items.map(({known}) => [known.id, known.comments === 0 ? '' : readAt.slice(0, 10)]),
	),
	...open,
});

/** Bitbucket has no way to delete a pull request, so a number that the list left out is asked for. */
const askForGaps: Step = async (work) => {
	const {repository} = work.copy;
	for (const id of work.reading.gaps) {
		const answer = await work.ask({kind: 'pull-request', repository, id});
		for (const {known, value} of answer.state === 'read' ? readItems(answer) : []) {
			work.draft.putNew(known.id, value);
		}

		await work.moveTo({gaps: work.reading.gaps.filter((one) => one !== id)});
	}
};

/** Without pull requests there is nothing more to read. */
const endIfEmpty: Step = async (work) => {
	const {list, greatest} = work.reading;
	if (list.endedAt !== undefined && greatest === 0) {
		const feed = {pages: 0, endedAt: now(work)};
		await work.moveTo({feed, comments: [], tasks: [], closedBelow: 1});
	}
};

/** Finds the pull requests of which the feed did not tell all comments, and those with open tasks. */
const findLeft: Step = async (work) => {
	if (work.reading.comments !== undefined || work.reading.feed.endedAt === undefined) {
		return;
	}

	const comments: number[] = [];
	const tasks: number[] = [];
	let total = 0;
	let hasClosed = false;
	for await (const ids of listPullRequests(work)) {
		const saved = await readSaved(work, ids.map(pathOfComments));
		total += ids.length;
		for await (const some of readPullRequests(work, ids)) {
			for (const {id, value} of some) {
				const known = readPullRequest(value);
				const list = work.draft.commentsOf(id, saved.get(pathOfComments(id)));
				comments.push(...(isWhole(list, known?.comments) ? [] : [id]));
				tasks.push(...(known?.isOpen === true && (known.openTasks ?? 0) > 0 ? [id] : []));
				hasClosed ||= known?.isOpen !== true;
			}
		}
	}

	const closedBelow = hasClosed ? work.reading.greatest + 1 : 1;
	await work.moveTo({total, comments, tasks, closedBelow});
};

const pathOfComments = (id: number): string => pathOfPullRequest(id, 'comments');

/** Bitbucket does not say whether it counts deleted comments, so the number with or without them will do. */
const isWhole = (comments: readonly JsonObject[], count: number | undefined): boolean => {
	const living = comments.filter((one) => one['deleted'] !== true);
	return count === comments.length || count === living.length;
};

const readLeftComments: Step = async (work) => {
	for (const id of work.reading.comments ?? []) {
		await readComments(work, id, 'all');
		await work.moveTo({comments: work.reading.comments?.filter((one) => one !== id)});
	}
};

const readLeftTasks: Step = async (work) => {
	for (const id of work.reading.tasks ?? []) {
		await readTasks(work, id);
		await work.moveTo({tasks: work.reading.tasks?.filter((one) => one !== id)});
	}
};

const readClosedTasks: Step = async (work) => {
	const {closedBelow} = work.reading;
	if (closedBelow === undefined || closedBelow <= 1) {
		return;
	}

	const ids: number[] = [];
	for await (const some of listPullRequests(work)) {
		ids.push(...some.filter((id) => id < closedBelow));
	}

	for (const id of ids.toSorted((left, right) => right - left)) {
		if (work.reading.open[id] === undefined) {
			await readTasks(work, id);
		}

		await work.moveTo({closedBelow: id});
	}

	await work.moveTo({closedBelow: 1});
};

/** First all pull requests of every repository, with text and approvals. */
export const breadth: readonly Step[] = [walkList, askForGaps, endIfEmpty];

/** Then everything else of one repository after the other. */
export const depth: readonly Step[] = [
	endIfEmpty,
	walkFeed,
	findLeft,
	readLeftComments,
	readLeftTasks,
	readCommits,
	readDownloads,
	readTips,
	readSettings,
];

/** Last the tasks of closed pull requests, which cost a request each and seldom bring anything. */
export const rest: readonly Step[] = [readClosedTasks];
