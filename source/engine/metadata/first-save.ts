import type {JsonObject} from '../../domain/json.ts';
import {pathOfPullRequest} from '../../domain/metadata/paths.ts';
import {readPullRequest} from '../../domain/metadata/pull-request.ts';
import {collect, type OnSaved, type Step} from './collect.ts';
import {type Copy, listPullRequests, readPullRequests, readSaved} from './copy.ts';
import {walkFeed} from './feed.ts';
import {lookAtPullRequests, readItems} from './look.ts';
import {readCommits} from './read-commits.ts';
import {readDownloads} from './read-downloads.ts';
import {readComments, readTasks} from './read-parts.ts';
import {readSettings} from './read-settings.ts';
import {readTips} from './read-tips.ts';
import type {MetadataReader} from './reader.ts';
import {addLook} from './save-look.ts';
import {walkDown} from './walk-down.ts';

/**
 * The first look at a repository, and the breadth in one commit with it. Returns false if Bitbucket
 * does not give its pull requests.
 */
export const beginReading = async (
	reader: MetadataReader,
	copy: Copy,
	onSaved: OnSaved,
): Promise<boolean> => {
	reader.tell('looking for pull requests', copy.repository);
	const look = await lookAtPullRequests(reader, copy);
	if (look.state !== 'seen') {
		return false;
	}

	const firstLook: Step = (_reader, _copy, collected) => addLook(reader, copy, look, collected);
	await readSteps([firstLook, ...breadth], reader, copy, onSaved);
	return true;
};

/** First all pull requests of every repository, with text and approvals. */
export const readBreadth = (reader: MetadataReader, copy: Copy, onSaved: OnSaved): Promise<void> =>
	readSteps(breadth, reader, copy, onSaved);

/** Then everything else of one repository after the other. */
export const readDepth = (reader: MetadataReader, copy: Copy, onSaved: OnSaved): Promise<void> =>
	readSteps(
		[
			endIfEmpty,
			walkFeed,
			findLeft,
			readLeftComments,
			readLeftTasks,
			readCommits,
			readDownloads,
			readTips,
			readSettings,
		],
		reader,
		copy,
		onSaved,
	);

/** Last the tasks of closed pull requests, which cost a request each and seldom bring anything. */
export const readRest = (reader: MetadataReader, copy: Copy, onSaved: OnSaved): Promise<void> =>
	readSteps([readClosedTasks], reader, copy, onSaved);

const readSteps = (
	steps: readonly Step[],
	reader: MetadataReader,
	copy: Copy,
	onSaved: OnSaved,
): Promise<void> =>
	collect(reader.session, copy, onSaved, async (collected) => {
		for (const step of steps) {
			await step(reader, copy, collected);
		}
	});

const now = ({session}: MetadataReader): string => new Date(session.clock.now()).toISOString();

/** Down the list to number 1. Numbers that are left out are noted. */
const walkList: Step = async (reader, copy, collected) => {
	const {list} = collected.reading;
	if (list.endedAt !== undefined) {
		return;
	}

	reader.tell('pull requests', copy.repository);
	for await (const {items, below, gaps, isEnd} of walkDown(reader, copy, list.below)) {
		reader.tell('pull requests', copy.repository);
		for (const {known, value} of items) {
			collected.draft.putNew(known.id, value);
		}

		const {reading} = collected;
		const open = items.filter(({known}) => known.isOpen);
		await collected.moveTo({
			...reading,
			list: {pages: reading.list.pages + 1, below, ...(isEnd ? {endedAt: now(reader)} : {})},
			open: withOpen(reader, reading.open, open),
			greatest: Math.max(reading.greatest, ...items.map(({known}) => known.id)),
			gaps: [...reading.gaps, ...gaps],
		});
	}
};

const withOpen = (
	reader: MetadataReader,
	open: Readonly<Record<string, string>>,
	items: readonly {readonly known: {readonly id: number; readonly comments: number | undefined}}[],
): Readonly<Record<string, string>> => ({
	...Object.fromEntries(
		items.map(({known}) => [known.id, known.comments === 0 ? '' : now(reader).slice(0, 10)]),
	),
	...open,
});

