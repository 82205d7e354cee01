import {joinPath} from '../../domain/plan/layout.ts';
import type {Files} from '../../ports/files.ts';

export type Target = {
	/** Absolute path of where it is to lie. */
	readonly target: string;
	/** A path beside it, for work in progress. */
	readonly beside: string;
};

export type PlaceTools = {
	readonly files: Files;
	/** Names this run's work. */
	readonly run: string;
	/** Ends what git processes of a run are left. */
	readonly endProcesses: (run: string) => Promise<void>;
	readonly signal: AbortSignal;
};

/** In a folder that is there already, and maybe is somebody's mount point, work goes on inside. */
export const restoreFolder = '.cistern-restore';

/** What is whole, and is being moved from inside to where it belongs. */
const wholeFolder = 'whole';

const insideOf = (target: string): string => joinPath(target, restoreFolder);

/**
 * Takes up what a killed restore left at a target: what was whole is put in its place, what was
 * half made is removed, once the git processes that made it have ended.
 */
export const clearLeftovers = async (
	tools: PlaceTools,
	{target, beside}: Target,
): Promise<void> => {
	await finishMoving(tools.files, target);
	for (const work of [beside, insideOf(target)]) {
		await removeWork(tools, work);
	}
};

const removeWork = async ({files, endProcesses}: PlaceTools, work: string): Promise<void> => {
	if (await files.exists(work)) {
		for (const run of await files.listFolders(work)) {
			await endProcesses(run);
		}

		await files.remove(work);
	}
};

/**
 * Has something built aside, and puts it in its place only when it is whole: after a kill nothing
 * is there, or all of it. Leaves nothing of a build that failed.
 */
export const buildAside = async (
	tools: PlaceTools,
	{target, beside}: Target,
	build: (folder: string) => Promise<void>,
): Promise<void> => {
	const {files, run, signal, endProcesses} = tools;
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
		// Where only this build failed, the others of the run still have theirs at work.
		if (signal.aborted) {
			await endProcesses(run);
		}

		await files.remove(work);
	}
};

/** What makes it a repository goes last, so that it is none before it is whole. */
const finishMoving = async (files: Files, target: string): Promise<void> => {
	const whole = joinPath(insideOf(target), wholeFolder);
	if (await files.exists(whole)) {
		const isWorkingCopy = await files.exists(joinPath(whole, '.git'));
		await files.moveContent(whole, target, isWorkingCopy ? '.git' : 'HEAD');
	}
};
