import type {Failure} from '../../domain/failure/failure.ts';
import {FailureError} from '../../domain/failure/failure.ts';
import {serverFailures} from '../../domain/failure/server-failures.ts';
import type {LfsObject} from '../../domain/lfs/pointer.ts';
import type {LfsFetched, LfsFetchOptions, LfsServer} from '../../ports/lfs.ts';
import type {Cleaner} from '../bitbucket/credentials.ts';
import type {Client} from '../bitbucket/request-api.ts';
import {asFileFailure} from '../files/file-failure.ts';
import {askForLinks, type LfsLimits, type Link, lfsLimits, type Offer, refused} from './batch.ts';
import {type Downloaded, download} from './download.ts';
import {type OpenStore, openStore, partName, partPath, sizeOfPart} from './fill-store.ts';
import {type NoRoom, openTurns, type Turns} from './turns.ts';

/** Files that a source fetches at once. More gained nothing. */
const atOnce = 8;

/** Files beside these that may just be written: a disk takes longer for a small file than a server. */
const writers = 4;

/** Files of one batch, and about how many bytes: links age while they wait. */
const mostObjects = 100;
const mostBytes = 1024 ** 3;

/** Times that a file is asked for again because its link was refused. */
const mostRenewals = 2;

/** Files in a row that fail for a reason that usually passes, before the rest is left. */
const mostFailures = 2 * atOnce;

export type FetcherOptions = {
	readonly client: Client;
	/** The only origin that gets the credential, and its host. */
	readonly origin: string;
	readonly host: string;
	readonly cleaner: Cleaner;
	readonly limits?: LfsLimits;
};

/** Opens the LFS of one source. Its repositories share the number of files that are fetched at once. */
export const openFetcher = (options: FetcherOptions): LfsServer => {
	const turns = openTurns(atOnce);
	return {
		fetchLfs: (url, mirror, wanted, given) =>
			fetchAll({...options, url, mirror, given, turns, store: openStore(mirror)}, wanted),
	};
};

type Fetch = FetcherOptions & {
	readonly url: string;
	readonly mirror: string;
	readonly given: LfsFetchOptions;
	readonly turns: Turns;
	readonly store: OpenStore;
};

/** Hands the ends over as they come. Stops the work when the caller stops listening. */
async function* fetchAll(fetch: Fetch, wanted: readonly LfsObject[]): AsyncGenerator<LfsFetched> {
	const leaving = new AbortController();
	const signal = AbortSignal.any([fetch.given.signal, leaving.signal]);
	const ended: LfsFetched[] = [];
	let wake = (): void => {};
	let isDone = false;
	const emit = (end: LfsFetched): void => {
		ended.push(end);
		wake();
	};
	const work = fetchInRounds({...fetch, given: {...fetch.given, signal}}, wanted, emit)
		.catch((error: unknown) => {
			throw asFileFailure(error, fetch.mirror);
		})
		.finally(() => {
			isDone = true;
			wake();
		});
	work.catch(() => undefined);

	try {
		for (;;) {
			yield* ended.splice(0);
			if (isDone && ended.length === 0) {
				break;
			}

			if (ended.length === 0) {
				await new Promise<void>((resolve) => {
					wake = resolve;
				});
			}
		}

		await work;
	} finally {
		leaving.abort(new Error('the caller has left'));
		await work.catch(() => undefined);
	}
}

type Emit = (end: LfsFetched) => void;

/** A file whose link was refused waits for the next round, if it gets a new one. */
const fetchInRounds = async (
	fetch: Fetch,
	wanted: readonly LfsObject[],
	emit: Emit,
): Promise<void> => {
	const {store} = fetch;
	try {
		const parts = await store.prepare();
		let left: readonly Refused[] = wanted.map((object) => ({object, status: 0}));
		const state: State = {parts, most: mostObjects, failuresInRow: 0, ending: undefined};
		for (let renewals = 0; renewals <= mostRenewals && left.length > 0; renewals += 1) {
			left = await fetchRound(fetch, state, left, emit);
		}

		for (const {object, status} of left) {
			emit({object, result: 'failed', failure: state.ending ?? refused(status, '')});
		}
	} finally {
		await store.sync();
	}
};

type Refused = {readonly object: LfsObject; readonly status: number};

type State = {
	/** Names of the parts that earlier fetches left. */
	readonly parts: ReadonlySet<string>;
	/** Files that the server takes in one batch. */
	most: number;
	failuresInRow: number;
	/** The reason to ask for no more links. */
	ending: Failure | undefined;
};

type Task = {readonly object: LfsObject; readonly link: Link};

