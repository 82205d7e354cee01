import {type Failure, FailureError, failureOf} from '../../domain/failure/failure.ts';
import type {ListedBadly, ListingShare, UnreadableEntry} from '../../domain/plan/listing.ts';
import type {Names} from '../../domain/plan/packed-names.ts';
import type {Repository} from '../../domain/plan/repository.ts';
import type {RepositoryPage} from '../../ports/bitbucket.ts';
import {attempt} from '../retry/attempt.ts';
import type {Session} from '../session.ts';

export type ListingEnd = {
	/** Undefined if every page came, with as many repositories as Bitbucket counts. */
	readonly failure: Failure | undefined;
	readonly found: number;
	/** Entries that cannot be used. With any of them the listing is no evidence of what it lacks. */
	readonly unreadable: readonly ListedBadly[];
	/** Those that no page gave, since another shard works on them. */
	readonly others?: Names;
};

/** A workspace of a million repositories does not exist; a `next` that never ends does. */
const mostPages = 10_000;

/** Pages in a row without anything new: some are hidden, and some shift while they are read. */
const mostBarrenPages = 10;

/**
 * The repositories of the workspace, page by page: those of a listing that another run has read, or
 * else those that Bitbucket lists now. The first page is asked for at once.
 */
export const openPages = (session: Session): ReturnType<typeof listPages> => {
	const listing = session.run.stateless?.listings.get(session.source.title);
	return listing === undefined ? listPages(session) : givePages(session, listing);
};

async function* givePages(
	session: Session,
	{count, repositories, others, unreadable}: ListingShare,
): ReturnType<typeof listPages> {
	publishProgress(session, count, count);
	yield repositories;
	return {failure: undefined, found: count, unreadable, others};
}

/** Everything that the workspace lists. Throws a `FailureError` if the listing fails. */
export const listAll = async (
	session: Session,
): Promise<{readonly repositories: readonly Repository[]; readonly end: ListingEnd}> => {
	const repositories: Repository[] = [];
	const pages = listPages(session);
	let step = await pages.next();
	for (; step.done !== true; step = await pages.next()) {
		repositories.push(...step.value);
	}

	const {failure} = step.value;
	if (failure !== undefined) {
		throw new FailureError(failure);
	}

	return {repositories, end: step.value};
};

/**
 * Lists the workspace page by page, each repository once, though pages shift while they are read.
 * Returns how the listing ended. The repositories that came before a failure were still yielded, but
 * nothing may be concluded from a failed listing.
 */
export async function* listPages(
	session: Session,
	firstPage = readFirstPage(session),
): AsyncGenerator<readonly Repository[], ListingEnd> {
	const seen = new Set<string>();
	const visited = new Set<string | undefined>([undefined]);
	let total: number | undefined;
	let barren = 0;
	const unreadable: ListedBadly[] = [];

	const ask = async (page: string): Promise<RepositoryPage> => {
		if (visited.has(page) || visited.size >= mostPages || barren > mostBarrenPages) {
			throw new FailureError({
				kind: 'listing-incomplete',
				detail: 'the pages of the listing lead round in a circle, or on for ever',
			});
		}

		visited.add(page);
		return readPage(session, page);
	};

	try {
		for (let coming: Promise<RepositoryPage> | undefined = firstPage; coming !== undefined; ) {
			const answer: RepositoryPage = await coming;
			// A deletion shifts another repository past us unseen, and only the largest count shows it.
			total = answer.total === undefined ? total : Math.max(total ?? 0, answer.total);
			const fresh = takeFresh(answer.repositories, seen);
			const bad = takeBad(answer.unreadable, visited.size, seen);
			unreadable.push(...bad);
			barren = fresh.length + bad.length === 0 ? barren + 1 : 0;
			publishProgress(session, seen.size, total);
			// Ask for the next page while these are worked on. Its failure is thrown when it is awaited.
			coming = answer.next === undefined ? undefined : ask(answer.next);
			coming?.catch(() => undefined);
			yield fresh;
		}
	} catch (error) {
		return {failure: failureOf(error), found: seen.size, unreadable};
	}

	return {failure: compareCount(seen.size, total), found: seen.size, unreadable};
}

/** On its way before the first page is waited for. Its failure is thrown there. */
const readFirstPage = (session: Session): Promise<RepositoryPage> => {
	const page = readPage(session, undefined);
	page.catch(() => undefined);
	return page;
};

const readPage = (
	{bitbucket, signal, retryOptions, apiGate, state}: Session,
	page: string | undefined,
): Promise<RepositoryPage> =>
	// More than a backup of the code needs is asked for only where something is going to keep it.
	attempt(() => bitbucket.readRepositoryPage(page, signal, state.followUps.size > 0), {
		...retryOptions(),
		gate: apiGate,
	});

const publishProgress = ({publish}: Session, found: number, total: number | undefined): void =>
	publish({type: 'listing-progressed', found, done: false, total});

/** Those that were not seen yet. Marks them as seen. */
const takeFresh = (repositories: readonly Repository[], seen: Set<string>): readonly Repository[] =>
	repositories.filter(({uuid}) => {
		const isFresh = !seen.has(uuid);
		seen.add(uuid);
		return isFresh;
	});

/** The same for entries that cannot be used. One without a name and a uuid counts each time. */
const takeBad = (
	entries: readonly UnreadableEntry[],
	page: number,
	seen: Set<string>,
): readonly ListedBadly[] =>
	entries.flatMap((entry) => {
		const identity = entry.uuid ?? entry.name ?? `entry ${entry.place} on page ${page}`;
		const isFresh = !seen.has(identity);
		seen.add(identity);
		return isFresh ? [{...entry, page}] : [];
	});

const compareCount = (found: number, total: number | undefined): Failure | undefined =>
	total === undefined || found >= total
		? undefined
		: {
				kind: 'listing-incomplete',
				detail: `Bitbucket counts ${total} repositories and listed ${found}`,
			};

/**
 * A workspace that is not found may be deleted, renamed or hidden from this token. Like an empty
 * listing it proves nothing, and counts as a listing that shrank.
 */
export const isAbsentWorkspace = ({failure, found}: ListingEnd): boolean =>
	found === 0 && (failure?.kind === 'not-found' || failure?.kind === 'gone');
