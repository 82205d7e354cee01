import {emptyRestore, foldRestore} from '../../domain/restore/restore-state.ts';
import type {RestoreEvent} from '../../domain/restore/restored.ts';
import {type Around, chooseFace, type ViewChoice} from '../choose-face.ts';
import {textStyleFor} from '../text/layout.ts';
import type {View} from '../view.ts';
import {createRestoreJson} from './restore-json.ts';
import {createRestoreLines} from './restore-lines.ts';
import {formatRestoreSummary} from './restore-summary.ts';

/** How a restore is shown, by the rules of a backup. */
export const chooseRestoreView = (
	choice: ViewChoice,
	around: Around,
): Promise<View<RestoreEvent>> => {
	const {terminal, clock} = around;
	return chooseFace(choice, around, {
		empty: emptyRestore,
		fold: foldRestore,
		openJson: () => createRestoreJson(terminal),
		openQuiet: () => ({handle: () => {}, close: async () => {}}),
		openLines: (how) => createRestoreLines(around, how),
		openLive: async (readState) =>
			(await import('../live/live-restore.ts')).createLiveRestore(around, readState),
		summarise: (state) =>
			formatRestoreSummary(state, {...textStyleFor(terminal), now: clock.now()}),
	});
};
