import {FailureError} from '../../domain/failure/failure.ts';
import {type FeedEntry, readFeedEntry} from '../../domain/metadata/merge.ts';
import type {JsonObject} from '../../domain/metadata/normalise.ts';
import {pathOfPullRequest} from '../../domain/metadata/paths.ts';
import {askFrom, formatTime} from '../../domain/metadata/pull-request.ts';
import type {MetadataRead, MetadataRequest} from '../../ports/metadata.ts';
import {type Copy, readSaved} from './copy.ts';
import {type Draft, parseList} from './draft.ts';
import type {MetadataReader} from './reader.ts';

const day = 24 * 60 * 60_000;

/** From this many saved comments on, only those are asked for that are new or changed. */
const manyComments = 100;

/**
 * Reads the comments of a pull request from their list. `new`: of a long list only what changed since
 * the newest that is saved.
 */
export const readComments = async (
	reader: MetadataReader,
	copy: Copy,
	draft: Draft,
	id: number,
	which: 'new' | 'all',
): Promise<void> => {
	const path = pathOfPullRequest(id, 'comments');
	const saved =
		which === 'new' ? parseList((await readSaved(reader.session, copy, [path])).get(path)) : [];
	// A date that is yet to come would hide all later comments.
	const newest = Math.max(
		...saved
			.map((one) => Date.parse(String(one['updated_on'])))
			.filter((time) => time <= reader.session.clock.now() + day),
	);
	const isLong = saved.length > manyComments && Number.isFinite(newest);
	const values = await readList(reader, {
		kind: 'comments',
		repository: copy.repository,
		id,
		...(isLong ? {since: askFrom(formatTime(newest))} : {}),
	});
	draft.addComments(id, values, 'list');
};

/** Reads all tasks of a pull request. */
export const readTasks = async (
	reader: MetadataReader,
	copy: Copy,
	draft: Draft,
	id: number,
): Promise<void> => {
	const {repository} = copy;
	draft.put({kind: 'tasks', id, value: await readList(reader, {kind: 'tasks', repository, id})});
};

/** No pull request has more comments. It stops a server whose list never ends. */
const mostItems = 100_000;

/** All items of a list; none of one that is not there. Throws a `FailureError` if it is refused. */
const readList = async (
	reader: MetadataReader,
	request: MetadataRequest,
): Promise<readonly JsonObject[]> => {
	const values: JsonObject[] = [];
	const pages = new Set<string>();
	let page: string | undefined;
	do {
		const answer = await reader.ask({...request, ...(page === undefined ? {} : {page})});
		if (answer.state === 'absent') {
			return values;
		}

		if (answer.state === 'refused') {
			throw new FailureError(answer.failure);
		}

		for (const value of answer.values) {
			values.push(value);
		}

		page = answer.next;
		if (page !== undefined && (pages.has(page) || values.length > mostItems)) {
			throw new FailureError({kind: 'unexpected-answer', detail: 'a list goes on without an end'});
		}

		pages.add(page ?? '');
	} while (page !== undefined);

	return values;
};

/**
 * Reads the repository's feed down to a moment, milliseconds since 1970. The feed has no order but
 * that of its dates, so it is followed until a page has nothing newer.
 */
export const readFeedUntil = async (
	reader: MetadataReader,
	copy: Copy,
	draft: Draft,
	until: number,
): Promise<void> => {
	const pages = new Set<string>();
	let page: string | undefined;
	do {
		const answer = await reader.ask({
			kind: 'activity',
			repository: copy.repository,
			...(page === undefined ? {} : {page}),
		});
		if (answer.state !== 'read') {
			return;
		}

		const entries = addEntries(draft, answer);
		page = answer.next;
		if (
			page === undefined ||
			pages.has(page) ||
			entries.every(({at}) => at !== undefined && at < until)
		) {
			return;
		}

		pages.add(page);
	} while (page !== undefined);
};

/** Adds a page of the feed to what was read. */
export const addEntries = (draft: Draft, {values}: MetadataRead): readonly FeedEntry[] => {
	const entries = values.flatMap((value) => readFeedEntry(value) ?? []);
	for (const entry of entries) {
		if ('comment' in entry) {
			draft.addComments(entry.id, [entry.comment], 'feed');
		} else {
			draft.addActivity(entry.id, [entry.event]);
		}
	}

	return entries;
};
