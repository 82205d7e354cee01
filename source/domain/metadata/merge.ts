import {isJsonObject, type JsonObject} from '../json.ts';

/**
 * `list`: a comment as the list of its pull request has it. `feed`: as an entry of the repository's
 * feed, which may tell less of it.
 */
export type CommentOrigin = 'list' | 'feed';

/**
 * The comments of a pull request as they are known after some were read. The later version of each
 * counts. None is ever left out: Bitbucket keeps deleted ones too, as comments without words.
 */
export const mergeComments = (
	known: readonly JsonObject[],
	read: readonly JsonObject[],
	origin: CommentOrigin,
): readonly JsonObject[] => {
	const byId = new Map(known.map((one) => [one['id'], one]));
	for (const comment of read) {
		const id = comment['id'];
		if (typeof id === 'number' && Number.isSafeInteger(id) && id > 0) {
			const before = byId.get(id);
			if (before === undefined || isLater(comment, before, origin)) {
				byId.set(id, comment);
			}
		}
	}

	return [...byId.values()];
};

/** Of two versions with the same date the list's counts: a thread is resolved without a new date. */
const isLater = (read: JsonObject, known: JsonObject, origin: CommentOrigin): boolean => {
	const difference = timeOf(read) - timeOf(known);
	return difference > 0 || (difference === 0 && origin === 'list');
};

const timeOf = (comment: JsonObject): number => {
	const time = Date.parse(String(comment['updated_on'] ?? comment['created_on']));
	return Number.isNaN(time) ? 0 : time;
};

/** The entries of a pull request's activity, each once. */
export const mergeActivity = (
	known: readonly JsonObject[],
	read: readonly JsonObject[],
): readonly JsonObject[] => [
	...new Map([...known, ...read].map((entry) => [keyOfEntry(entry), entry])).values(),
];

/** An entry is known by its kind, its date and the person. */
const keyOfEntry = (entry: JsonObject): string => {
	const [kind, event] = eventOf(entry);
	return JSON.stringify([kind, dateOf(event), whoseOf(event)]);
};

const eventOf = (entry: JsonObject): readonly [string, JsonObject] => {
	const found = Object.entries(entry).find(
		([name, value]) => name !== 'pull_request' && isJsonObject(value),
	);
	return found !== undefined && isJsonObject(found[1]) ? [found[0], found[1]] : ['unknown', entry];
};

const dateOf = (event: JsonObject): unknown =>
	event['date'] ?? event['updated_on'] ?? event['created_on'];

const whoseOf = (event: JsonObject): unknown => {
	const whose = event['user'] ?? event['author'];
	return isJsonObject(whose) ? (whose['uuid'] ?? whose['account_id']) : undefined;
};

/** An entry of a repository's feed. */
export type FeedEntry = {
	/** The pull request's number. */
	readonly id: number;
	/** Milliseconds since 1970; undefined if it has no date that can be read. */
	readonly at: number | undefined;
} & ({readonly comment: JsonObject} | {readonly event: JsonObject});

/** Undefined for an entry that names no pull request. */
export const readFeedEntry = (entry: JsonObject): FeedEntry | undefined => {
	const pullRequest = entry['pull_request'];
	const id = isJsonObject(pullRequest) ? pullRequest['id'] : undefined;
	if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1) {
		return undefined;
	}

	const {comment} = entry;
	if (isJsonObject(comment)) {
		return {id, at: readTime(comment['created_on']), comment};
	}

	return {id, at: readTime(dateOf(eventOf(entry)[1])), event: entry};
};

const readTime = (value: unknown): number | undefined => {
	const time = Date.parse(String(value));
	return Number.isNaN(time) ? undefined : time;
};
