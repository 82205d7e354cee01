import {fileOf, pathOfPullRequest} from '../../domain/metadata/paths.ts';
import {
	type ChangedParts,
	findChangedParts,
	readPullRequest,
} from '../../domain/metadata/pull-request.ts';
import type {Reading} from '../../domain/metadata/reading.ts';
import {noSettings} from '../../domain/metadata/settings-state.ts';
import {day} from '../../domain/text/format.ts';
import type {Session} from '../session.ts';
import {type Collected, collect, type OnSaved} from './collect.ts';
import {type Copy, readSaved, readSavedObjects} from './copy.ts';
import {readFeedUntil} from './feed.ts';
import {type Look, readItems, type SeenPullRequest} from './look.ts';
import {readComments, readTasks} from './read-parts.ts';
import type {MetadataReader} from './reader.ts';
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
export const isUnchanged = (session: Session, copy: Copy, look: Look): boolean =>
	look.digest === copy.reading.digest &&
	findDue(copy.reading, session.clock.now()).length === 0 &&
	isListedAsSaved(session, copy);

/** The first look keeps the repository as it is listed, and then each round through its settings does. */
const isListedAsSaved = (session: Session, copy: Copy): boolean =>
	copy.reading.settings?.at === undefined ||
	digestListed(session, copy) === copy.reading.settings.listed;

/** Undefined if nothing was listed but what a backup of the code needs. */
const digestListed = ({digest}: Session, {repository, reading}: Copy): string | undefined =>
	repository.details === undefined
		? reading.settings?.listed
		: digest(fileOf({kind: 'repository', value: repository.details}).text);

/** A pull request that is to be saved, and the parts of it that are to be read. */
type Change = {readonly seen: SeenPullRequest; readonly parts: ChangedParts};

/** Saves all that a look saw. */
export const saveLook = (
	reader: MetadataReader,
	copy: Copy,
	look: Look,
	onSaved: OnSaved,
): Promise<void> =>
	collect(reader.session, copy, onSaved, (collected) => addLook(reader, copy, look, collected));

/**
 * Reads the changed parts of each pull request that a look saw, and only then adds its own file, so
 * that one that was not finished differs at the next look too. The watermark and the digest are set
 * with the last of it.
 */
export const addLook = async (
	reader: MetadataReader,
	copy: Copy,
	look: Look,
	collected: Collected,
): Promise<void> => {
	const seen = [...look.byId.values(), ...(await askForVanished(reader, copy, collected, look))];
	const changes = await findChanges(reader, copy, seen);
	if (changes.some(({parts}) => parts.feed)) {
		reader.tell('what happened', copy.repository);
		const until = Date.parse(copy.reading.watermark ?? '') - day;
		await readFeedUntil(reader, copy, collected.draft, until);
	}

	for (const change of changes) {
		await saveChange(reader, copy, collected, change);
	}

	const {watermark, digest} = look;
	await collected.moveTo({...collected.reading, watermark, digest});
	if (copy.tip === undefined || !isListedAsSaved(reader.session, copy)) {
		await keepListed(reader.session, copy, collected);
	}
};

/** Keeps the repository as the workspace's listing has it, which costs no request. */
export const keepListed = async (
	session: Session,
	copy: Copy,
	collected: Collected,
): Promise<void> => {
	const {details} = copy.repository;
	if (details !== undefined) {
		const {reading, draft} = collected;
		draft.put({kind: 'repository', value: details});
		const settings = {...(reading.settings ?? noSettings), listed: digestListed(session, copy)};
		await collected.moveTo({...reading, settings});
	}
};

/**
 * Those that are saved as open and did not come were closed without a newer date, or cannot be seen
 * any more.
 */
const askForVanished = async (
	reader: MetadataReader,
	{repository, reading}: Copy,
	collected: Collected,
	{byId}: Look,
): Promise<readonly SeenPullRequest[]> => {
	const found: SeenPullRequest[] = [];
	for (const id of Object.keys(reading.open).map(Number)) {
		if (byId.has(id)) {
			continue;
		}

		const answer = await reader.ask({kind: 'pull-request', repository, id});
		const items = answer.state === 'read' ? readItems(answer) : [];
		found.push(...items);
		if (items.length === 0) {
			const {[id]: _, ...open} = collected.reading.open;
			await collected.moveTo({...collected.reading, open});
		}
	}

	return found;
};

const nothing: ChangedParts = {comments: 'none', tasks: false, feed: false};

const findChanges = async (
	{session}: MetadataReader,
	copy: Copy,
	seen: readonly SeenPullRequest[],
): Promise<readonly Change[]> => {
	const fileOf = ({known}: SeenPullRequest): string => pathOfPullRequest(known.id, 'pull-request');
	const due = new Set(findDue(copy.reading, session.clock.now()));
	const saved = await readSaved(session, copy, seen.map(fileOf));
	const changed = seen.filter(
		(one) => saved.get(fileOf(one)) !== one.text || due.has(one.known.id),
	);
	// Until its first walk began, the feed is going to tell everything.
	if (copy.reading.feed.pages === 0 && copy.reading.feed.endedAt === undefined) {
		return changed.map((one) => ({seen: one, parts: nothing}));
	}

	const objects = await readSavedObjects(session, copy, changed.map(fileOf));
	const withTasks = await readSaved(
		session,
		copy,
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
	reader: MetadataReader,
	copy: Copy,
	collected: Collected,
	{seen: {known, value}, parts}: Change,
): Promise<void> => {
	const {id} = known;
	if (parts.comments !== 'none') {
		reader.tell(`comments of pull request ${id}`, copy.repository);
		await readComments(reader, copy, collected.draft, id, parts.comments);
	}

	if (parts.tasks) {
		reader.tell(`tasks of pull request ${id}`, copy.repository);
		await readTasks(reader, copy, collected.draft, id);
	}

	collected.draft.put({kind: 'pull-request', id, value});
	const {reading} = collected;
	await collected.moveTo({
		...reading,
		open: listOpen(reader, reading, known, parts),
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
	{session}: MetadataReader,
	{open}: Reading,
	{id, isOpen, comments}: SeenPullRequest['known'],
	parts: ChangedParts,
): Reading['open'] => {
	const {[id]: readAt = '', ...others} = open;
	const today = new Date(session.clock.now()).toISOString().slice(0, 10);
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
export const relist = (reader: MetadataReader, copy: Copy, onSaved: OnSaved): Promise<void> =>
	collect(reader.session, copy, onSaved, async (collected) => {
		reader.tell('comparing all pull requests', copy.repository);
		const {below: from} = collected.reading.relist ?? {};
		for await (const {items, below} of walkDown(reader, copy, from)) {
			for (const change of await findChanges(reader, copy, items)) {
				await saveChange(reader, copy, collected, change);
			}

			const {pages = 0} = collected.reading.relist ?? {};
			await collected.moveTo({...collected.reading, relist: {pages: pages + 1, below}});
		}

		const endedAt = new Date(reader.session.clock.now()).toISOString();
		const {reading} = collected;
		await collected.moveTo({...reading, relist: undefined, list: {...reading.list, endedAt}});
	});
