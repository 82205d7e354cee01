import {isJsonList, isJsonObject, type JsonObject} from '../json.ts';
import {day} from '../text/format.ts';

/** The fields of a pull request that decide what is read of it. Everything may be missing. */
export type PullRequest = {
	readonly id: number;
	readonly isOpen: boolean;
	/** RFC 3339. */
	readonly updatedOn: string | undefined;
	readonly comments: number | undefined;
	/** Open tasks alone: 0 proves nothing about resolved ones. */
	readonly openTasks: number | undefined;
	/** Approvals and requests for changes, for a comparison. */
	readonly participants: string;
};

/** Undefined for an item without a usable number. */
export const readPullRequest = (item: JsonObject): PullRequest | undefined => {
	const id = item['id'];
	if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1) {
		return undefined;
	}

	return {
		id,
		isOpen: item['state'] === 'OPEN',
		updatedOn: readText(item['updated_on']),
		comments: readCount(item['comment_count']),
		openTasks: readCount(item['task_count']),
		participants: JSON.stringify(readList(item['participants']).map(readParticipant).toSorted()),
	};
};

const readText = (value: unknown): string | undefined =>
	typeof value === 'string' ? value : undefined;

const readCount = (value: unknown): number | undefined =>
	typeof value === 'number' && value >= 0 ? value : undefined;

const readList = (value: unknown): readonly unknown[] => (isJsonList(value) ? value : []);

const readParticipant = (value: unknown): string => {
	const {user, role, approved, state, participated_on: at} = isJsonObject(value) ? value : {};
	const whose = isJsonObject(user) ? (user['uuid'] ?? user['account_id']) : undefined;
	return JSON.stringify([whose, role, approved, state, at]);
};

/** The parts of a changed pull request that are to be read again. */
export type ChangedParts = {
	readonly comments: 'none' | 'new' | 'all';
	readonly tasks: boolean;
	/** An event happened that only the repository's feed tells. */
	readonly feed: boolean;
};

/**
 * `saved`: as it was saved last, undefined for a new one. Whatever has changed once it is closed is
 * seen by no later look, so everything is read once more then.
 */
export const findChangedParts = (
	saved: PullRequest | undefined,
	now: PullRequest,
	hadTasks: boolean,
): ChangedParts => {
	const moved = saved?.updatedOn !== now.updatedOn;
	const wasClosed = !now.isOpen && saved?.isOpen !== false;
	const hasComments = (now.comments ?? 1) > 0 || (saved?.comments ?? 0) > 0;
	const commentsMoved = moved || saved?.comments !== now.comments;
	return {
		comments: !hasComments || !(commentsMoved || wasClosed) ? 'none' : wasClosed ? 'all' : 'new',
		tasks:
			wasClosed ||
			(saved?.openTasks ?? 0) !== (now.openTasks ?? 0) ||
			(moved && (hadTasks || (now.openTasks ?? 0) > 0)),
		feed: moved || saved?.participants !== now.participants,
	};
};

/**
 * The latest of these moments (RFC 3339), in milliseconds since 1970. One of more than a day after
 * `now` is not believed: it would hide all later changes.
 */
export const latestOf = (
	moments: readonly (string | undefined)[],
	now: number,
): number | undefined =>
	moments
		.map((moment) => Date.parse(moment ?? ''))
		.filter((time) => time <= now + day)
		.reduce<number | undefined>((latest, time) => Math.max(latest ?? time, time), undefined);

/** As Bitbucket writes a moment. */
export const formatTime = (time: number): string =>
	new Date(time).toISOString().replace('Z', '+00:00');

/** The moment from which a look asks: a change shows within a day less the time of a look. */
export const askFrom = (watermark: string): string => formatTime(Date.parse(watermark) - day);
