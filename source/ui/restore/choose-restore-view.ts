import {exitCodes} from '../../domain/failure/exit-code.ts';
import {emptyRestore, foldRestore, type RestoreState} from '../../domain/restore/restore-state.ts';
import type {Clock, Terminal} from '../../ports.ts';
import type {ViewChoice} from '../choose-view.ts';
import {marksFor} from '../text/marks.ts';
import {styleFor} from '../text/style.ts';
import {createRestoreJson} from './restore-json.ts';
import {createRestoreLines} from './restore-lines.ts';
import {formatRestoreSummary} from './restore-summary.ts';
import type {RestoreView} from './restore-view.ts';

type Around = {readonly terminal: Terminal; readonly clock: Clock};

/** How a restore is shown, by the rules of a backup: options first, else as the terminal can. */
export const chooseRestoreView = async (
	choice: ViewChoice,
	around: Around,
): Promise<RestoreView> => {
	let state = emptyRestore;
	const view = await openView(choice, around, () => state);
	return {
		handle: (event) => {
			state = foldRestore(state, event, around.clock.now());
			view.handle(event);
		},
		close: async () => {
			await view.close();
			writeSummary(state, choice, around);
		},
	};
};

const openView = async (
	{json, quiet, verbose}: ViewChoice,
	around: Around,
	readState: () => RestoreState,
): Promise<RestoreView> => {
	if (json) {
		return createRestoreJson(around.terminal);
	}
	if (quiet) {
		return {handle: () => {}, close: async () => {}};
	}
	if (verbose || !around.terminal.isInteractive) {
		return createRestoreLines(around, {verbose});
	}

	const {createLiveRestore} = await import('../live/live-restore.ts');
	return createLiveRestore(around, readState);
};

const writeSummary = (state: RestoreState, {quiet}: ViewChoice, around: Around): void => {
	if (quiet && state.finished?.exitCode === exitCodes.done) {
		return;
	}

	const {terminal, clock} = around;
	const columns = terminal.isInteractive ? terminal.columns() : Number.POSITIVE_INFINITY;
	const look = {columns, marks: marksFor(terminal), style: styleFor(terminal), now: clock.now()};
	terminal.writeError(formatRestoreSummary(state, look));
};
