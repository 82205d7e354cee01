import {isJsonObject, type JsonObject, parseJson} from '../../domain/json.ts';
import {
	pathOfPullRequest,
	peoplePath,
	pullRequestsFolder,
	readPullRequestPath,
} from '../../domain/metadata/paths.ts';
import {readActivity} from '../../domain/show/activity.ts';
import {
	openCommentHistory,
	readTasks,
	type WholePullRequest,
} from '../../domain/show/discussion.ts';
import {isOpen, readShown, type ShownPullRequest} from '../../domain/show/pull-request.ts';
import type {Git} from '../../ports/git.ts';

/** A repository's saved metadata at a moment. */
export type SavedMetadata = {
	readonly git: Git;
	/** Absolute path of the repository that keeps it. */
	readonly mirror: string;
	readonly commit: string;
	/** When that state was read from Bitbucket, milliseconds since 1970. */
	readonly at: number;
	/** Names by account id. */
	readonly people: JsonObject;
};

/** `first`: when metadata was first saved, milliseconds since 1970; undefined if it never was. */
export type NotSaved = {readonly state: 'not-saved'; readonly first: number | undefined};

/** Finds the state at a moment, milliseconds since 1970; undefined for the newest. */
export const openMetadata = async (
	git: Git,
	mirror: string,
	moment: number | undefined,
): Promise<SavedMetadata | NotSaved> => {
	if ((await git.readMetadataTip(mirror)) === undefined) {
		return {state: 'not-saved', first: undefined};
	}

	const log = await git.readMetadataLog(mirror);
	const found = log.find(({at}) => moment === undefined || at <= moment);
	if (found === undefined) {
		return {state: 'not-saved', first: log.at(-1)?.at};
	}

	const [text] = await Array.fromAsync(git.readTexts(mirror, [`${found.oid}:${peoplePath}`]));
	const people = parseJson(text);
	return {
		git,
		mirror,
		commit: found.oid,
		at: found.at,
		people: isJsonObject(people) ? people : {},
	};
};

/** Numbers of all pull requests, the newest first. */
export const listNumbers = async ({
	git,
	mirror,
	commit,
}: SavedMetadata): Promise<readonly number[]> => {
	const numbers: number[] = [];
	for await (const path of git.listFiles(mirror, commit, pullRequestsFolder)) {
		const {id, file} = readPullRequestPath(path) ?? {};
		if (id !== undefined && file === 'pull-request.json') {
			numbers.push(id);
		}
	}

	return numbers.sort((left, right) => right - left);
};

/**
 * All pull requests, the open ones first and then the newest. They are read twice for that, so that
 * a list of 100,000 is never held.
 */
export async function* listPullRequests(
	saved: SavedMetadata,
	numbers: readonly number[],
): AsyncGenerator<ShownPullRequest> {
	const others: number[] = [];
	for await (const [id, one] of readEach(saved, numbers)) {
		if (one !== undefined && isOpen(one)) {
			yield one;
		} else {
			others.push(id);
		}
	}

	for await (const [, one] of readEach(saved, others)) {
		if (one !== undefined) {
			yield one;
		}
	}
}

async function* readEach(
	{git, mirror, commit}: SavedMetadata,
	numbers: readonly number[],
): AsyncGenerator<readonly [number, ShownPullRequest | undefined]> {
	const names = map(numbers, (id) => `${commit}:${pathOfPullRequest(id, 'pull-request')}`);
	let next = 0;
	for await (const text of git.readTexts(mirror, names)) {
		const id = numbers[next] ?? 0;
		next += 1;
		yield [id, text === undefined ? undefined : readShown(text)];
	}
}

function* map<From, To>(items: Iterable<From>, act: (item: From) => To): Generator<To> {
	for (const item of items) {
		yield act(item);
	}
}

/**
 * Pull requests with all that is saved of them, in the order of their numbers here. Two processes
 * for all of them; of each, one version of one file is held at a time.
 */
export async function* readWhole(
	saved: SavedMetadata,
	numbers: readonly number[],
): AsyncGenerator<WholePullRequest> {
	const {git, mirror, commit} = saved;
	const [only, ...others] = numbers;
	const versions = await readVersions(
		saved,
		only !== undefined && others.length === 0
			? pathOfPullRequest(only, 'comments')
			: pullRequestsFolder,
	);
	const nameOf = (id: number, file: (typeof restFiles)[number]): string =>
		`${commit}:${pathOfPullRequest(id, file)}`;
	const names = function* (): Generator<string> {
		for (const id of numbers) {
			yield* map(versions.get(id) ?? [], ({before}) => before);
			yield* map(restFiles, (file) => nameOf(id, file));
		}
	};
	const texts = git.readTexts(mirror, names())[Symbol.asyncIterator]();
	const next = async (): Promise<string | undefined> => {
		const {value, done} = await texts.next();
		return done === true ? undefined : value;
	};
	try {
		for (const id of numbers) {
			const history = openCommentHistory();
			let savedAt = 0;
			for (const {at} of versions.get(id) ?? []) {
				history.add((await next()) ?? '', savedAt);
				savedAt = at;
			}

			const [comments, pullRequest, tasks, activity] = [
				await next(),
				await next(),
				await next(),
				await next(),
			];
			history.add(comments ?? '', savedAt);
			const read = readShown(pullRequest ?? '');
			if (read !== undefined) {
				yield {
					pullRequest: read,
					comments: history.comments(),
					tasks: readTasks(tasks ?? ''),
					events: readActivity(activity ?? ''),
				};
			}
		}
	} finally {
		await texts.return?.();
	}
}

const restFiles = ['comments', 'pull-request', 'tasks', 'activity'] as const;

/** The id of a version that was replaced, and when it was. */
type OldVersion = {readonly before: string; readonly at: number};

/** Earlier versions of the comments of pull requests, oldest first, by number. */
const readVersions = async (
	{git, mirror, commit}: SavedMetadata,
	path: string,
): Promise<ReadonlyMap<number, readonly OldVersion[]>> => {
	const versions = new Map<number, OldVersion[]>();
	for await (const {path: changed, before, at} of git.listVersions(mirror, commit, path)) {
		const {id, file} = readPullRequestPath(changed) ?? {};
		if (id !== undefined && file === 'comments.json') {
			const known = versions.get(id);
			if (known === undefined) {
				versions.set(id, [{before, at}]);
			} else {
				known.unshift({before, at});
			}
		}
	}

	return versions;
};
