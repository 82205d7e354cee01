import {FailureError} from '../../domain/failure/failure.ts';
import {joinPath, lockFile, ownFolder} from '../../domain/plan/layout.ts';
import type {SourceRun} from './source-run.ts';

/**
 * Where the run's own lock has gone, the folder of this name is another one: the disk was pulled
 * out or unmounted, or somebody took the folder away. Nothing more may be written to what is there
 * instead. Throws `folder-unusable`.
 */
export const requireHeld = async ({
	files,
	folder,
}: Pick<SourceRun, 'files' | 'folder'>): Promise<void> => {
	if (!(await files.exists(joinPath(folder, ownFolder, lockFile)))) {
		const detail = 'it is not there any more';
		throw new FailureError({kind: 'folder-unusable', path: folder, detail});
	}
};
