import {FailureError} from '../../domain/failure/failure.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import type {StateThen} from '../../parts/code/read-state.ts';
import type {Files} from '../../ports/files.ts';
import type {Git} from '../../ports/git.ts';

export type Target = {
	/** Absolute path of the restored folder. */
	readonly target: string;
	/** A path next to it, for work in progress. */
	readonly beside: string;
};

export type FolderTarget = Target & {
	readonly kind: 'folder';
	readonly bare: boolean;
	/** Address for the working copy's `origin`. */
	readonly origin: string;
};

type AsideTools = {
	readonly files: Files;
	/** Name of this run; its work in progress lies below this name. */
	readonly run: string;
	/** Ends the git processes that a run left behind. */
	readonly endProcesses: (run: string) => Promise<void>;
	readonly signal: AbortSignal;
};

export type FolderTools = AsideTools & {readonly git: Git};

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
	{files, endProcesses}: AsideTools,
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

/** Does the target already hold a repository in this very state? */
export const holdsState = async (
	git: Git,
	{target, bare}: FolderTarget,
	{head, refs}: StateThen,
): Promise<boolean> => {
	const folder = bare ? target : joinPath(target, '.git');
	try {
		const stamp = await git.readStamp(folder);
		const there = stamp === undefined ? undefined : await git.readRefs(folder, 'refs/');
		return (
			there?.size === refs.size &&
			[...refs].every(([ref, oid]) => there.get(ref)?.oid === oid) &&
			(head === undefined || stamp?.head === `ref: ${head}`)
		);
	} catch (error) {
		if (error instanceof FailureError) {
			return false;
		}

		throw error;
	}
};

/**
 * Restores a mirror's state to a free target. All branches become local ones: there is no upstream
 * to fetch the others from.
 */
export const restoreToFolder = (
	tools: FolderTools,
	mirror: string,
	{bare, origin, ...target}: FolderTarget,
	{head, refs}: StateThen,
): Promise<void> => {
	const as = bare ? 'bare' : {origin};
	return buildAside(tools, target, (folder) =>
		tools.git.restore(mirror, folder, {head, refs, as}, tools.signal),
	);
};

/**
 * Builds something next to its place and moves it there when it is complete: after a kill there is
 * nothing, or all of it. Removes the remains of a failed build.
 */
export const buildAside = async (
	{files, run, signal, endProcesses}: AsideTools,
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
