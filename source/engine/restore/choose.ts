import {StopError} from '../../domain/failure/failure.ts';
import {joinPath, repoFolder, workspaceFolder} from '../../domain/plan/layout.ts';
import {nameOfFolder} from '../../domain/record/name-match.ts';
import {type PartEntry, partsIn, type RepositoryRecord} from '../../domain/record/record.ts';
import {quote} from '../../domain/text/format.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import {
	type CopyTools,
	isStandalone,
	type Part,
	type PartCopy,
	type Standalone,
} from '../../parts/part.ts';
import type {Files} from '../../ports/files.ts';
import {type FoundRepository, findFolders, type SavedSource} from '../saved/find-repositories.ts';
import {holdsAny, isMercurial} from '../saved/saved-state.ts';

/** A saved repository. If its record is lost, only `workspace` and `slug` are known. */
export type RestorableRepository = Pick<FoundRepository, 'source' | 'folder'> & {
	readonly record: Pick<RepositoryRecord, 'workspace' | 'slug' | 'parts' | 'goneSince'>;
};

/** One part of a saved repository that is restored by itself. */
export type SavedPart = {
	readonly repository: RestorableRepository;
	readonly part: Standalone;
};

export const copyOf = (tools: CopyTools, {repository}: SavedPart): PartCopy => ({
	...tools,
	folder: joinPath(repository.source.folder, repository.folder),
});

export const entryOf = ({repository, part}: SavedPart): PartEntry | undefined =>
	repository.record.parts[part.name];

/**
 * Finds the repositories that names, `workspace/name`, globs or `all` mean. A folder without its
 * record counts if it has a required part, since a restore needs the copy only. Throws a StopError
 * for a name that fits none, and if the names fit only folders without a copy. `withWorkspace`: what
 * is saved of the workspace itself counts too; its name is that of its folder.
 */
export const findRestorable = async (
	files: Files,
	sources: readonly SavedSource[],
	wanted: readonly string[] | 'all',
	parts: readonly Part[],
	withWorkspace = false,
): Promise<readonly RestorableRepository[]> => {
	const {recorded, unrecorded} = await findFolders(files, sources, wanted, parts);
	const found: RestorableRepository[] = recorded.filter(
		({folder}) => withWorkspace || folder !== workspaceFolder,
	);
	const required = parts.filter(({isRequired}) => isRequired).map(({name}) => name);
	const mercurial: string[] = [];
	for (const one of unrecorded) {
		const folder = joinPath(one.source.folder, one.folder);
		if (await isMercurial(files, folder)) {
			mercurial.push(folder);
		} else if (await holdsAny(files, folder, required)) {
			// A folder that cannot be read is reported, and not passed over.
			found.push({...one, record: {...nameOfFolder(one.folder), parts: {}}});
		}
	}

	const [other] = mercurial;
	if (wanted !== 'all' && found.length === 0 && other !== undefined) {
		throw new StopError(`${toPrintable(other)} is a Mercurial repository of an older backup.`, {
			advice: `Cistern keeps it and restores only git: "hg clone ${quote(toPrintable(joinPath(other, repoFolder)))} DIR" restores it.`,
		});
	}

	if (wanted !== 'all' && found.length === 0) {
		throw new StopError(
			`Nothing of ${wanted.map((name) => `"${toPrintable(name)}"`).join(', ')} is in this backup.`,
			{
				advice: '"cistern status" lists what is saved.',
			},
		);
	}

	return found;
};

/**
 * Lists the parts of each repository that are restored by themselves. A recorded or required part
 * counts even when its copy is missing, so that the restore reports it.
 */
export const findParts = async (
	tools: CopyTools,
	repositories: readonly RestorableRepository[],
	parts: readonly Part[],
): Promise<readonly SavedPart[]> => {
	const found: SavedPart[] = [];
	for (const repository of repositories) {
		for (const part of partsIn(repository.folder, parts).filter(isStandalone)) {
			const saved = {repository, part};
			const isExpected = part.isRequired || entryOf(saved)?.state === 'saved';
			if (isExpected || (await part.hasCopy(copyOf(tools, saved)))) {
				found.push(saved);
			}
		}
	}

	return found;
};

/**
 * When the newest state of all these parts was recorded, milliseconds since 1970. Undefined if
 * none has a readable history.
 */
export const findNewest = async (
	tools: CopyTools,
	saved: readonly SavedPart[],
): Promise<number | undefined> => {
	const dates: number[] = [];
	for (const one of saved) {
		const at = await one.part.readNewest(copyOf(tools, one));
		dates.push(...(at === undefined ? [] : [at]));
	}

	return dates.length === 0 ? undefined : Math.max(...dates);
};
