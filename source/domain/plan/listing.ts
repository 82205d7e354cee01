import {type Checked, fits, is, isJsonObject, laterVersion, parseJson} from '../json.ts';
import type {LineReader} from '../text/lines.ts';
import {type Names, packNames} from './packed-names.ts';
import type {Repository} from './repository.ts';

/** An entry of a listing that cannot be used. */
export type ListedBadly = Checked<typeof isListedBadly>;

const isListedBadly = is.objectOf({
	/** The number of its page, and its own on that page, from 1. */
	page: is.number,
	place: is.number,
	/** `workspace/slug`, if it tells it. */
	name: is.optional(is.text),
	uuid: is.optional(is.text),
	detail: is.text,
});

/** The same on its page. */
export type UnreadableEntry = Omit<ListedBadly, 'page'>;

/** Everything about a listing but its repositories. */
type ListingHead = Checked<typeof isHead>;

const isHead = is.objectOf({
	/** Title of the source that it was read for, and its workspace. */
	source: is.text,
	workspace: is.text,
	/** When its reading began, RFC 3339. */
	at: is.time,
	/** The account that read it, in words. */
	by: is.text,
	/** The number of all its repositories. */
	count: is.number,
	unreadable: is.listOf(isListedBadly),
});

export type Listing = Omit<ListingHead, 'count'> & {readonly repositories: readonly Repository[]};

/** A listing as one run reads it: whole, or with the repositories of one shard. */
export type ListingShare = ListingHead & {
	/** Those that the run works on, in the order of the listing. */
	readonly repositories: readonly Repository[];
	/** All others. Nothing else of them is held: a workspace may be very large. */
	readonly others: Names;
};

export type ReadListing =
	| {readonly state: 'read'; readonly listing: ListingShare}
	/** A later version of Cistern wrote it. */
	| {readonly state: 'newer'}
	/** `detail`: in words that follow "it". */
	| {readonly state: 'damaged'; readonly detail: string};

/** A SHA-256 of a text that comes in pieces. */
type RunningDigest = {update(text: string): unknown; digest(form: 'hex'): string};

/**
 * The lines of a listing, with their ends: one of JSON about it, one for each repository, and one with
 * the digest of all before it. The digest shows whether a listing was cut short or changed.
 */
export function* linesOfListing(
	{repositories, ...head}: Listing,
	hash: RunningDigest,
): Generator<string> {
	const format = (json: object): string => {
		const line = `${JSON.stringify(json)}\n`;
		hash.update(line);
		return line;
	};
	yield format({version: 1, ...head, count: repositories.length});
	for (const repository of repositories) {
		yield format(repository);
	}

	yield `${JSON.stringify({sha256: hash.digest('hex')})}\n`;
}

/** Reads a listing line by line. `isOwn`: by its uuid, does the run work on a repository? */
export const startListing = (
	hash: RunningDigest,
	isOwn: (uuid: string) => boolean,
): LineReader<ReadListing> => {
	const repositories: Repository[] = [];
	const others = packNames();
	let head: {readonly json: unknown} | undefined;
	let isOdd = false;
	/** The newest line: the last one is the digest of all before it. */
	let last: string | undefined;

	const takeEarlier = (line: string): void => {
		hash.update(`${line}\n`);
		const json = parseJson(line);
		if (head === undefined) {
			head = {json};
		} else if (!isRepository(json)) {
			isOdd = true;
		} else if (isOwn(json.uuid)) {
			repositories.push(json);
		} else {
			others.add(json.uuid, json.slug);
		}
	};

	return {
		take: (line) => {
			if (last !== undefined) {
				takeEarlier(last);
			}

			last = line;
		},
		end: () => {
			const seal = parseJson(last);
			const first = head === undefined ? seal : head.json;
			if (fits(first, laterVersion)) {
				return {state: 'newer'};
			}

			if (!isHead(first)) {
				return {state: 'damaged', detail: 'is no listing of Cistern'};
			}

			if (!isJsonObject(seal) || seal['sha256'] !== hash.digest('hex')) {
				return {state: 'damaged', detail: 'was changed or cut short'};
			}

			return isOdd
				? {state: 'damaged', detail: 'has a line that is no repository'}
				: {state: 'read', listing: {...first, repositories, others}};
		},
	};
};

const repositoryForm = {
	uuid: is.text,
	workspace: is.text,
	slug: is.text,
	isPrivate: is.flag,
	mainBranch: is.optional(is.text),
	hasWiki: is.flag,
	size: is.number,
	cloneUrl: is.text,
	details: is.optional(isJsonObject),
};

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

	const age = now - Date.parse(at);
	if (age < -lifetime) {
		return `was read by ${by} at ${at}, more than a day after the time of this computer's clock`;
	}

	return age > lifetime ? `was read by ${by} at ${at}, and serves for a day` : undefined;
};
