import {dirtyFile, joinPath} from '../../domain/plan/layout.ts';
import {repairPins} from './keep-old-tips.ts';
import type {MirrorJob, MirrorTools} from './mirror.ts';

/** Says in the mirror that its refs are being changed, until that is over. */
export const markDirty = ({files}: MirrorTools, {mirror, run}: MirrorJob): Promise<void> =>
	files.writeText(joinPath(mirror, dirtyFile), `${run}\n`);

/** Puts right what a run left that was killed while it changed refs. Gives whether one was. */
export const repairCut = async (
	{git, files}: MirrorTools,
	{mirror, run}: MirrorJob,
): Promise<boolean> => {
	const wasCut = await files.exists(joinPath(mirror, dirtyFile));
	if (wasCut) {
		await git.clearStaleLocks(mirror);
		// Before anything is read: a ref that was left loose is read for another that differs in case.
		await git.pack(mirror);
		await repairPins(git, mirror, run);
	}

	return wasCut;
};
