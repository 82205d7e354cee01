import type {RestAnswer} from './answer.ts';
import {invalidPage, invalidPagelen} from './error-bodies.ts';

/** The envelope of every list. A client may rely on `values` and `next` only. */
export type Page = {
	readonly size?: number;
	readonly page?: number;
	readonly pagelen?: number;
	readonly next?: string;
	readonly previous?: string;
	readonly values: readonly unknown[];
};

const longestPage = 100;
const usualPage = 10;

const readNumber = (text: string | null, missing: number): number =>
	text === null ? missing : /^\d+$/.test(text) ? Number(text) : Number.NaN;

/** The query of the request comes back in `next`, re-encoded as Bitbucket does. */
const addressOf = (address: URL, page: number): string => {
	const next = new URL(address);
	next.searchParams.set('page', String(page));
	return next.href;
};

/** One page of `items`, or the 400 that a wrong `page` or `pagelen` gets. `address` is the API's own. */
export const pageOf = <Item>(
	address: URL,
	items: readonly Item[],
	show: (item: Item) => unknown,
): Page | RestAnswer => {
	const pagelen = readNumber(address.searchParams.get('pagelen'), usualPage);
	const page = readNumber(address.searchParams.get('page'), 1);
	if (!(pagelen >= 1 && pagelen <= longestPage)) {
		return {status: 400, body: invalidPagelen};
	}
	if (!(page >= 1)) {
		return {status: 400, body: invalidPage};
	}

	const start = (page - 1) * pagelen;
	const end = start + pagelen;
	return {
		values: items.slice(start, end).map(show),
		pagelen,
		size: items.length,
		page,
		...(end < items.length && {next: addressOf(address, page + 1)}),
		...(page > 1 && {previous: addressOf(address, page - 1)}),
	};
};

export const isPage = (given: Page | RestAnswer): given is Page => 'values' in given;
