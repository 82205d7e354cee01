import {emptyRun, fold} from '../../domain/run/run-state.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import type {Clock, Terminal} from '../../ports.ts';
import {marksFor} from '../text/marks.ts';
import {styleFor} from '../text/style.ts';
import type {View} from '../view.ts';
import {drawLook} from './draw-window.ts';
import {openWindow} from './window.ts';

/** Room for most titles, so that what stands beside the first need not move aside for the next. */
const nameWidth = 14;

/** How far a dry run's look is, a line of counts a source; of it only warnings stay. */
export const openLookProgress = ({
	terminal,
	clock,
}: {
	readonly terminal: Terminal;
	readonly clock: Clock;
}): View => {
	const marks = marksFor(terminal);
	const style = styleFor(terminal);
	let state = emptyRun;
	const look = () => ({
		columns: terminal.columns(),
		rows: terminal.rows(),
		now: clock.now(),
		nameWidth,
		marks,
	});
	const draw = () => drawLook(state, look());
	const window = openWindow({terminal, clock, style, ellipsis: marks.ellipsis, draw});
	return {
		handle: (event) => {
			state = fold(state, event, clock.now());
			if (event.type === 'noticed') {
				window.write([`  ${style('yellow', marks.attention)} ${toPrintable(event.text)}`]);
			}

			window.touch();
		},
		close: async () => window.close(),
	};
};
