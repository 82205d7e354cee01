import {invalidPage, invalidPagelen, type RestAnswer} from './answers.ts';

/** The envelope of every list. A client may rely on `values` and `next` only. */
export type Page = Readonly<Record<string, unknown>> & {readonly values: readonly unknown[]};

const mostItems = 100;

/** One page of `items`, or the 400 for a wrong `page` or `pagelen`. */
export const pageOf = <Item>(
	address: URL,
	items: readonly Item[],
	showItem: (item: Item) => unknown,
	most: number = mostItems,
): Page | RestAnswer => {
	const pagelen = Number(address.searchParams.get('pagelen') ?? 10);
	const page = Number(address.searchParams.get('page') ?? 1);
	if (!(pagelen >= 1 && pagelen <= most)) {
		return invalidPagelen;
	}
	if (!(page >= 1)) {
		return invalidPage;
	}

	const end = page * pagelen;
	// The rest of the query comes back in `next`, encoded again as Bitbucket does.
	const next = new URL(address);
	next.searchParams.set('page', String(page + 1));
	return {
		values: items.slice(end - pagelen, end).map(showItem),
		pagelen,
		size: items.length,
		page,
		...(end < items.length && {next: next.href}),
	};
};

/** The answer with one page of `items`, or the one that refuses it. */
export const answerPage = <Item>(...asked: Parameters<typeof pageOf<Item>>): RestAnswer => {
	const page = pageOf(...asked);
	return 'values' in page ? {status: 200, body: page} : page;
};
