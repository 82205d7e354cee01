import {fileOf, pathOfPullRequest} from '../../domain/metadata/paths.ts';
import {
	type ChangedParts,
	findChangedParts,
	readPullRequest,
} from '../../domain/metadata/pull-request.ts';
import type {Reading} from '../../domain/metadata/reading.ts';
import {noSettings} from '../../domain/metadata/settings-state.ts';
import {day, isoTime} from '../../domain/text/format.ts';
import type {Collecting, Step} from './collect.ts';
import {type CopyInSession, readSaved, readSavedObjects} from './copy.ts';
import {readFeedUntil} from './feed.ts';
import {type Look, readItems, type SeenPullRequest} from './look.ts';
import {readComments, readTasks} from './read-parts.ts';
import {walkDown} from './walk-down.ts';

/** A thread may be resolved without a sign of it. So comments of open ones are read again. Days. */
const commentsAge = 7;

/** Pull requests that are open and whose comments were not read for long. */
const findDue = ({open, feed}: Reading, now: number): readonly number[] =>
	feed.endedAt === undefined
		? []
		: Object.entries(open).flatMap(([id, readAt]) =>
				readAt !== '' && now - Date.parse(readAt) >= commentsAge * day ? [Number(id)] : [],
			);

/** Is everything that a look and the listing saw saved already, and nothing else due? */
export const isUnchanged = ({session, copy}: CopyInSession, look: Look): boolean =>
	look.digest === copy.reading.digest &&
	findDue(copy.reading, session.clock.now()).length === 0 &&
	isListedAsSaved({session, copy});

/** The first look keeps the repository as it is listed, and then each round through its settings does. */
const isListedAsSaved = ({session, copy}: CopyInSession): boolean =>
	copy.reading.settings?.at === undefined ||
	digestListed({session, copy}) === copy.reading.settings.listed;

/** Undefined if nothing was listed but what a backup of the code needs. */
const digestListed = ({session, copy: {repository, reading}}: CopyInSession): string | undefined =>
	repository.details === undefined
		? reading.settings?.listed
		: session.digest(fileOf({kind: 'repository', value: repository.details}).text);

/** A pull request that is to be saved, and the parts of it that are to be read. */
type Change = {readonly seen: SeenPullRequest; readonly parts: ChangedParts};

/**
 * Reads the changed parts of each pull request that a look saw, and only then adds its own file, so
 * that one that was not finished differs at the next look too. The watermark and the digest are set
 * with the last of it.
 */
export const addLook = async (work: Collecting, look: Look): Promise<void> => {
	const {copy} = work;
	const seen = [...look.byId.values(), ...(await askForVanished(work, look))];
	const changes = await findChanges(work, seen);
	if (changes.some(({parts}) => parts.feed)) {
		work.tell('what happened');
		await readFeedUntil(work, Date.parse(copy.reading.watermark ?? '') - day);
	}

	for (const change of changes) {
		await saveChange(work, change);
	}

	const {watermark, digest} = look;
	await work.moveTo({watermark, digest});
	if (copy.tip === undefined || !isListedAsSaved(work)) {
		await keepListed(work);
	}
};

/** Keeps the repository as the workspace's listing has it, which costs no request. */
export const keepListed: Step = async (work) => {
	const {details} = work.copy.repository;
	if (details !== undefined) {
		work.draft.put({kind: 'repository', value: details});
		const {settings = noSettings} = work.reading;
		await work.moveTo({settings: {...settings, listed: digestListed(work)}});
	}
};

/**
 * Those that are saved as open and did not come were closed without a newer date, or cannot be seen
 * any more.
 */
const askForVanished = async (
	work: Collecting,
	{byId}: Look,
): Promise<readonly SeenPullRequest[]> => {
	const {repository, reading} = work.copy;
	const found: SeenPullRequest[] = [];
	for (const id of Object.keys(reading.open).map(Number)) {
		if (byId.has(id)) {
			continue;
		}

		const answer = await work.ask({kind: 'pull-request', repository, id});
		const items = answer.state === 'read' ? readItems(answer) : [];
		found.push(...items);
		if (items.length === 0) {
			const {[id]: _, ...open} = work.reading.open;
			await work.moveTo({open});
		}
	}

	return found;
};

