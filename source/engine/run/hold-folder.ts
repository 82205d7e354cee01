import {FailureError} from '../../domain/failure/failure.ts';
import {joinPath, ownFolder} from '../../domain/plan/layout.ts';
import type {FolderLock} from '../../ports.ts';
import type {SourceRun} from './source-run.ts';

/** Between two looks whether another run has ended. Milliseconds. */
const lookAgainAfter = 2000;

/** Takes the source's lock; with `waits`, once the run that holds it has ended. */
export const holdFolder = async (source: SourceRun, waits: boolean): Promise<FolderLock> => {
	const {files, clock, signal, publish, run} = source;
	const place = joinPath(source.folder, ownFolder);
	for (let isFirst = true; ; isFirst = false) {
		const lock = await files.lock(place, run.name);
		if ('release' in lock) {
			return lock;
		}

		const {heldBy} = lock;
		if (!waits) {
			throw new FailureError({kind: 'folder-locked', path: source.folder, ...heldBy});
		}

		if (isFirst) {
			publish({
				type: 'noticed',
				source: source.source.title,
				text: `Another run (process ${heldBy.pid} on ${heldBy.host}) has been at work here since ${heldBy.since}. Waiting for it to end.`,
			});
		}

		await clock.sleep(lookAgainAfter, signal);
	}
};
