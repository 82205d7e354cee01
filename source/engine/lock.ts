import {FailureError} from '../domain/failure/failure.ts';
import {joinPath, ownFolder} from '../domain/plan/layout.ts';
import type {Clock} from '../ports/clock.ts';
import type {Files, FolderLock, OtherHolder} from '../ports/files.ts';
import {refuseLinksOfSource} from './saved/links.ts';

/** Pause before the lock of another run is looked at again. Milliseconds. */
const lookAgainAfter = 2000;

export type FolderClaim = {
	readonly files: Files;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	/** The source's folder, an absolute path. */
	readonly folder: string;
	/** Name of the run. */
	readonly run: string;
	/** Told once, as a sentence, before waiting for another run. */
	readonly onWait: (text: string) => void;
};

/**
 * Takes the source's lock; with `waits`, after the run that holds it has ended. Throws
 * `folder-unusable` if a link lies in the place of something that a run writes.
 */
export const holdFolder = async (claim: FolderClaim, waits: boolean): Promise<FolderLock> => {
	const {files, clock, signal, folder, run} = claim;
	const place = joinPath(folder, ownFolder);
	await refuseLinksOfSource(files, folder);
	for (let isFirst = true; ; isFirst = false) {
		const lock = await files.lock(place, run);
		if ('release' in lock) {
			return lock;
		}

		const {heldBy} = lock;
		if (!waits) {
			throw new FailureError(
				heldBy === 'another-version'
					? {kind: 'folder-locked-by-version', path: folder}
					: {kind: 'folder-locked', path: folder, ...heldBy},
			);
		}

		if (isFirst) {
			claim.onWait(`${describeHolder(heldBy)} Waiting for it to end.`);
		}

		await clock.sleep(lookAgainAfter, signal);
	}
};

/** Acts as the holder of the source's lock. Waits and throws as `holdFolder` does. */
export const whileHeld = async <Result>(
	claim: FolderClaim,
	waits: boolean,
	act: () => Promise<Result>,
): Promise<Result> => {
	const lock = await holdFolder(claim, waits);
	try {
		return await act();
	} finally {
		// A lock that stays is taken over once its process is gone. That must not hide how the act ended.
		await lock.release().catch(() => undefined);
	}
};

const describeHolder = (holder: OtherHolder): string =>
	holder === 'another-version'
		? 'Another version of Cistern is at work here.'
		: `Another run (process ${holder.pid} on ${holder.host}) has been at work here since ${holder.since}.`;

/**
 * Throws `folder-unusable` if the run's own lock has gone: then the folder of this name is another
 * one (the disk was pulled out, unmounted or moved), or the machine slept for so long that another
 * run took over. In both cases nothing more may be written.
 */
export const assertLockHeld = async (
	files: Files,
	folder: string,
	run: {readonly name: string},
): Promise<void> => {
	if (!(await files.isLockedBy(joinPath(folder, ownFolder), run.name))) {
		const detail = 'it is not there any more, or another run has taken it over';
		throw new FailureError({kind: 'folder-unusable', path: folder, detail});
	}
};
