import {StopError} from '../../domain/failure/failure.ts';
import {joinPath, ownFolder} from '../../domain/plan/layout.ts';
import type {Settings} from '../../domain/settings/settings.ts';
import type {Files} from '../../ports/files.ts';

/** A source as it lies on the disk. */
export type SavedSource = {
	/** Its title. */
	readonly source: string;
	/** Absolute path. */
	readonly folder: string;
	/** Address of its API, where the settings tell it. */
	readonly apiUrl?: string;
};

export const sourcesOfSettings = ({localFolder, sources}: Settings): readonly SavedSource[] =>
	sources.map(({title, apiUrl}) => ({
		source: title,
		folder: joinPath(localFolder, title),
		apiUrl,
	}));

/**
 * The sources in a backup folder, without settings: `from` is the folder of one source or the one
 * that holds several, some of which may be links to another disk. Throws a StopError where nothing of Cistern's lies there.
 */
export const findSources = async (files: Files, from: string): Promise<readonly SavedSource[]> => {
	const names = [...(await files.listFolders(from)), ...(await files.listLinks(from, 'here'))];
	if (names.includes(ownFolder)) {
		return [{source: lastPart(from), folder: from}];
	}

	const sources: SavedSource[] = [];
	for (const name of names.toSorted()) {
		const folder = joinPath(from, name);
		if (await files.exists(joinPath(folder, ownFolder))) {
			sources.push({source: name, folder});
		}
	}

	if (sources.length === 0) {
		throw new StopError(`There is no backup of Cistern in ${from}.`, {
			advice:
				'Name the backup folder (localFolder of the settings), or the folder of one source in it.',
		});
	}

	return sources;
};

const lastPart = (path: string): string =>
	path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
