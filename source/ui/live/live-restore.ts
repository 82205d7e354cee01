import {
	countAll,
	countDone,
	countParts,
	type RestoreState,
	titleOf,
} from '../../domain/restore/restore-state.ts';
import type {RestoreEvent} from '../../domain/restore/restored.ts';
import {formatNumber} from '../../domain/text/format.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import type {Around} from '../choose-face.ts';
import {describeRestored, isRestored} from '../restore/describe-restored.ts';
import {layOutBeside} from '../text/layout.ts';
import {drawLabel} from '../text/style.ts';
import type {View} from '../view.ts';
import {cutLines} from './cut-lines.ts';
import {drawRunning} from './draw-row.ts';
import {type Frame, indent, type Line, reserved} from './frame.ts';
import {type LiveLook, openLiveScreen} from './live-screen.ts';

/** A restore's progress in a terminal. `readState` holds the event that is being handled. */
export const createLiveRestore = (
	around: Around,
	readState: () => RestoreState,
): View<RestoreEvent> => {
	const screen = openLiveScreen(around, (frame) => drawRestore(readState(), frame));
	return {
		handle: (event) => {
			for (const name of event.type === 'restore-started' ? event.plan : []) {
				screen.makeRoomFor(toPrintable(titleOf(name)));
			}

			screen.write(describeNews(readState(), event, {...screen.look(), now: around.clock.now()}));
			screen.touch();
		},
		close: async () => screen.close(),
	};
};

/** Rows of what runs, and how far it is, in at most `rows - 1` lines. */
const drawRestore = (state: RestoreState, frame: Frame): readonly Line[] => {
	const totals: Line = [
		indent,
		{text: `${formatNumber(countDone(state))} of ${formatNumber(countAll(state))}`},
	];
	const rows = state.rows.map((row) => drawRunning(row, toPrintable(row.repository), frame));
	return rows.length === 0 ? [] : [...cutLines(rows, frame.rows - reserved, frame), [], totals];
};

/** What stays above: the one that was asked for, and of several those that something is the matter with. */
const describeNews = (
	state: RestoreState,
	event: RestoreEvent,
	look: LiveLook & {readonly now: number},
): readonly string[] => {
	if (event.type !== 'restore-ended') {
		return [];
	}

	const {restored} = event;
	const isWell = isRestored(restored) && !restored.usesLfs && restored.remoteHead === undefined;
	if (isWell && countParts(state, 'repo') !== 1) {
		return [];
	}

	return layOutBeside(
		drawLabel(isRestored(restored) ? 'done' : 'failed', toPrintable(titleOf(event)), look),
		4 + look.nameWidth + 2,
		describeRestored(event, look.now),
		look,
	);
};