/** Asks for every file once. Gives those whose links were refused. */
const fetchRound = async (
	fetch: Fetch,
	state: State,
	wanted: readonly Refused[],
	emit: Emit,
): Promise<readonly Refused[]> => {
	const again: Refused[] = [];
	const tasks: Task[] = [];
	let at = 0;
	let asking: Promise<void> | undefined;

	const askNext = async (): Promise<void> => {
		const objects = takeBatch(wanted, at, state.most);
		at += objects.length;
		const offers = await askFor(fetch, state, objects);
		for (const object of objects) {
			const offer = offers.get(object.oid) ?? leftOut(state);
			if (offer.kind === 'link') {
				tasks.push({object, link: offer.link});
			} else {
				emit(endOf(fetch, object, offer));
			}
		}
	};

	/** Asks for the next links when the last ones are nearly used up, and never before. */
	const next = async (): Promise<Task | undefined> => {
		for (;;) {
			if (tasks.length < atOnce && at < wanted.length && asking === undefined) {
				asking = askNext().finally(() => {
					asking = undefined;
				});
				asking.catch(() => undefined);
			}

			const task = tasks.shift();
			if (task !== undefined || asking === undefined) {
				return task;
			}

			await asking;
		}
	};

	const work = async (): Promise<void> => {
		for (let task = await next(); task !== undefined; task = await next()) {
			const end = await fetchOne(fetch, state, task);
			if ('status' in end) {
				again.push(end);
				continue;
			}

			if (end.result === 'stored') {
				await fetch.given.onStored?.(end.object);
			}

			emit(end);
		}
	};

	await Promise.all(Array.from({length: atOnce + writers}, work));
	return again;
};

const takeBatch = (
	wanted: readonly Refused[],
	from: number,
	most: number,
): readonly LfsObject[] => {
	const batch: LfsObject[] = [];
	let bytes = 0;
	for (const {object} of wanted.slice(from, from + most)) {
		if (batch.length > 0 && bytes + object.size > mostBytes) {
			break;
		}

		batch.push(object);
		bytes += object.size;
	}

	return batch;
};

const leftOut = ({ending}: State): Offer => ({
	kind: 'failed',
	failure: ending ?? {kind: 'unexpected-answer', detail: 'the file was not asked for'},
});

/**
 * Offers for a batch. One that is refused for its size, or for one of its files, is asked for in
 * halves. Any other refusal ends the whole fetch.
 */
const askFor = async (
	fetch: Fetch,
	state: State,
	objects: readonly LfsObject[],
): Promise<ReadonlyMap<string, Offer>> => {
	if (state.ending !== undefined) {
		return new Map();
	}

	const {url, client, host, cleaner, limits = lfsLimits, given} = fetch;
	try {
		return await given.retry(host, () =>
			cleaner.run(() => askForLinks(url, objects, client, given.signal, limits)),
		);
	} catch (error) {
		const failure = serverFailureOf(error);
		const status = failure.kind === 'lfs-refused' ? failure.status : 0;
		if (status !== 413 && status !== 422) {
			state.ending = failure;
			return new Map();
		}

		if (objects.length === 1) {
			return new Map(objects.map(({oid}) => [oid, {kind: 'failed', failure}]));
		}

		const half = Math.ceil(objects.length / 2);
		state.most = status === 413 ? half : state.most;
		const first = await askFor(fetch, state, objects.slice(0, half));
		const second = await askFor(fetch, state, objects.slice(half));
		return new Map([...first, ...second]);
	}
};

/** The failure of a server or on the way to it. Throws what concerns this computer, or the run. */
const serverFailureOf = (error: unknown): Failure => {
	if (error instanceof FailureError && Object.hasOwn(serverFailures, error.failure.kind)) {
		return error.failure;
	}

	throw error;
};

const endOf = (
	{cleaner}: Fetch,
	object: LfsObject,
	offer: Exclude<Offer, {kind: 'link'}>,
): LfsFetched =>
	offer.kind === 'not-upstream'
		? {object, result: 'not-upstream', words: cleaner.excerpt(offer.words)}
		: {object, result: 'failed', failure: cleaner.failure(offer.failure)};

const fetchOne = async (fetch: Fetch, state: State, task: Task): Promise<LfsFetched | Refused> => {
	const {store, mirror} = fetch;
	const {object} = task;
	if (state.ending !== undefined && state.failuresInRow >= mostFailures) {
		return {object, result: 'failed', failure: state.ending};
	}

	try {
		const got = await downloadTwice(fetch, state, task);
		state.failuresInRow = 0;
		if (got.result === 'link-refused') {
			return {object, status: got.status};
		}

		if (got.result !== 'complete') {
			return {object, ...got};
		}

		await (got.content === undefined
			? store.keep(partPath(mirror, object.oid), object.oid)
			: store.put(got.content, object.oid));
		return {object, result: 'stored'};
	} catch (error) {
		const failure = serverFailureOf(error);
		state.failuresInRow += 1;
		if (state.failuresInRow >= mostFailures) {
			state.ending = failure;
		}

		return {object, result: 'failed', failure};
	}
};

/** A file that came damaged once may come whole the second time. */
const downloadTwice = async (
	fetch: Fetch,
	{parts}: State,
	{object, link}: Task,
): Promise<Downloaded | NoRoom> => {
	const {client, origin, mirror, cleaner, turns, limits = lfsLimits, given} = fetch;
	const {signal, retry, readFree, onBytes = () => {}} = given;
	// A pointer may claim more bytes than the file has.
	const size = Math.min(object.size, link.size ?? object.size);
	const part = partPath(mirror, object.oid);
	const hasPart = parts.has(partName(object.oid));
	const asked = {object, link, part, hasPart, origin, client, signal, limits, onBytes};
	const once = (): Promise<Downloaded> =>
		retry(link.url.host, () => cleaner.run(() => download(asked)));
	return turns({size, readPart: () => sizeOfPart(part), readFree}, async () => {
		const first = await once();
		return first.result === 'not-as-named' ? once() : first;
	});
};
