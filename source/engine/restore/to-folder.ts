import {joinPath} from '../../domain/plan/layout.ts';
import type {RestoreForm} from '../../parts/part.ts';
import type {Files} from '../../ports/files.ts';

export type Target = {
	/** Absolute path of the restored folder. */
	readonly target: string;
	/** A path next to it, for work in progress. */
	readonly beside: string;
};

export type FolderTarget = Target & {
	readonly kind: 'folder';
	readonly as: RestoreForm;
};

export type FolderTools = {
	readonly files: Files;
	/** Name of this run; its work in progress lies below this name. */
	readonly run: string;
	/** Ends the git processes that a run left behind. */
	readonly endProcesses: (run: string) => Promise<void>;
	readonly signal: AbortSignal;
};

/** Work goes on inside a folder that exists: it may be a mount point, which cannot be replaced. */
export const restoreFolder = '.cistern-restore';

/** Holds a complete restore while it is moved from inside the target to its place. */
const wholeFolder = 'whole';

const insideOf = (target: string): string => joinPath(target, restoreFolder);

/**
 * Takes up the work of a killed restore: moves what was complete to its place, and removes what was
 * not, after ending the git processes that made it. Returns whether the target is free.
 */
export const clearTarget = async (
	{files, endProcesses}: FolderTools,
	{target, beside}: Target,
): Promise<boolean> => {
	await finishMoving(files, target);
	for (const work of [beside, insideOf(target)]) {
		if (await files.exists(work)) {
			for (const run of await files.listFolders(work)) {
				await endProcesses(run);
			}

			await files.remove(work);
		}
	}

	return files.isVacant(target);
};

/**
 * Builds something next to its place and moves it there when it is complete: after a kill there is
 * nothing, or all of it. Removes the remains of a failed build.
 */
export const buildAside = async (
	{files, run, signal, endProcesses}: FolderTools,
	{target, beside}: Target,
	build: (folder: string) => Promise<void>,
): Promise<void> => {
	const isThere = await files.exists(target);
	const work = isThere ? insideOf(target) : beside;
	const folder = joinPath(work, run);
	await files.makeFolder(folder);
	try {
		await build(folder);
		if (isThere) {
			await files.move(folder, joinPath(work, wholeFolder));
			await finishMoving(files, target);
		} else {
			await files.move(folder, target);
		}
	} finally {
		// If only this build failed, the run's other processes still work for other parts.
		if (signal.aborted) {
			await endProcesses(run);
		}

		await files.remove(work);
	}
};

/** Moves `.git` or `HEAD` last, so that the target is no repository before it is complete. */
const finishMoving = async (files: Files, target: string): Promise<void> => {
	const whole = joinPath(insideOf(target), wholeFolder);
	if (await files.exists(whole)) {
		const isWorkingCopy = await files.exists(joinPath(whole, '.git'));
		await files.moveContent(whole, target, isWorkingCopy ? '.git' : 'HEAD');
	}
};
