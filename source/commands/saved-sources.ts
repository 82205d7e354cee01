import type {CommonOptions} from '../arguments/invocation.ts';
import {StopError} from '../domain/failure/failure.ts';
import {
	findSources,
	type SavedSource,
	sourcesOfSettings,
} from '../engine/saved/find-repositories.ts';
import type {World} from '../ports/world.ts';
import {loadSettings} from '../settings/load-settings.ts';
import {resolveFolder} from '../settings/locate-folder.ts';

/** The sources in the folder of `--from`, or else those of the settings. Needs no credentials. */
export const savedSources = async (
	world: Pick<World, 'environment' | 'settings' | 'files' | 'clock'>,
	options: CommonOptions,
	from: string | undefined,
): Promise<readonly SavedSource[]> => {
	if (from === undefined) {
		const never = new AbortController().signal;
		return sourcesOfSettings(
			await loadSettings(options, world, {credentials: false, signal: never}),
		);
	}

	const folder = resolveFolder(from, world.settings.homeFolder);
	const sources = await findSources(world.files, folder);
	const wanted = options.source;
	const named = sources.filter(({source}) => wanted === undefined || source === wanted);
	if (named.length === 0) {
		throw new StopError(`There is no source "${wanted}" in ${folder}.`, {
			advice: `It holds ${sources.map(({source}) => source).join(', ')}.`,
		});
	}

	return named;
};