/** Bitbucket has no way to delete a pull request, so a number that the list left out is asked for. */
const askForGaps: Step = async (reader, {repository}, collected) => {
	for (const id of collected.reading.gaps) {
		const answer = await reader.ask({kind: 'pull-request', repository, id});
		for (const {known, value} of answer.state === 'read' ? readItems(answer) : []) {
			collected.draft.putNew(known.id, value);
		}

		const {reading} = collected;
		await collected.moveTo({...reading, gaps: reading.gaps.filter((one) => one !== id)});
	}
};

/** Without pull requests there is nothing more to read. */
const endIfEmpty: Step = async (reader, _copy, collected) => {
	const {reading} = collected;
	if (reading.list.endedAt !== undefined && reading.greatest === 0) {
		const feed = {pages: 0, endedAt: now(reader)};
		await collected.moveTo({...reading, feed, comments: [], tasks: [], closedBelow: 1});
	}
};

const breadth: readonly Step[] = [walkList, askForGaps, endIfEmpty];

/** Finds the pull requests of which the feed did not tell all comments, and those with open tasks. */
const findLeft: Step = async ({session}, copy, collected) => {
	if (collected.reading.comments !== undefined || collected.reading.feed.endedAt === undefined) {
		return;
	}

	const comments: number[] = [];
	const tasks: number[] = [];
	let total = 0;
	let hasClosed = false;
	for await (const ids of listPullRequests(session, copy)) {
		const saved = await readSaved(session, copy, ids.map(pathOfComments));
		total += ids.length;
		for await (const some of readPullRequests(session, copy, ids)) {
			for (const {id, value} of some) {
				const known = readPullRequest(value);
				const list = collected.draft.commentsOf(id, saved.get(pathOfComments(id)));
				comments.push(...(isWhole(list, known?.comments) ? [] : [id]));
				tasks.push(...(known?.isOpen === true && (known.openTasks ?? 0) > 0 ? [id] : []));
				hasClosed ||= known?.isOpen !== true;
			}
		}
	}

	const closedBelow = hasClosed ? collected.reading.greatest + 1 : 1;
	await collected.moveTo({...collected.reading, total, comments, tasks, closedBelow});
};

const pathOfComments = (id: number): string => pathOfPullRequest(id, 'comments');

/** Bitbucket does not say whether it counts deleted comments, so the number with or without them will do. */
const isWhole = (comments: readonly JsonObject[], count: number | undefined): boolean => {
	const living = comments.filter((one) => one['deleted'] !== true);
	return count === comments.length || count === living.length;
};

const readLeftComments: Step = async (reader, copy, collected) => {
	for (const id of collected.reading.comments ?? []) {
		reader.tell(`comments of pull request ${id}`, copy.repository);
		await readComments(reader, copy, collected.draft, id, 'all');
		const {reading} = collected;
		await collected.moveTo({...reading, comments: reading.comments?.filter((one) => one !== id)});
	}
};

const readLeftTasks: Step = async (reader, copy, collected) => {
	for (const id of collected.reading.tasks ?? []) {
		reader.tell(`tasks of pull request ${id}`, copy.repository);
		await readTasks(reader, copy, collected.draft, id);
		const {reading} = collected;
		await collected.moveTo({...reading, tasks: reading.tasks?.filter((one) => one !== id)});
	}
};

const readClosedTasks: Step = async (reader, copy, collected) => {
	const {closedBelow} = collected.reading;
	if (closedBelow === undefined || closedBelow <= 1) {
		return;
	}

	const ids: number[] = [];
	for await (const some of listPullRequests(reader.session, copy)) {
		ids.push(...some.filter((id) => id < closedBelow));
	}

	for (const id of ids.toSorted((left, right) => right - left)) {
		if (collected.reading.open[id] === undefined) {
			reader.tell(`tasks of pull request ${id}`, copy.repository);
			await readTasks(reader, copy, collected.draft, id);
		}

		await collected.moveTo({...collected.reading, closedBelow: id});
	}

	await collected.moveTo({...collected.reading, closedBelow: 1});
};
