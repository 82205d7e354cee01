import {FailureError} from '../domain/failure/failure.ts';
import {joinPath, ownFolder} from '../domain/plan/layout.ts';
import type {SourceRun} from './session.ts';

/**
 * Where the run's own lock has gone, the folder of this name is another one (the disk was pulled
 * out or unmounted, or somebody took the folder away), or the machine slept for so long that
 * another run took over. Nothing more may be written to what is there. Throws `folder-unusable`.
 */
export const assertLockHeld = async ({
	files,
	folder,
	run,
}: Pick<SourceRun, 'files' | 'folder' | 'run'>): Promise<void> => {
	if (!(await files.isLockedBy(joinPath(folder, ownFolder), run.name))) {
		const detail = 'it is not there any more, or another run has taken it over';
		throw new FailureError({kind: 'folder-unusable', path: folder, detail});
	}
};
