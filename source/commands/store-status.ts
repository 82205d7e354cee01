import type {StatusInvocation} from '../arguments/invocation.ts';
import {type ExitCode, exitCodes} from '../domain/failure/exit-code.ts';
import {StopError} from '../domain/failure/failure.ts';
import type {StoreStatus} from '../domain/store/store-status.ts';
import {readSavedState} from '../engine/saved/saved-state.ts';
import {readStoreStatus, storesOf} from '../engine/store/store-status.ts';
import {parts} from '../parts/registry.ts';
import type {World} from '../ports/world.ts';
import {formatStoreStatus, formatStoreStatusJson} from '../ui/store-status.ts';
import {textStyleForOut} from '../ui/text/layout.ts';
import {savedSources} from './saved-sources.ts';

/** `cistern status --store T`: reads the backup folder, and asks the store nothing. */
export const storeStatus = async (
	world: World,
	{options, from}: StatusInvocation,
	store: string,
): Promise<ExitCode> => {
	const {files, digest, terminal, clock} = world;
	const statuses: (StoreStatus & {readonly source: string})[] = [];
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

	if (options.json) {
		terminal.writeOut(statuses.map(formatStoreStatusJson).join(''));
	} else if (!options.quiet) {
		const {verbose} = options;
		const style = {...textStyleForOut(terminal), now: clock.now(), verbose};
		terminal.writeOut(statuses.map((status) => formatStoreStatus(status, style)).join(''));
	}

	return exitCodes.done;
};
