import type {BackupInvocation, FromStore, StatelessOptions} from '../arguments/invocation.ts';
import {type ExitCode, exitCodes} from '../domain/failure/exit-code.ts';
import {StopError} from '../domain/failure/failure.ts';
import type {ListingShare} from '../domain/plan/listing.ts';
import type {Listener} from '../domain/run/events.ts';
import type {Settings, StoreSettings} from '../domain/settings/settings.ts';
import {filterRun} from '../engine/backup/run-filter.ts';
import {metadata} from '../engine/metadata/metadata.ts';
import {keepInStore} from '../engine/stateless/keeper.ts';
import type {World} from '../ports/world.ts';
import {loadSettings} from '../settings/load-settings.ts';
import {keepHeapTight, keepShardSmall} from '../small-heap.ts';
import {readIdentities} from './open-store.ts';
import {readListings, storeOf} from './read-listings.ts';
import {forgetful, runBackup} from './run-backup.ts';
import {withTemporaryFolder} from './temporary-folder.ts';

/**
 * `cistern --stateless`: the source is kept in a store alone. What a run brings lies in a temporary
 * folder until it is sent, and the folder goes when the run ends.
 */
export const backUpInStore = async (
	world: World,
	invocation: BackupInvocation,
	from: StatelessOptions,
	signal: AbortSignal,
	observe?: Listener,
): Promise<ExitCode> =>
	withTemporaryFolder(world, async (folder) => {
		const {listing: place, shard} = from;
		const keepSmall = shard === undefined ? keepHeapTight : keepShardSmall;
		keepSmall();
		const options = {...invocation.options, folder};
		const needs = {credentials: true, stores: true, signal};
		const settings = await loadSettings(options, world, needs);
		const store = chooseStore(settings, from.store);
		const identities = await gatherIdentities(world, store, from);
		const listings =
			place === undefined
				? new Map<string, ListingShare>()
				: await readListings(world, {options, settings, identities, place, shard}, signal);
		return await runBackup(forgetful(world), {
			settings: withoutFolder(settings, invocation),
			view: options,
			signal,
			concurrency: invocation.concurrency,
			maxWait: invocation.maxWait,
			filter: filterRun(invocation.only, invocation.exclude),
			leavesOut: invocation.withoutMetadata ? [metadata.name] : [],
			followUps: [metadata],
			stateless: {
				store: store.title,
				openKeeper: (session) => keepInStore(session, store, identities),
				shard,
				listings,
			},
			observe,
		});
	});

/** Its settings name whom it is sealed for, so the path of a folder is not enough. */
const chooseStore = ({sources}: Settings, title: string): StoreSettings => {
	const [first] = sources;
	const store = first && storeOf(first, title);
	const other = sources.find(({storeTitles = []}) => !storeTitles.includes(title));
	if (store === undefined || other !== undefined) {
		throw new StopError(
			`The settings have no store "${title}"${other === undefined ? '' : ` for ${other.title}`}.`,
			{
				advice:
					'Add it below "stores": docs/off-site.md shows how. Or name a source with --source.',
				exitCode: exitCodes.usage,
			},
		);
	}

	return store;
};

/** The run has to read what earlier ones wrote about the state of each repository. */
const gatherIdentities = async (
	world: World,
	{title, recipients, runner}: StoreSettings,
	from: FromStore,
): Promise<readonly string[]> => {
	const identities = [
		...(runner === undefined ? [] : [runner.reveal()]),
		...(await readIdentities(from, world.settings.homeFolder)),
	];
	if (recipients !== 'none' && identities.length === 0) {
		throw new StopError(
			`The store ${title} is sealed, and a run without a folder has to read it.`,
			{
				advice:
					'Give it a key of its own below "runner" in the settings: it opens the lists of the store and its metadata, and no code.',
			},
		);
	}

	return identities;
};

/** Nothing that works on a folder: it is empty before the run and goes after it. */
const withoutFolder = (
	{afterBackup: _, metricsFile: __, ...settings}: Settings,
	invocation: BackupInvocation,
): Settings => ({
	...settings,
	sources: settings.sources.map((source) => ({...source, stores: []})),
	removeDeletedRepos: false,
	metadataTime: invocation.metadataTime ?? settings.metadataTime,
});
