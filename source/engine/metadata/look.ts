import {FailureError} from '../../domain/failure/failure.ts';
import type {JsonObject} from '../../domain/metadata/normalise.ts';
import {fileOf} from '../../domain/metadata/paths.ts';
import {
	askFrom,
	formatTime,
	latestUpdate,
	type PullRequest,
	readPullRequest,
} from '../../domain/metadata/pull-request.ts';
import type {MetadataDenied, MetadataRead} from '../../ports/metadata.ts';
import type {Copy} from './copy.ts';
import type {MetadataReader} from './reader.ts';

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
export const lookAtPullRequests = async (
	reader: MetadataReader,
	copy: Copy,
): Promise<Look | MetadataDenied> => {
	try {
		return await readLook(reader, copy, true);
	} catch (error) {
		// Of some large repositories Bitbucket does not sort the list.
		if (error instanceof FailureError && error.failure.kind === 'server-error') {
			return readLook(reader, copy, false);
		}

		throw error;
	}
};

/** No more pull requests change between two looks. It stops a server whose list never ends. */
const mostSeen = 100_000;

const readLook = async (
	reader: MetadataReader,
	{repository, reading}: Copy,
	isSorted: boolean,
): Promise<Look | MetadataDenied> => {
	const {session} = reader;
	const since = reading.watermark === undefined ? undefined : askFrom(reading.watermark);
	const byId = new Map<number, SeenPullRequest>();
	let after = 0;
	let page: string | undefined;
	let goesById = isSorted;
	let answer: MetadataRead;
	do {
		const walk = {to: 'newest', since, after} as const;
		const asked = await reader.ask({
			kind: 'pull-requests',
			repository,
			walk,
			isSorted,
			...(page === undefined ? {} : {page}),
		});
		if (asked.state !== 'read') {
			return asked;
		}

		answer = asked;
		const before = byId.size;
		const wentById = goesById;
		for (const one of readItems(answer)) {
			// A server that did not hear the question gives a plain list: more, and never less.
			goesById &&= one.known.id > after;
			after = Math.max(after, one.known.id);
			byId.set(one.known.id, one);
		}

		const isDeaf = wentById && !goesById;
		if (answer.next !== undefined && ((byId.size === before && !isDeaf) || byId.size > mostSeen)) {
			throw brokenList('it goes on without an end');
		}

		page = goesById ? undefined : answer.next;
	} while (answer.next !== undefined);

	if (!isSorted && answer.size !== undefined && answer.size !== byId.size) {
		throw brokenList(`${byId.size} of ${answer.size} came`);
	}

	const known = [...byId.values()];
	const seen = latestUpdate(
		known.map((one) => one.known),
		answer.at ?? session.clock.now(),
	);
	const last = reading.watermark === undefined ? undefined : Date.parse(reading.watermark);
	// Before the first look there is no watermark. Without any pull request the server's time is one.
	const newest = Math.max(...[seen, last].flatMap((time) => time ?? []));
	return {
		state: 'seen',
		byId,
		digest: session.digest(
			known
				.toSorted((left, right) => left.known.id - right.known.id)
				.map(({text}) => text)
				.join(''),
		),
		watermark: formatTime(Number.isFinite(newest) ? newest : (answer.at ?? session.clock.now())),
	};
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
