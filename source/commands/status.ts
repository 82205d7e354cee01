import type {CommonOptions, StatusInvocation} from '../arguments/invocation.ts';
import {type ExitCode, exitCodes} from '../domain/failure/exit-code.ts';
import {describeFailure} from '../domain/failure/failure-table.ts';
import {ifAny} from '../domain/given.ts';
import {isOutdated, readStatus, type SourceStatus} from '../domain/status/source-status.ts';
import {failedSending, type StoreStatus} from '../domain/store/store-status.ts';
import {parseTold} from '../domain/tell/decide.ts';
import {holdsBackup} from '../engine/backup/lost-backup.ts';
import {readChecks} from '../engine/saved/checks.ts';
import type {SavedSource} from '../engine/saved/find-repositories.ts';
import {readMetrics} from '../engine/saved/read-metrics.ts';
import {findVanished, readRuns, readSavedState} from '../engine/saved/saved-state.ts';
import {readStoreStatus, storesOf} from '../engine/store/store-status.ts';
import type {Part} from '../parts/part.ts';
import {parts as registry} from '../parts/registry.ts';
import type {World} from '../ports/world.ts';
import {toldKey} from '../settings/gather-targets.ts';
import {formatStatus, formatStatusJson} from '../ui/status.ts';
import {textStyleForOut} from '../ui/text/layout.ts';
import {savedSources} from './saved-sources.ts';

/** `cistern status`: reads the backup folder, without a process or the network. */
export const status = async (
	world: World,
	{options, from, maxAge, metrics}: StatusInvocation,
	parts: readonly Part[] = registry,
): Promise<ExitCode> => {
	const {terminal} = world;
	const sources = await savedSources(world, options, from);
	if (metrics) {
		terminal.writeOut(await readMetrics(world.files, sources, world.version));
		return exitCodes.done;
	}

	const statuses: SourceStatus[] = [];
	const untold = from === undefined ? await readUntold(world, options) : {};
	for (const [index, source] of sources.entries()) {
		const one = await readSource(world, source, parts);
		statuses.push(index === 0 ? {...one, ...untold} : one);
	}

	const now = world.clock.now();
	const outdated = maxAge !== undefined && statuses.some((one) => isOutdated(one, maxAge, now));
	if (options.json) {
		terminal.writeOut(formatStatusJson(statuses, {now, maxAge}));
	} else if (!options.quiet || outdated) {
		terminal.writeOut(
			formatStatus(statuses, {
				...textStyleForOut(terminal),
				now,
				maxAge,
				verbose: options.verbose,
			}),
		);
	}

	return outdated ? exitCodes.incomplete : exitCodes.done;
};

/** Messages that could not be sent; shown with the first source, because they concern all. */
const readUntold = async (
	{telling, settings}: World,
	options: CommonOptions,
): Promise<Pick<SourceStatus, 'untold'>> => {
	const {undelivered} = parseTold(await telling.recall(toldKey(settings, options)));
	return undelivered.length === 0 ? {} : {untold: undelivered};
};

const readSource = async (
	{files, backups, digest}: World,
	source: SavedSource,
	parts: readonly Part[],
): Promise<SourceStatus> => {
	const state = await readSavedState(files, source.folder, parts);
	const runs = await readRuns(files, source.folder);
	const checks = await readChecks(files, source.folder);
	const place = {files, parts, folder: source.folder};
	const vanished = await findVanished(place, state.repositories, runs.lines);
	const status = readStatus(source, {...state, vanished}, runs.lines, parts, checks);
	const stores: StoreStatus[] = [];
	for (const store of await storesOf(files, source)) {
		const {folder} = source;
		const one = await readStoreStatus({files, digest, parts}, {...state, folder}, store);
		stores.push({...one, ...failedSending(one, runs.lines.at(-1))});
	}

	const known = (await holdsBackup(files, source.folder))
		? undefined
		: await backups.recall(source.folder);
	return {
		...status,
		stores: ifAny(stores),
		runsProblem: runs.state === 'closed' ? describeFailure(runs.failure).what : undefined,
		...(known === undefined
			? {}
			: {missingBackup: {at: known.at, repositories: known.repositories}}),
	};
};
