import {FailureError} from '../../domain/failure/failure.ts';
import type {JsonObject} from '../../domain/json.ts';
import {pathOfPullRequest} from '../../domain/metadata/paths.ts';
import {askFrom, formatTime, latestOf} from '../../domain/metadata/pull-request.ts';
import type {MetadataRequest} from '../../ports/metadata.ts';
import type {Collecting} from './collect.ts';
import {readSaved} from './copy.ts';
import {parseList} from './draft.ts';
import type {MetadataReader} from './reader.ts';

/** From this many saved comments on, only those are asked for that are new or changed. */
const manyComments = 100;

/**
 * Reads the comments of a pull request from their list. `new`: of a long list only what changed since
 * the newest that is saved.
 */
export const readComments = async (
	work: Collecting,
	id: number,
	which: 'new' | 'all',
): Promise<void> => {
	work.tell(`comments of pull request ${id}`);
	const path = pathOfPullRequest(id, 'comments');
	const saved = which === 'new' ? parseList((await readSaved(work, [path])).get(path)) : [];
	const dates = saved.map((one) => String(one['updated_on']));
	const newest =
		saved.length > manyComments ? latestOf(dates, work.session.clock.now()) : undefined;
	const {repository} = work.copy;
	const since = newest === undefined ? undefined : askFrom(formatTime(newest));
	work.draft.addComments(
		id,
		await readList(work, {kind: 'comments', repository, id, since}),
		'list',
	);
};

/** Reads all tasks of a pull request. */
export const readTasks = async (work: Collecting, id: number): Promise<void> => {
	work.tell(`tasks of pull request ${id}`);
	const {repository} = work.copy;
	const value = await readList(work, {kind: 'tasks', repository, id});
	work.draft.put({kind: 'tasks', id, value});
};

/** No pull request has more comments. It stops a server whose list never ends. */
const mostItems = 100_000;

/** All items of a list; none of one that is not there. Throws a `FailureError` if it is refused. */
const readList = async (
	{ask}: MetadataReader,
	request: MetadataRequest,
): Promise<readonly JsonObject[]> => {
	const values: JsonObject[] = [];
	const pages = new Set<string>();
	let page: string | undefined;
	do {
		const answer = await ask({...request, page});
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
