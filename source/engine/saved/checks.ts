import {ifPossible} from '../../domain/failure/failure.ts';
import {checksFile, joinPath, ownFolder} from '../../domain/plan/layout.ts';
import {type CheckLine, parseCheckLines} from '../../domain/verify/check-line.ts';
import type {Files} from '../../ports/files.ts';
import {refuseLinksOfSource} from './links.ts';

const checksPath = (folder: string): string => joinPath(folder, ownFolder, checksFile);

/** The checks of a source's folder that took place, oldest first; none if they cannot be read. */
export const readChecks = async (files: Files, folder: string): Promise<readonly CheckLine[]> =>
	parseCheckLines((await ifPossible(files.readText(checksPath(folder)))) ?? '');

/**
 * Notes checks that took place, if there is a backup. Throws if its folder cannot be written, or a link
 * stands in the place of something in it.
 */
export const appendChecks = async (
	files: Files,
	folder: string,
	lines: readonly CheckLine[],
): Promise<void> => {
	if (await files.exists(joinPath(folder, ownFolder))) {
		await refuseLinksOfSource(files, folder);
		for (const line of lines) {
			await files.appendLine(checksPath(folder), JSON.stringify(line));
		}
	}
};
