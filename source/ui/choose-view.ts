import {emptyRun, fold} from '../domain/run/run-state.ts';
import {mostNamed} from '../domain/run/source-state.ts';
import {type Around, chooseFace, type ViewChoice} from './choose-face.ts';
import {createJson} from './json.ts';
import {createLines} from './lines.ts';
import {createQuiet} from './quiet.ts';
import {formatSummary} from './summary.ts';
import {textStyleFor} from './text/layout.ts';
import type {View} from './view.ts';

/** How a run is shown. */
export const chooseView = (choice: ViewChoice, around: Around): Promise<View> => {
	const {terminal, clock} = around;
	return chooseFace(choice, around, {
		empty: emptyRun(),
		fold: (state, event, now) => {
			fold(state, event, now);
			return state;
		},
		openJson: () => createJson(terminal),
		openQuiet: () => createQuiet(terminal),
		openLines: (how) => createLines(around, how),
		// Only a terminal pays for loading listr2.
		openLive: async (readState) =>
			(await import('./live/live-view.ts')).createLiveView(around, readState),
		summarise: (state) =>
			formatSummary(state, {
				...textStyleFor(terminal),
				now: clock.now(),
				onlyTrouble: choice.quiet,
				mostNamed: terminal.isInteractive ? Math.floor(terminal.rows() / 4) : mostNamed,
			}),
	});
};

/** How a dry run's look is shown: by counts in a terminal, and everywhere by its warnings. */
export const chooseLookView = async ({json, quiet}: ViewChoice, around: Around): Promise<View> =>
	json || quiet || !around.terminal.isInteractive
		? createQuiet(around.terminal)
		: (await import('./live/look-progress.ts')).openLookProgress(around);
