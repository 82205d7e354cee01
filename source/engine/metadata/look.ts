import {FailureError} from '../../domain/failure/failure.ts';
import type {JsonObject} from '../../domain/json.ts';
import {fileOf} from '../../domain/metadata/paths.ts';
import {
	askFrom,
	formatTime,
	latestOf,
	type PullRequest,
	readPullRequest,
} from '../../domain/metadata/pull-request.ts';
import type {MetadataDenied, MetadataRead} from '../../ports/metadata.ts';
import type {CopyWork} from './collect.ts';

/** A pull request as it came, and what is known of it. */
export type SeenPullRequest = {
	readonly value: JsonObject;
	readonly known: PullRequest;
	/** Its file. */
	readonly text: string;
};

/** All pull requests that are open, or were updated since the last look. */
export type Look = {
	readonly state: 'seen';
	readonly byId: ReadonlyMap<number, SeenPullRequest>;
	/** Of all that was seen: equal digests mean that nothing changed. */
	readonly digest: string;
	/** The watermark after this look, once everything of it is saved. */
	readonly watermark: string;
};

/**
 * Tells with one request, for most repositories, which pull requests changed. Nothing is lost between
 * two looks. The watermark grows past a change by more than a day only through a look that asked
 * from before that change, more than a day after it, and so saw it. No clock but the server's is in
 * any question.
 */
export const lookAtPullRequests = async (work: CopyWork): Promise<Look | MetadataDenied> => {
	try {
		return await readLook(work, true);
	} catch (error) {
		// Of some large repositories Bitbucket does not sort the list.
		if (error instanceof FailureError && error.failure.kind === 'server-error') {
			return readLook(work, false);
		}

		throw error;
	}
};

/** No more pull requests change between two looks. It stops a server whose list never ends. */
const mostSeen = 100_000;

const readLook = async (work: CopyWork, isSorted: boolean): Promise<Look | MetadataDenied> => {
	const read = await readChanged(work, isSorted);
	if ('failure' in read) {
		return read;
	}

	const {clock, digest} = work.session;
	const {byId, last} = read;
	const {watermark = ''} = work.copy.reading;
	const answeredAt = last.at ?? clock.now();
	const seen = [...byId.values()].toSorted((left, right) => left.known.id - right.known.id);
	const newest = latestOf(
		seen.map(({known}) => known.updatedOn),
		answeredAt,
	);
	const moments = [newest ?? Number.NaN, Date.parse(watermark)].filter(Number.isFinite);
	return {
		state: 'seen',
		byId,
		digest: digest(seen.map(({text}) => text).join('')),
		// Where no pull request and no earlier look gives a watermark, the server's time is one.
		watermark: formatTime(moments.length === 0 ? answeredAt : Math.max(...moments)),
	};
};

/** All pull requests that are open or changed, by their numbers, and the last answer. */
const readChanged = async (
	{ask, copy}: CopyWork,
	isSorted: boolean,
): Promise<{byId: Map<number, SeenPullRequest>; last: MetadataRead} | MetadataDenied> => {
	const {repository, reading} = copy;
	const since = reading.watermark === undefined ? undefined : askFrom(reading.watermark);
	const byId = new Map<number, SeenPullRequest>();
	let after = 0;
	let page: string | undefined;
	let goesById = isSorted;
	for (;;) {
		const walk = {to: 'newest', since, after} as const;
		const question = {kind: 'pull-requests', repository, walk, isSorted} as const;
		const answer = await ask({...question, page});
		if (answer.state !== 'read') {
			return answer;
		}

		const before = byId.size;
		const wentById = goesById;
		for (const one of readItems(answer)) {
			// A server that did not hear the question gives a plain list: more, and never less.
			goesById &&= one.known.id > after;
			after = Math.max(after, one.known.id);
			byId.set(one.known.id, one);
		}

		if (answer.next === undefined) {
			requireAll(byId, answer, isSorted);
			return {byId, last: answer};
		}

		const isDeaf = wentById && !goesById;
		if ((byId.size === before && !isDeaf) || byId.size > mostSeen) {
			throw brokenList('it goes on without an end');
		}

		page = goesById ? undefined : answer.next;
	}
};

/** A list without an order may leave something out while it changes. */
const requireAll = (
	{size: came}: ReadonlyMap<number, unknown>,
	{size}: MetadataRead,
	isSorted: boolean,
): void => {
	if (!isSorted && size !== undefined && size !== came) {
		throw brokenList(`${came} of ${size} came`);
	}
};

export const brokenList = (detail: string): FailureError =>
	new FailureError({
		kind: 'unexpected-answer',
		detail: `the list of pull requests cannot be read to its end: ${detail}`,
	});

/** An item without a usable number is passed over. */
export const readItems = ({values}: MetadataRead): readonly SeenPullRequest[] =>
	values.flatMap((value) => {
		const known = readPullRequest(value);
		return known === undefined
			? []
			: [{value, known, text: fileOf({kind: 'pull-request', id: known.id, value}).text}];
	});
