import type {CommonOptions, StatusInvocation} from '../arguments/invocation.ts';
import {type ExitCode, exitCodes} from '../domain/failure/exit-code.ts';
import {StopError} from '../domain/failure/failure.ts';
import type {StoreStatus} from '../domain/store/store-status.ts';
import {readSavedState} from '../engine/saved/saved-state.ts';
import type {StoreReading} from '../engine/store/read-store.ts';
import {describeInside, readStoreStatus, storesOf} from '../engine/store/store-status.ts';
import {parts} from '../parts/registry.ts';
import type {World} from '../ports/world.ts';
import {loadStore} from '../settings/load-store.ts';
import {formatJsonLine} from '../ui/json/json.ts';
import {formatStoreStatus} from '../ui/store-status.ts';
import {textStyleForOut} from '../ui/text/layout.ts';
import {noticeOf, openReading, readIdentities, readSources} from './open-store.ts';
import {savedSources} from './saved-sources.ts';

type SourceStatus = StoreStatus & {readonly source: string};

/**
 * `cistern status --store T`: reads the backup folder, and asks the store nothing. With a key it reads
 * the store itself, as it does where runs without a folder have a key of their own.
 */
export const storeStatus = async (
	world: World,
	{options, from, identity}: StatusInvocation,
	store: string,
	signal: AbortSignal,
): Promise<ExitCode> => {
	const {terminal, clock} = world;
	const reading =
		from === undefined ? await openInside(world, {options, store, identity}, signal) : undefined;
	const statuses =
		reading === undefined
			? await readRemembered(world, {options, from}, store)
			: await readInside(reading, options, store);
	const {json, quiet, verbose} = options;
	const style = {...textStyleForOut(terminal), now: clock.now(), verbose};
	for (const status of statuses) {
		if (json) {
			terminal.writeOut(formatJsonLine({type: 'store-status', ...status}));
		} else if (!quiet) {
			terminal.writeOut(formatStoreStatus(status, style));
		}
	}

	const isRead = statuses.every(({inside}) => (inside?.unread ?? []).length === 0);
	return isRead ? exitCodes.done : exitCodes.incomplete;
};

/** Undefined where only the backup folder can tell: the store is sealed, and there is no key. */
const openInside = async (
	world: World,
	{
		options,
		store,
		identity,
	}: Pick<StatusInvocation, 'options' | 'identity'> & {readonly store: string},
	signal: AbortSignal,
): Promise<StoreReading | undefined> => {
	const from = {store, identity};
	const identities = await readIdentities(from, world.settings.homeFolder);
	const settings =
		identity === undefined
			? await loadStore(world, options, from, signal).catch(() => undefined)
			: await loadStore(world, options, from, signal);
	const runner = settings?.runner === undefined ? [] : [settings.runner.reveal()];
	const keys = [...identities, ...runner];
	return settings === undefined || keys.length === 0
		? undefined
		: openReading(world, {settings, identities: keys, onNotice: noticeOf(world, options)}, signal);
};

const readInside = async (
	reading: StoreReading,
	options: CommonOptions,
	store: string,
): Promise<readonly SourceStatus[]> =>
	(await readSources(reading, options)).map((found) => ({
		source: found.source,
		...describeInside(parts, found, store),
	}));

const readRemembered = async (
	world: World,
	{options, from}: Pick<StatusInvocation, 'options' | 'from'>,
	store: string,
): Promise<readonly SourceStatus[]> => {
	const {files, digest} = world;
	const statuses: SourceStatus[] = [];
	for (const source of await savedSources(world, options, from)) {
		if ((await storesOf(files, source)).includes(store)) {
			const saved = await readSavedState(files, source.folder, parts);
			const tools = {files, digest, parts};
			const status = await readStoreStatus(tools, {...saved, folder: source.folder}, store);
			statuses.push({source: source.source, ...status});
		}
	}

	if (statuses.length === 0) {
		throw new StopError(`There is no store "${store}".`, {
			advice: '"cistern status" names the stores. A title is needed here, and no path.',
			exitCode: exitCodes.usage,
		});
	}

	return statuses;
};
