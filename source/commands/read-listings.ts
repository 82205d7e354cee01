import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import type {CommonOptions} from '../arguments/invocation.ts';
import {StopError} from '../domain/failure/failure.ts';
import {
	type ListingShare,
	type ReadListing,
	refuseListing,
	startListing,
} from '../domain/plan/listing.ts';
import type {Settings, Source, StoreSettings} from '../domain/settings/settings.ts';
import {isInRange, rangeOf, type Shard} from '../domain/store/shard.ts';
import {readLines} from '../domain/text/lines.ts';
import {readNewestListing} from '../engine/store/listing.ts';
import type {World} from '../ports/world.ts';
import {resolveFolder} from '../settings/locate-folder.ts';
import {noticeOf, openReading} from './open-store.ts';

type Wanted = {
	readonly options: CommonOptions;
	readonly settings: Settings;
	/** Secret keys that open the store. */
	readonly identities: readonly string[];
	/** The title of a store, or the path of a file. */
	readonly place: string;
	/** The only repositories that the run works on; undefined for all. */
	readonly shard: Shard | undefined;
};

/** The store of this title, if the settings send the source there. */
export const storeOf = ({stores}: Source, title: string): StoreSettings | undefined =>
	stores?.find((one) => one.title === title);

/** A file holds the listing of one source. */
export const refuseSeveral = ({sources}: Settings, place: string): void => {
	const inFile = sources.filter((source) => storeOf(source, place) === undefined);
	if (inFile.length > 0 && sources.length > 1) {
		throw new StopError(
			`"${place}" is no store of ${inFile[0]?.title}, and a file holds the listing of one source.`,
			{advice: 'Name the source with --source, or the title of a store that all of them have.'},
		);
	}
};

/**
 * The listings that "cistern list --to" has written, by the title of the source. Throws a StopError
 * for one that is missing, damaged, too old or of something else.
 */
export const readListings = async (
	world: World,
	wanted: Wanted,
	signal: AbortSignal,
): Promise<ReadonlyMap<string, ListingShare>> => {
	const {settings, place} = wanted;
	refuseSeveral(settings, place);
	const listings = new Map<string, ListingShare>();
	for (const source of settings.sources) {
		const read = await readListing(world, source, wanted, signal);
		listings.set(source.title, checkListing(world, source, read, place));
	}

	return listings;
};

const readListing = async (
	world: World,
	source: Source,
	{options, identities, place, shard}: Wanted,
	signal: AbortSignal,
): Promise<ReadListing> => {
	const {clock, digest} = world;
	const settings = storeOf(source, place);
	const path = resolveFolder(place, world.settings.homeFolder);
	const onNotice = noticeOf(world, options);
	const range = rangeOf(shard);
	const read = (pieces: AsyncIterable<string>) =>
		readLines(
			pieces,
			startListing(createHash('sha256'), (uuid) => isInRange(range, uuid)),
		);
	const listing =
		settings === undefined
			? await read(createReadStream(path, 'utf8')).catch(() => undefined)
			: await readNewestListing(
					openReading(world, {settings, identities, onNotice}, signal),
					{workspace: source.workspace, now: clock.now(), digest},
					read,
				);
	if (listing === undefined) {
		throw new StopError(
			settings === undefined
				? `There is no listing in ${path}.`
				: `The store ${place} has no listing of ${source.workspace} from the last two days.`,
			{advice: adviceFor(source, place)},
		);
	}

	return listing;
};

const checkListing = (
	{clock}: World,
	source: Source,
	read: ReadListing,
	place: string,
): ListingShare => {
	const refusal = describeRefusal(read, source, clock.now());
	if (read.state !== 'read' || refusal !== undefined) {
		throw new StopError(`The listing in ${place} is refused: it ${refusal}.`, {
			advice: adviceFor(source, place),
		});
	}

	return read.listing;
};

const describeRefusal = (read: ReadListing, source: Source, now: number): string | undefined => {
	switch (read.state) {
		case 'read':
			return refuseListing(read.listing, source, now);
		case 'newer':
			return 'was written by a newer version of Cistern';
		case 'damaged':
			return read.detail;
	}
};

/** A file may be any other one, which must not be written over. */
const adviceFor = (source: Source, place: string): string =>
	storeOf(source, place) === undefined
		? 'Name a file that "cistern list --to FILE" has written, or let it write a new one.'
		: `"cistern list --to ${place}" writes a new one.`;
