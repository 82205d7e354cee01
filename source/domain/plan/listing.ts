import {FailureError} from '../failure/failure.ts';
import {
	type Form,
	fits,
	isFlag,
	isJsonObject,
	isNumber,
	isText,
	isTime,
	listOf,
	objectOf,
	optional,
	parseJson,
} from '../json.ts';
import type {Digest} from '../record/record.ts';
import type {Repository} from './repository.ts';

/** An entry of a listing that cannot be used. `name` (`workspace/slug`) and `uuid`: if it tells them. */
export type UnreadableEntry = {
	/** On its page, from 1. */
	readonly place: number;
	readonly name: string | undefined;
	readonly uuid: string | undefined;
	readonly detail: string;
};

/** `page`: the number of its page, from 1. */
export type ListedBadly = UnreadableEntry & {readonly page: number};

/** Everything about a listing but its repositories. */
type ListingHead = {
	/** Title of the source that it was read for, and its workspace. */
	readonly source: string;
	readonly workspace: string;
	/** When its reading began, RFC 3339. */
	readonly at: string;
	/** The account that read it, in words. */
	readonly by: string;
	readonly unreadable: readonly ListedBadly[];
};

export type Listing = ListingHead & {readonly repositories: readonly Repository[]};

/** A listing whose repositories are read from its text page by page, so that memory holds few. */
export type OpenListing = ListingHead & {
	/** The number of its repositories. */
	readonly count: number;
	/** Throws a `FailureError` for a line that is no repository. */
	pages(): Generator<readonly Repository[]>;
};

const pageLength = 100;

/**
 * A listing as text: a line of JSON about it, a line for each repository, and a line with the digest
 * of all before it. The digest shows whether a listing was cut short or changed.
 */
export const formatListing = ({repositories, ...head}: Listing, digest: Digest): string => {
	const lines = [{version: 1, ...head, count: repositories.length}, ...repositories];
	const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
	return `${text}${JSON.stringify({sha256: digest(text)})}\n`;
};

export type ReadListing =
	| {readonly state: 'read'; readonly listing: OpenListing}
	/** A later version of Cistern wrote it. */
	| {readonly state: 'newer'}
	/** `detail`: in words that follow "it". */
	| {readonly state: 'damaged'; readonly detail: string};

export const openListing = (text: string, digest: Digest): ReadListing => {
	const headEnd = text.indexOf('\n') + 1;
	const head = parseJson(text.slice(0, headEnd));
	if (fits(head, {version: (value) => typeof value === 'number' && value > 1})) {
		return {state: 'newer'};
	}

	if (!isHead(head)) {
		return {state: 'damaged', detail: 'is no listing of Cistern'};
	}

	const end = text.lastIndexOf('\n', text.length - 2) + 1;
	const seal = parseJson(text.slice(end));
	if (!isJsonObject(seal) || seal['sha256'] !== digest(text.slice(0, end))) {
		return {state: 'damaged', detail: 'was changed or cut short'};
	}

	return {state: 'read', listing: {...head, pages: () => readPages(text, headEnd, end)}};
};

function* readPages(text: string, from: number, to: number): Generator<readonly Repository[]> {
	let page: Repository[] = [];
	for (let at = from; at < to; ) {
		const next = text.indexOf('\n', at) + 1;
		const repository = parseJson(text.slice(at, next));
		if (!isRepository(repository)) {
			const detail = 'a line of the listing is no repository';
			throw new FailureError({kind: 'listing-incomplete', detail});
		}

		page.push(repository);
		at = next;
		if (page.length === pageLength) {
			yield page;
			page = [];
		}
	}

	yield page;
}

const unreadableForm: Form = {
	page: isNumber,
	place: isNumber,
	name: optional(isText),
	uuid: optional(isText),
	detail: isText,
};

const headForm: Form = {
	source: isText,
	workspace: isText,
	at: isTime,
	by: isText,
	count: isNumber,
	unreadable: listOf(objectOf(unreadableForm)),
};

const repositoryForm: Form = {
	uuid: isText,
	workspace: isText,
	slug: isText,
	isPrivate: isFlag,
	mainBranch: optional(isText),
	hasWiki: isFlag,
	size: isNumber,
	cloneUrl: isText,
	details: optional(isJsonObject),
};

const isHead = (json: unknown): json is Omit<OpenListing, 'pages'> => fits(json, headForm);

const isRepository = (json: unknown): json is Repository => fits(json, repositoryForm);

/** Milliseconds for which a listing serves. */
const lifetime = 24 * 60 * 60_000;

/**
 * Why a run for this source must not use a listing, in words that follow "it"; undefined if it may.
 * `now`: milliseconds since 1970.
 */
export const refuseListing = (
	listing: Pick<ListingHead, 'source' | 'workspace' | 'at' | 'by'>,
	source: {readonly title: string; readonly workspace: string},
	now: number,
): string | undefined => {
	const {at, by} = listing;
	if (listing.workspace !== source.workspace) {
		return `is of the workspace ${listing.workspace}, and not of ${source.workspace}`;
	}

	if (listing.source !== source.title) {
		return `was read for the source ${listing.source}, and not for ${source.title}`;
	}

	return Math.abs(now - Date.parse(at)) > lifetime
		? `was read by ${by} at ${at}, and serves for a day`
		: undefined;
};
