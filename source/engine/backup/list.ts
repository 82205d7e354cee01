import {type Failure, FailureError, failureOf} from '../../domain/failure/failure.ts';
import type {Repository} from '../../domain/plan/repository.ts';
import type {Bitbucket, RepositoryPage} from '../../ports/bitbucket.ts';

export type ListingEnd = {
	/** Undefined: every page came, and as many repositories as Bitbucket counts. */
	readonly failure: Failure | undefined;
	readonly found: number;
};

export type ListingOptions = {
	/** Reads one page through the gate, trying again where that helps. */
	readonly readPage: Bitbucket['readRepositoryPage'];
	readonly signal: AbortSignal;
	readonly onPage: (found: number, total: number | undefined) => void;
};

/** A workspace of 100,000 does not exist; a `next` that never ends does. */
const mostPages = 1000;

/** So many pages in a row may hold nothing new: some are hidden, and some shift while they are read. */
const mostBarrenPages = 10;

/**
 * The workspace's repositories, page by page as they come, each once, though pages shift while they
 * are read. Returns how the listing ended: what came before a failure was still yielded, but from a
 * listing that failed nothing may be concluded.
 */
export async function* listRepositories(
	options: ListingOptions,
): AsyncGenerator<readonly Repository[], ListingEnd> {
	const {readPage, signal, onPage} = options;
	const seen = new Set<string>();
	const visited = new Set<string | undefined>();
	let total: number | undefined;
	let barren = 0;

	const ask = async (page: string | undefined): Promise<RepositoryPage> => {
		if (visited.has(page) || visited.size >= mostPages || barren > mostBarrenPages) {
			throw new FailureError({
				kind: 'listing-incomplete',
				detail: 'the pages of the listing lead round in a circle, or on for ever',
			});
		}

		visited.add(page);
		return readPage(page, signal);
	};

	try {
		for (let coming: Promise<RepositoryPage> | undefined = ask(undefined); coming !== undefined; ) {
			const answer: RepositoryPage = await coming;
			// A repository deleted meanwhile shifts another past us: only the largest count shows it.
			total = answer.total === undefined ? total : Math.max(total ?? 0, answer.total);
			const fresh = takeFresh(answer.repositories, seen);
			barren = fresh.length === 0 ? barren + 1 : 0;
			onPage(seen.size, total);
			// Already on its way while these are worked on. If it fails, that is told when its turn comes.
			coming = answer.next === undefined ? undefined : ask(answer.next);
			coming?.catch(() => undefined);
			yield fresh;
		}
	} catch (error) {
		return {failure: failureOf(error), found: seen.size};
	}

	return {failure: compareCount(seen.size, total), found: seen.size};
}

/** Those that were not seen yet, each once; from now on they are. */
const takeFresh = (repositories: readonly Repository[], seen: Set<string>): readonly Repository[] =>
	repositories.filter(({uuid}) => {
		const isFresh = !seen.has(uuid);
		seen.add(uuid);
		return isFresh;
	});

const compareCount = (found: number, total: number | undefined): Failure | undefined =>
	total === undefined || found >= total
		? undefined
		: {
				kind: 'listing-incomplete',
				detail: `Bitbucket counts ${total} repositories and listed ${found}`,
			};
