import {FailureError, StopError} from '../../domain/failure/failure.ts';
import {joinPath, repoFolder} from '../../domain/plan/layout.ts';
import {nameOfFolder} from '../../domain/record/name-match.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import type {Files} from '../../ports/files.ts';
import type {SavedSource} from '../saved/find-repositories.ts';
import {findFolders, type UnrecordedFolder} from '../saved/find-repositories.ts';
import type {RestorableRepository} from './read-state.ts';

/**
 * The repositories that names, `workspace/name`, globs or all mean. A mirror whose record is lost
 * is one of them: all that a restore needs lies in the mirror. Throws a StopError for a name that
 * fits none, and where names fit only what holds no mirror.
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
			found.push({...one, record: {...nameOfFolder(one.folder), usesLfs: false}});
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

/** One that cannot be looked into may have one: it has to be named where it is not restored. */
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
