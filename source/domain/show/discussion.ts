import {isJsonObject, type JsonObject, objectsOf, parseJson} from '../json.ts';
import type {PullRequestEvent} from './activity.ts';
import {dateOf, nameOf, type ShownPullRequest, textOf} from './pull-request.ts';

/** All that is saved of a pull request. */
export type WholePullRequest = {
	readonly pullRequest: ShownPullRequest;
	/** Each with all words that it ever had, as far as a backup saw them. Oldest first. */
	readonly comments: readonly Comment[];
	readonly tasks: readonly Task[];
	/** Oldest first. */
	readonly events: readonly PullRequestEvent[];
};

/** Words that a comment once had. `until`: when they were changed or deleted, RFC 3339. */
export type EarlierWords = {readonly text: string; readonly until: string | undefined};

/** The file and line that a comment is about. `line`: undefined for the file as a whole. */
export type Place = {
	readonly path: string;
	readonly line: number | undefined;
	/** The code that it is about has changed since. */
	readonly isOutdated: boolean;
};

export type Comment = {
	readonly id: number;
	readonly author: string;
	readonly at: string | undefined;
	/** As it was written, in Markdown; empty once it is deleted. */
	readonly text: string;
	/** Oldest first. */
	readonly earlier: readonly EarlierWords[];
	/** Deleted at Bitbucket; its words are the last of `earlier`, if a backup ever saw them. */
	readonly isDeleted: boolean;
	readonly isResolved: boolean;
	readonly place: Place | undefined;
	/** The comment that it answers. */
	readonly parent: number | undefined;
};

/** A comment and the answers to it, oldest first. `depth`: 0 for the comment itself. */
export type Thread = readonly {readonly comment: Comment; readonly depth: number}[];

/** Takes the versions of a `comments.json`, oldest first, and gives all comments that ever were in it. */
export type CommentHistory = {
	/** `at`: when that version was saved, milliseconds since 1970. */
	add(text: string, at: number): void;
	/** Oldest first. */
	comments(): readonly Comment[];
};

/**
 * Bitbucket blanks a deleted comment and forgets what an edited one said. The earlier versions of the
 * file still have the words.
 */
export const openCommentHistory = (): CommentHistory => {
	const known = new Map<number, Comment>();
	return {
		add: (text, at) => {
			const there = new Set<number>();
			for (const json of objectsOf(parseJson(text))) {
				const next = toComment(json);
				if (next !== undefined) {
					there.add(next.id);
					known.set(next.id, follow(known.get(next.id), next, dateOf(json['updated_on'])));
				}
			}

			for (const [id, comment] of known) {
				if (!there.has(id) && !comment.isDeleted) {
					known.set(id, vanish(comment, new Date(at).toISOString()));
				}
			}
		},
		comments: () =>
			[...known.values()].toSorted(
				(left, right) => compare(left.at ?? '', right.at ?? '') || left.id - right.id,
			),
	};
};

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

const toComment = (json: JsonObject): Comment | undefined => {
	const {id, content, parent, inline, resolution, deleted} = json;
	if (typeof id !== 'number') {
		return undefined;
	}

	const answered = isJsonObject(parent) ? parent['id'] : undefined;
	return {
		id,
		author: nameOf(json['user']),
		at: dateOf(json['created_on']),
		text: isJsonObject(content) ? textOf(content['raw']) : '',
		earlier: [],
		isDeleted: deleted === true,
		isResolved: isJsonObject(resolution),
		place: isJsonObject(inline) ? toPlace(inline) : undefined,
		parent: typeof answered === 'number' ? answered : undefined,
	};
};

/** `to` is a line of the new file, `from` one of the old. */
const toPlace = ({path, to, from, outdated}: JsonObject): Place | undefined => {
	const line = [to, from].find((one): one is number => typeof one === 'number');
	return typeof path === 'string' && path !== ''
		? {path, line, isOutdated: outdated === true}
		: undefined;
};

/** A comment with the words that it had before, if they are other ones. */
const follow = (
	before: Comment | undefined,
	next: Comment,
	changedOn: string | undefined,
): Comment => {
	if (before === undefined) {
		return next;
	}

	const isOther = before.text !== '' && before.text !== next.text;
	const words = isOther ? [{text: before.text, until: changedOn}] : [];
	return {...next, place: next.place ?? before.place, earlier: [...before.earlier, ...words]};
};

