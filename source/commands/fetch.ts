import type {FetchInvocation} from '../arguments/invocation.ts';
import {type ExitCode, exitCodes} from '../domain/failure/exit-code.ts';
import {StopError} from '../domain/failure/failure.ts';
import {type FetchEnd, isFetchedWhole} from '../domain/store/outcome.ts';
import {fetchSource, isWanted} from '../engine/store/fetch.ts';
import type {World} from '../ports/world.ts';
import {resolveFolder} from '../settings/locate-folder.ts';
import {formatFetched, formatFetchedJson} from '../ui/store.ts';
import {openStoreFor, readSources} from './open-store.ts';
import {readMoment} from './read-moment.ts';

/** `cistern fetch`: brings the backup back out of a store, as a folder that a backup goes on with. */
export const fetch = async (
	world: World,
	{options, from, to, repositories}: FetchInvocation,
	signal: AbortSignal,
): Promise<ExitCode> => {
	const folder = resolveFolder(to, world.settings.homeFolder);
	const ends = await fetchTo(world, {options, from, repositories, folder}, signal);
	for (const end of ends) {
		world.terminal.writeOut(options.json ? formatFetchedJson(end) : formatFetched(end, folder));
	}

	return ends.every(isFetchedWhole) ? exitCodes.done : exitCodes.incomplete;
};

/** Fetches everything that is asked for to a folder. */
export const fetchTo = async (
	world: World,
	{
		options,
		from,
		repositories,
		folder,
		at,
		only,
		onFetched = () => {},
	}: Pick<FetchInvocation, 'options' | 'from' | 'repositories'> & {
		readonly folder: string;
		/** A moment as a user names it. */
		readonly at?: string | undefined;
		/** The name of the one part that is wanted. */
		readonly only?: string | undefined;
		/** Told the full name of each that came back. */
		readonly onFetched?: (repository: string) => void;
	},
	signal: AbortSignal,
): Promise<readonly FetchEnd[]> => {
	const asOf = {at: readMoment(at, world.clock.now()), only};
	const opened = await openStoreFor(world, {options, from, to: folder}, signal);
	const tell = (repository: string): void => {
		opened.onFetched(repository);
		onFetched(repository);
	};
	const fetching = {...opened, ...asOf, onFetched: tell};
	const sources = await readSources(fetching, options, asOf.at);
	const unknown = repositories.find(
		(name) =>
			!sources.some(({repos, earlier = {}}) =>
				Object.values({...earlier, ...repos}).some((entry) => isWanted(entry, [name])),
			),
	);
	if (unknown !== undefined) {
		throw new StopError(`The store ${from.store} has no repository called "${unknown}".`);
	}

	const ends: FetchEnd[] = [];
	for (const source of sources) {
		ends.push(await fetchSource(fetching, source, repositories));
	}

	return ends;
};
