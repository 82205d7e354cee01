import type {Digest} from '../../domain/record/record.ts';
import {
	isListing,
	listingFolder,
	listingName,
	listingsSince,
	workspaceId,
} from '../../domain/store/names.ts';
import type {StoreReading} from './read-store.ts';

type Place = {
	readonly workspace: string;
	/** Milliseconds since 1970. */
	readonly now: number;
	readonly digest: Digest;
};

const idOf = ({workspace, digest}: Place): string => workspaceId(digest(workspace));

/** Writes a listing to a store, and gives the name of the object. */
export const putListing = async (
	{store, signal, retry}: Pick<StoreReading, 'store' | 'signal' | 'retry'>,
	place: Place,
	lines: Iterable<string>,
): Promise<string> => {
	const body = await store.sealCompressed(lines);
	const name = listingName(idOf(place), body.sha256, {at: place.now, suffix: store.suffix});
	await retry(() => store.put(name, body, signal));
	await store.settle(signal);
	return name;
};

/** Milliseconds. Names tell when a listing was written, by a clock that may differ. */
const reach = 48 * 60 * 60_000;

/**
 * Reads the newest listing of the last two days that a store has of a workspace; undefined if there is
 * none. `read` gets its text in pieces, and gets it again where the store broke off.
 */
export const readNewestListing = async <Result>(
	{store, identities, signal, retry}: StoreReading,
	place: Place,
	read: (pieces: AsyncIterable<string>) => Promise<Result>,
): Promise<Result | undefined> => {
	const id = idOf(place);
	const startAfter = listingsSince(id, place.now - reach);
	const newest = await retry(async () => {
		let last: string | undefined;
		for await (const {name} of store.list(listingFolder(id), {startAfter, signal})) {
			last = name;
		}

		return last;
	});
	const isContent = (sha256: string): boolean => newest !== undefined && isListing(newest, sha256);
	return newest === undefined
		? undefined
		: retry(async () => read(await store.openPieces(newest, {identities, isContent, signal})));
};