/** It is not in the list any more. Bitbucket does not do that, but people may edit the files. */
const vanish = (comment: Comment, until: string): Comment => ({
	...comment,
	text: '',
	isDeleted: true,
	earlier:
		comment.text === '' ? comment.earlier : [...comment.earlier, {text: comment.text, until}],
});

/** When a deleted comment was deleted, if that is known. */
export const deletedOn = ({isDeleted, earlier}: Comment): string | undefined =>
	isDeleted ? earlier.at(-1)?.until : undefined;

/** Deeper answers stay at this depth: a list of a million answers must not fill the call stack. */
const deepest = 8;

/**
 * Comments with their answers, in the order of the first comment of each thread. An answer to a
 * comment that is not there, or that in the end answers itself, begins a thread of its own.
 */
export const toThreads = (comments: readonly Comment[]): readonly Thread[] => {
	const byId = new Map(comments.map((comment) => [comment.id, comment]));
	const rooted = findRooted(comments, byId);
	const answers = new Map<number | undefined, Comment[]>();
	for (const comment of comments) {
		const parent = rooted.has(comment.id) ? parentOf(comment, byId) : undefined;
		const siblings = answers.get(parent);
		if (siblings === undefined) {
			answers.set(parent, [comment]);
		} else {
			siblings.push(comment);
		}
	}

	return (answers.get(undefined) ?? []).map((first) => collect(first, answers));
};

/** Threads about the same line of code, or about the pull request as a whole. */
export type ThreadGroup = {readonly place: Place | undefined; readonly threads: readonly Thread[]};

/** Those about the whole come first, then each line in the order of its first comment. */
export const groupByPlace = (threads: readonly Thread[]): readonly ThreadGroup[] => {
	const groups = [
		...Map.groupBy(threads, ([first]) => {
			const place = first?.comment.place;
			return place === undefined ? '' : `${place.path}\n${place.line ?? ''}`;
		}).values(),
	].map((some) => ({place: some[0]?.[0]?.comment.place, threads: some}));
	return [
		...groups.filter(({place}) => place === undefined),
		...groups.filter(({place}) => place !== undefined),
	];
};

type ById = ReadonlyMap<number, Comment>;

/** Undefined where the answered comment is not there. */
const parentOf = ({parent}: Comment, byId: ById): number | undefined =>
	parent !== undefined && byId.has(parent) ? parent : undefined;

/**
 * Comments from which the way from answer to answered comment comes to an end. It does not in a
 * circle. Each comment is passed once.
 */
const findRooted = (comments: readonly Comment[], byId: ById): ReadonlySet<number> => {
	const rooted = new Set<number>();
	const passed = new Set<number>();
	for (const comment of comments) {
		const way: number[] = [];
		let one: Comment | undefined = comment;
		while (one !== undefined && !passed.has(one.id)) {
			passed.add(one.id);
			way.push(one.id);
			const parent = parentOf(one, byId);
			if (parent === undefined) {
				rooted.add(one.id);
				break;
			}

			one = byId.get(parent);
		}

		if (rooted.has(one?.id ?? Number.NaN)) {
			for (const id of way) {
				rooted.add(id);
			}
		}
	}

	return rooted;
};

const collect = (
	first: Comment,
	answers: ReadonlyMap<number | undefined, readonly Comment[]>,
): Thread => {
	const thread: {comment: Comment; depth: number}[] = [];
	const open = [{comment: first, depth: 0}];
	for (let one = open.pop(); one !== undefined; one = open.pop()) {
		thread.push(one);
		const depth = Math.min(one.depth + 1, deepest);
		for (const comment of (answers.get(one.comment.id) ?? []).toReversed()) {
			open.push({comment, depth});
		}
	}

	return thread;
};

export type Task = {
	readonly text: string;
	readonly isOpen: boolean;
	readonly author: string;
	readonly resolvedBy: string | undefined;
	readonly resolvedOn: string | undefined;
};

export const readTasks = (text: string): readonly Task[] =>
	objectsOf(parseJson(text)).map((json) => {
		const {content, state, resolved_by: by} = json;
		return {
			text: isJsonObject(content) ? textOf(content['raw']) : '',
			isOpen: state !== 'RESOLVED',
			author: nameOf(json['creator']),
			resolvedBy: isJsonObject(by) ? nameOf(by) : undefined,
			resolvedOn: dateOf(json['resolved_on']),
		};
	});
