import type {Clock} from '../../ports/clock.ts';
import type {Terminal} from '../../ports/terminal.ts';
import type {TextStyle} from '../text/layout.ts';
import {marksFor, styleFor} from '../text/style.ts';
import {measureWidth} from '../text/width.ts';
import {drawnRows, type Frame, type Line} from './frame.ts';
import {openWindow, type Window} from './window.ts';

/** The part of a line that names may take before they push aside what stands beside them. */
const nameShare = 0.4;

/** Room for most names, where none was heard of yet. */
const usualName = 14;

/** What is drawn for at this moment, in the window and above it. */
export type LiveLook = Frame & TextStyle;

export type LiveScreen = Window & {
	look(): LiveLook;
	/** Widens the column of names for this one; before any is drawn, so that nothing jumps. */
	makeRoomFor(name: string): void;
};

/** A window that is drawn as this terminal can, with a column for names. */
export const openLiveScreen = (
	{terminal, clock}: {readonly terminal: Terminal; readonly clock: Clock},
	draw: (frame: Frame) => readonly Line[],
): LiveScreen => {
	const marks = marksFor(terminal);
	const style = styleFor(terminal);
	let longestName = usualName;
	const look = (): LiveLook => {
		const columns = terminal.columns();
		const nameWidth = Math.min(longestName, Math.floor(columns * nameShare));
		return {
			columns,
			rows: drawnRows(terminal.rows()),
			now: clock.now(),
			nameWidth,
			marks,
			paint: style,
		};
	};
	const drawNow = (): readonly Line[] => draw(look());
	return {
		...openWindow({terminal, clock, style, ellipsis: marks.ellipsis, draw: drawNow}),
		look,
		makeRoomFor: (name) => {
			longestName = Math.max(longestName, measureWidth(name));
		},
	};
};
