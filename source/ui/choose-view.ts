import {exitCodes} from '../domain/failure/exit-code.ts';
import type {BackupEvent} from '../domain/run/events.ts';
import {emptyRun, fold, type RunState} from '../domain/run/run-state.ts';
import {mostNamed} from '../domain/run/source-state.ts';
import type {Clock, Terminal} from '../ports.ts';
import {createJson} from './json.ts';
import {createLines} from './lines.ts';
import {createQuiet} from './quiet.ts';
import {formatSummary} from './summary.ts';
import {marksFor} from './text/marks.ts';
import {styleFor} from './text/style.ts';
import type {View} from './view.ts';

export type ViewChoice = {
	readonly json: boolean;
	readonly quiet: boolean;
	readonly verbose: boolean;
};

type Around = {readonly terminal: Terminal; readonly clock: Clock};

/**
 * How a run is shown: as the options say, and else as the terminal can. Every view closes with the
 * summary, a quiet one only where something is wrong.
 */
export const chooseView = async (choice: ViewChoice, around: Around): Promise<View> => {
	let state = emptyRun;
	const view = await openView(choice, around, () => state);
	return {
		handle: (event: BackupEvent) => {
			state = fold(state, event, around.clock.now());
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
	readState: () => RunState,
): Promise<View> => {
	if (json) {
		return createJson(around.terminal);
	}
	if (quiet) {
		return createQuiet(around.terminal);
	}
	if (verbose || !around.terminal.isInteractive) {
		return createLines(around, {verbose});
	}

	// Only a terminal pays for loading listr2.
	const {createLiveView} = await import('./live/live-view.ts');
	return createLiveView(around, readState);
};

/** How a dry run's look is shown: by counts in a terminal, and everywhere by its warnings. */
export const chooseLookView = async ({json, quiet}: ViewChoice, around: Around): Promise<View> =>
	json || quiet || !around.terminal.isInteractive
		? createQuiet(around.terminal)
		: (await import('./live/look-progress.ts')).openLookProgress(around);

const writeSummary = (state: RunState, {quiet}: ViewChoice, {terminal, clock}: Around): void => {
	if (quiet && state.finished?.exitCode === exitCodes.done) {
		return;
	}

	const columns = terminal.isInteractive ? terminal.columns() : Number.POSITIVE_INFINITY;
	terminal.writeError(
		formatSummary(state, {
			columns,
			marks: marksFor(terminal),
			style: styleFor(terminal),
			now: clock.now(),
			onlyTrouble: quiet,
			mostNamed: terminal.isInteractive ? Math.floor(terminal.rows() / 4) : mostNamed,
		}),
	);
};
