import type {RestoreEvent} from '../../domain/restore/restore-events.ts';
import {
	countAll,
	countDone,
	type RestoreState,
	titleOf,
} from '../../domain/restore/restore-state.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import type {Clock, Terminal} from '../../ports.ts';
import {describeRestored, isRestored} from '../restore/describe-restored.ts';
import type {RestoreView} from '../restore/restore-view.ts';
import {formatNumber} from '../text/count.ts';
import {type Look, layOutBeside} from '../text/layout.ts';
import {marksFor} from '../text/marks.ts';
import {styleFor} from '../text/style.ts';
import {measureWidth} from '../text/width.ts';
import {drawRunning} from './draw-row.ts';
import {drawnRows, type Frame, indent, type Line} from './frame.ts';
import {openWindow} from './window.ts';

/** The part of a line that names may take before they push aside what stands beside them. */
const nameShare = 0.4;
const usualName = 14;

/** A restore's progress in a terminal. `readState` holds the event that is being handled. */
export const createLiveRestore = (
	{terminal, clock}: {readonly terminal: Terminal; readonly clock: Clock},
	readState: () => RestoreState,
): RestoreView => {
	const marks = marksFor(terminal);
	const style = styleFor(terminal);
	let longestName = usualName;
	const look = () => {
		const columns = terminal.columns();
		const nameWidth = Math.min(longestName, Math.floor(columns * nameShare));
		const rows = drawnRows(terminal.rows());
		return {columns, rows, now: clock.now(), nameWidth, marks, style};
	};
	const draw = () => drawRestore(readState(), look());
	const window = openWindow({terminal, clock, style, ellipsis: marks.ellipsis, draw});
	return {
		handle: (event) => {
			if (event.type === 'restoring') {
				longestName = Math.max(longestName, measureWidth(toPrintable(titleOf(event))));
			}

			window.write(describeNews(readState(), event, look()));
			window.touch();
		},
		close: async () => window.close(),
	};
};

/** Rows of what runs, and how far it is, in at most `rows - 1` lines. */
const drawRestore = (state: RestoreState, frame: Frame): readonly Line[] => {
	const totals: Line = [
		indent,
		{text: `${formatNumber(countDone(state))} of ${formatNumber(countAll(state))}`},
	];
	const rows = state.rows.map((row) => drawRunning(row, toPrintable(row.repository), frame));
	const room = Math.max(0, frame.rows - 3);
	return rows.length === 0 ? [] : [...rows.slice(0, room), [], totals];
};

/** What stays above: the one that was asked for, and of several those that something is the matter with. */
const describeNews = (
	state: RestoreState,
	event: RestoreEvent,
	look: Look & {readonly nameWidth: number},
): readonly string[] => {
	if (event.type !== 'restore-ended') {
		return [];
	}

	const {restored} = event;
	const isWell = isRestored(restored) && !restored.usesLfs && restored.remoteHead === undefined;
	if (isWell && state.started?.repositories !== 1) {
		return [];
	}

	return layOutBeside(
		[
			{text: '  '},
			isRestored(restored)
				? {text: look.marks.done, style: 'green'}
				: {text: look.marks.failed, style: 'red'},
			{text: ` ${toPrintable(titleOf(event))}`, style: 'bold'},
		],
		4 + look.nameWidth + 2,
		describeRestored(event),
		look,
	);
};