const nothing: ChangedParts = {comments: 'none', tasks: false, feed: false};

const findChanges = async (
	at: CopyInSession,
	seen: readonly SeenPullRequest[],
): Promise<readonly Change[]> => {
	const {copy, session} = at;
	const fileOf = ({known}: SeenPullRequest): string => pathOfPullRequest(known.id, 'pull-request');
	const due = new Set(findDue(copy.reading, session.clock.now()));
	const saved = await readSaved(at, seen.map(fileOf));
	const changed = seen.filter(
		(one) => saved.get(fileOf(one)) !== one.text || due.has(one.known.id),
	);
	// Until its first walk began, the feed is going to tell everything.
	if (copy.reading.feed.pages === 0 && copy.reading.feed.endedAt === undefined) {
		return changed.map((one) => ({seen: one, parts: nothing}));
	}

	const objects = await readSavedObjects(at, changed.map(fileOf));
	const withTasks = await readSaved(
		at,
		changed.map(({known}) => pathOfPullRequest(known.id, 'tasks')),
	);
	return changed.map((one) => {
		const {known} = one;
		const before = objects.get(fileOf(one));
		const parts = findChangedParts(
			before && readPullRequest(before),
			known,
			withTasks.has(pathOfPullRequest(known.id, 'tasks')),
		);
		return {seen: one, parts: due.has(known.id) ? {...parts, comments: 'all'} : parts};
	});
};

/** Reads the parts of a changed pull request, and adds them with its own file to the draft. */
const saveChange = async (
	work: Collecting,
	{seen: {known, value}, parts}: Change,
): Promise<void> => {
	const {id} = known;
	if (parts.comments !== 'none') {
		await readComments(work, id, parts.comments);
	}

	if (parts.tasks) {
		await readTasks(work, id);
	}

	work.draft.put({kind: 'pull-request', id, value});
	const {reading} = work;
	await work.moveTo({
		open: listOpen(work, known, parts),
		greatest: Math.max(reading.greatest, id),
		tips: reading.tips && {
			...reading.tips,
			left: known.isOpen ? withNumber(reading.tips.left, id) : reading.tips.left,
		},
		commits: reading.commits && {
			...reading.commits,
			unchecked: withNumber(reading.commits.unchecked, id),
		},
	});
};

/** The open pull requests with the days on which their comments were read, once this one is saved. */
const listOpen = (
	{session, reading: {open}}: Collecting,
	{id, isOpen, comments}: SeenPullRequest['known'],
	parts: ChangedParts,
): Reading['open'] => {
	const {[id]: readAt = '', ...others} = open;
	const today = isoTime(session.clock.now()).slice(0, 10);
	const isRead = parts.comments === 'all' || readAt === '';
	return isOpen ? {...others, [id]: comments === 0 ? '' : isRead ? today : readAt} : others;
};

const withNumber = (all: readonly number[], one: number): readonly number[] =>
	all.includes(one) ? all : [...all, one];

/** Milliseconds after which a whole list is compared again. */
const relistAge = 90 * day;

/** Was the list last read to its end so long ago that it is compared again? */
export const isRelistDue = ({list}: Reading, now: number): boolean =>
	list.endedAt !== undefined && now - Date.parse(list.endedAt) >= relistAge;

/**
 * Compares all pull requests with what is saved. A closed one may change without a sign of it that a
 * look could see: by a late approval, say.
 */
export const relist: Step = async (work) => {
	work.tell('comparing all pull requests');
	const {below: from} = work.reading.relist ?? {};
	for await (const {items, below} of walkDown(work, from)) {
		for (const change of await findChanges(work, items)) {
			await saveChange(work, change);
		}

		const {pages = 0} = work.reading.relist ?? {};
		await work.moveTo({relist: {pages: pages + 1, below}});
	}

	const endedAt = isoTime(work.session.clock.now());
	await work.moveTo({relist: undefined, list: {...work.reading.list, endedAt}});
};
