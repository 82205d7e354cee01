import {joinPath, wikiFolder} from '../../domain/plan/layout.ts';
import type {Files} from '../../ports/files.ts';
import type {RestorableRepository, SavedPart} from './read-state.ts';

/**
 * Each repository, followed by its wiki where one was saved, by whatever tool. One that is recorded
 * counts even where it is not there any more: what is not restored has to be told.
 */
export const findParts = async (
	files: Files,
	repositories: readonly RestorableRepository[],
): Promise<readonly SavedPart[]> => {
	const parts: SavedPart[] = [];
	for (const repository of repositories) {
		parts.push({repository, part: 'repo'});
		const wiki = joinPath(repository.source.folder, repository.folder, wikiFolder);
		const isRecorded = repository.record.wiki?.state === 'saved';
		if (isRecorded || (await files.exists(joinPath(wiki, 'HEAD')))) {
			parts.push({repository, part: 'wiki'});
		}
	}

	return parts;
};
