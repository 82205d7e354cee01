import {readFile} from 'node:fs/promises';
import type {CommonOptions, FromStore} from '../arguments/invocation.ts';
import {exitCodes} from '../domain/failure/exit-code.ts';
import {StopError} from '../domain/failure/failure.ts';
import type {StoreSettings} from '../domain/settings/settings.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import {attempt} from '../engine/retry/attempt.ts';
import {createHostGate} from '../engine/retry/host-gate.ts';
import type {SourceFetching} from '../engine/store/fetch.ts';
import {
	type FoundSource,
	readStore,
	readStoreAt,
	type StoreReading,
} from '../engine/store/read-store.ts';
import {parts} from '../parts/registry.ts';
import type {World} from '../ports/world.ts';
import {loadStore} from '../settings/load-store.ts';
import {resolveFolder} from '../settings/locate-folder.ts';

/** Requests to a store at once. */
const mostRequests = 16;

/** Opens a store that is to be read. `to`: the folder that it is brought to, an absolute path. */
export const openStoreFor = async (
	world: World,
	{
		options,
		from,
		to,
	}: {readonly options: CommonOptions; readonly from: FromStore; readonly to: string},
	signal: AbortSignal,
): Promise<SourceFetching> => {
	const {files, clock, digest} = world;
	const settings = await loadStore(world, options, from, signal);
	const identities = await readIdentities(from, world.settings.homeFolder);
	const onNotice = noticeOf(world, options);
	const run = world.newRunName();
	return {
		...openReading(world, {settings, identities, onNotice}, signal),
		git: world.openGit(run),
		files,
		digest,
		parts,
		clock,
		run,
		to,
		onNotice,
		onFetched: (repository) => onNotice(`${repository}: fetched`),
	};
};

/** Tells of a wait for the store, for example, unless the user wants to hear nothing. */
export const noticeOf =
	({terminal}: World, options: CommonOptions) =>
	(text: string): void => {
		if (!options.json && !options.quiet) {
			terminal.writeError(`${toPrintable(text)}\n`);
		}
	};

/** Opens a store of the settings for a command that asks nothing else. */
export const openReading = (
	{openStore, clock}: World,
	{
		settings,
		identities,
		onNotice,
	}: {
		readonly settings: StoreSettings;
		readonly identities: readonly string[];
		readonly onNotice: (text: string) => void;
	},
	signal: AbortSignal,
): StoreReading => {
	const store = openStore(settings);
	const gate = createHostGate(clock, mostRequests, {
		onClose: (_failure, until) =>
			onNotice(`${store.title} asks to wait until ${new Date(until).toISOString()}.`),
		onOpen: () => {},
	});
	return {
		store,
		identities,
		signal,
		retry: (act) => (store.host === undefined ? act() : attempt(act, {gate, clock, signal})),
	};
};

/** The lines of the file that hold a key: age-keygen writes comments before it. */
export const readIdentities = async (
	{identity}: FromStore,
	home: string,
): Promise<readonly string[]> => {
	if (identity === undefined) {
		return [];
	}

	const path = resolveFolder(identity, home);
	const text = await readFile(path, 'utf8').catch(() => undefined);
	const lines = (text ?? '')
		.split('\n')
		.map((line) => line.trim())
		.filter((line) => line !== '' && !line.startsWith('#'));
	if (lines.length === 0) {
		throw new StopError(`${path} holds no secret key.`, {
			advice: 'Name the file that age-keygen or cistern key has written.',
		});
	}

	return lines;
};

/**
 * The sources of a store that are asked for, for a moment if one is named (milliseconds since 1970).
 * Throws a StopError if there is none.
 */
export const readSources = async (
	reading: StoreReading,
	{source}: CommonOptions,
	at?: number,
): Promise<readonly FoundSource[]> => {
	const read = at === undefined ? readStore(reading) : readStoreAt(reading, at);
	const stored = [...(await read).values()];
	const chosen = stored.filter((one) => source === undefined || one.source === source);
	if (chosen.length === 0) {
		throw new StopError(
			stored.length === 0
				? `There is no backup in the store ${reading.store.title}.`
				: `The store ${reading.store.title} has no source "${source}".`,
			{
				advice:
					stored.length === 0
						? 'Is it the right place, and has anything been sent there?'
						: `It has ${stored.map((one) => one.source).join(', ')}.`,
				exitCode: exitCodes.failed,
			},
		);
	}

	return chosen;
};
