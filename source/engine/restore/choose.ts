import {FailureError, StopError} from '../../domain/failure/failure.ts';
import {joinPath, type MirrorName, repoFolder, wikiFolder} from '../../domain/plan/layout.ts';
import {nameOfFolder} from '../../domain/record/name-match.ts';
import type {RepositoryRecord} from '../../domain/record/record.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import {mirrorEntryOf} from '../../parts/code/mirror.ts';
import {type MirrorCopy, readNewest} from '../../parts/code/read-state.ts';
import type {Files} from '../../ports/files.ts';
import type {Git} from '../../ports/git.ts';
import {
	type FoundRepository,
	findFolders,
	type SavedSource,
	type UnrecordedFolder,
} from '../saved/find-repositories.ts';

/** A saved repository. Only `workspace` and `slug` are known where its record is lost. */
export type RestorableRepository = Pick<FoundRepository, 'source' | 'folder'> & {
	readonly record: Pick<RepositoryRecord, 'workspace' | 'slug'> &
		Partial<Pick<RepositoryRecord, 'parts' | 'goneSince'>>;
};

/** One part of a saved repository. */
export type SavedPart = {readonly repository: RestorableRepository; readonly part: MirrorName};

export const mirrorOf = ({repository, part}: SavedPart): MirrorCopy => ({
	name: part,
	path: joinPath(repository.source.folder, repository.folder, part),
	record: mirrorEntryOf(repository.record.parts?.[part]),
});

/**
 * Finds the repositories that names, `workspace/name`, globs or `all` mean. A mirror without its
 * record counts, since a restore needs the mirror only. Throws a StopError for a name that fits
 * none, and where the names fit only folders without a mirror.
 */
export const findRestorable = async (
	files: Files,
	sources: readonly SavedSource[],
	wanted: readonly string[] | 'all',
): Promise<readonly RestorableRepository[]> => {
	const {recorded, unrecorded} = await findFolders(files, sources, wanted);
	const found: RestorableRepository[] = [...recorded];
	for (const one of unrecorded) {
		if (await hasMirror(files, one)) {
			found.push({...one, record: nameOfFolder(one.folder)});
		}
	}

	if (wanted !== 'all' && found.length === 0) {
		throw new StopError(
			`Nothing is saved of ${wanted.map((name) => `"${toPrintable(name)}"`).join(', ')} yet.`,
			{
				advice: '"cistern status" lists what is saved.',
			},
		);
	}

	return found;
};

/** A folder that cannot be read counts, so that the restore reports it instead of passing it over. */
const hasMirror = async (files: Files, {source, folder}: UnrecordedFolder): Promise<boolean> => {
	try {
		return await files.exists(joinPath(source.folder, folder, repoFolder));
	} catch (error) {
		if (error instanceof FailureError) {
			return true;
		}

		throw error;
	}
};

/**
 * Lists each repository followed by its wiki, if one was saved by any tool. A recorded wiki counts
 * even when its mirror is missing, so that the restore reports it.
 */
export const findParts = async (
	files: Files,
	repositories: readonly RestorableRepository[],
): Promise<readonly SavedPart[]> => {
	const parts: SavedPart[] = [];
	for (const repository of repositories) {
		parts.push({repository, part: 'repo'});
		const wiki = joinPath(repository.source.folder, repository.folder, wikiFolder);
		const isRecorded = repository.record.parts?.[wikiFolder]?.state === 'saved';
		if (isRecorded || (await files.exists(joinPath(wiki, 'HEAD')))) {
			parts.push({repository, part: 'wiki'});
		}
	}

	return parts;
};

/**
 * When the newest state of all these parts was recorded, milliseconds since 1970. Undefined where
 * none has a readable history.
 */
export const findNewest = async (
	git: Git,
	parts: readonly SavedPart[],
): Promise<number | undefined> => {
	let newest: number | undefined;
	for (const part of parts) {
		const at = await readNewest({git}, mirrorOf(part));
		newest = at === undefined || (newest !== undefined && newest > at) ? newest : at;
	}

	return newest;
};
