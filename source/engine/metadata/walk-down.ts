import {FailureError} from '../../domain/failure/failure.ts';
import type {MetadataRead} from '../../ports/metadata.ts';
import type {CopyWork} from './collect.ts';
import {brokenList, readItems, type SeenPullRequest} from './look.ts';

/** A page of the list of all pull requests. */
export type PageDown = {
	readonly items: readonly SeenPullRequest[];
	/** Everything from this number on was read, so that a later run goes on there. */
	readonly below: number | undefined;
	/** Numbers that should have come and did not. */
	readonly gaps: readonly number[];
	readonly isEnd: boolean;
};

/**
 * Down the list of all pull requests to number 1, by numbers: they never change, so nothing moves
 * across a page. `from`: only those below this number. Ends early where Bitbucket does not give the
 * list. Of some large repositories it does not sort the list: then all pages are read as they come,
 * and they are right only if as many came as Bitbucket counts.
 */
export async function* walkDown(
	work: CopyWork,
	from: number | undefined,
): AsyncGenerator<PageDown> {
	const {repository} = work.copy;
	let below = from;
	for (let isEnd = false; !isEnd; ) {
		const walk = {to: 'oldest', before: below} as const;
		const answer = await work
			.ask({kind: 'pull-requests', repository, walk, isSorted: true})
			.catch(orUnsorted);
		if (answer === 'unsorted') {
			yield* readUnsorted(work);
			return;
		}

		if (answer.state !== 'read') {
			return;
		}

		const page = readPage(answer, below);
		({below, isEnd} = page);
		yield page;
	}
}

const orUnsorted = (error: unknown): 'unsorted' => {
	if (error instanceof FailureError && error.failure.kind === 'server-error') {
		return 'unsorted';
	}

	throw error;
};

const readPage = (answer: MetadataRead, below: number | undefined): PageDown => {
	const items = readItems(answer);
	const ids = items.map(({known}) => known.id);
	const top = below ?? Math.max(0, ...ids) + 1;
	if (ids.some((id, index) => id >= (ids[index - 1] ?? top))) {
		throw brokenList('it is not sorted by number');
	}

	const isEnd = answer.next === undefined || items.length === 0;
	const last = isEnd ? 1 : Math.min(...ids);
	return {items, below: last, gaps: findGaps(new Set(ids), top, last), isEnd};
};

/** No repository has more pull requests. It stops a server whose list never ends. */
const mostPullRequests = 1_000_000;

async function* readUnsorted({ask, copy: {repository}}: CopyWork): AsyncGenerator<PageDown> {
	const walk = {to: 'oldest', before: undefined} as const;
	const question = {kind: 'pull-requests', repository, walk, isSorted: false} as const;
	const ids = new Set<number>();
	let page: string | undefined;
	do {
		const answer = await ask({...question, page});
		if (answer.state !== 'read') {
			return;
		}

		const items = readItems(answer);
		const before = ids.size;
		for (const {known} of items) {
			ids.add(known.id);
		}

		page = answer.next;
		if (page === undefined) {
			yield endUnsorted(answer, items, ids);
		} else if (ids.size === before || ids.size > mostPullRequests) {
			throw brokenList('it goes on without an end');
		} else {
			yield {items, below: undefined, gaps: [], isEnd: false};
		}
	} while (page !== undefined);
}

const endUnsorted = (
	{size}: MetadataRead,
	items: readonly SeenPullRequest[],
	ids: ReadonlySet<number>,
): PageDown => {
	if (size !== undefined && size !== ids.size) {
		throw brokenList(`${ids.size} of ${size} came`);
	}

	const top = [...ids].reduce((greatest, id) => Math.max(greatest, id), 0) + 1;
	return {items, below: 1, gaps: findGaps(ids, top, 1), isEnd: true};
};

/** Numbers that may be left out. More than that is no list of pull requests. */
const mostGaps = 1000;

/** The numbers from `last` to below `top` that did not come. */
const findGaps = (came: ReadonlySet<number>, top: number, last: number): readonly number[] =>
	top - last - came.size > mostGaps
		? []
		: Array.from({length: Math.max(0, top - last)}, (_, index) => last + index).filter(
				(id) => !came.has(id),
			);
