import type {Clock} from '../../ports/clock.ts';
import type {Terminal} from '../../ports/terminal.ts';
import type {Style} from '../text/style.ts';
import {measureSpans, renderSpans} from '../text/width.ts';
import type {Line} from './frame.ts';

/** Synchronised output (DEC private mode 2026): the terminal shows all of it at once or nothing. */
const syncBegin = '\u001B[?2026h';
const syncEnd = '\u001B[?2026l';
/**
 * All of a line, before it is written: one of which only the end was erased stays as long as it was
 * for tmux, which then breaks it when the terminal becomes narrower.
 */
const eraseLine = '\u001B[2K';
const moveDown = '\u001B[1B';
const moveUp = (rows: number): string => (rows > 0 ? `\u001B[${rows}A\r` : '\r');

/**
 * Erases so many rows from the cursor on and the one below them, where somebody may have typed, and
 * comes back. Row by row: erasing "all below" from the
 * top of the screen, tmux puts everything into the scrollback first; and a row that a change of size
 * had broken stays glued to the next one for a terminal until all of it was erased.
 */
const eraseRows = (rows: number): string =>
	(eraseLine + moveDown).repeat(rows) + eraseLine + moveUp(rows);

const paintInterval = 100;
/**
 * Nothing is painted for so long after a change of size. While somebody drags a border tmux has
 * broken the lines anew up to 250 ms before it tells, and who paints meanwhile misses their rows.
 * (What then takes more rows than the screen has went into the scrollback, where nobody can erase.)
 */
const settling = 400;
/** What shows a time changes without an event. */
const heartbeat = 1000;

export type WindowOptions = {
	readonly terminal: Terminal;
	readonly clock: Clock;
	readonly style: Style;
	readonly ellipsis: string;
	/** What the window shows at this moment: fewer lines than the terminal has rows. */
	readonly draw: () => readonly Line[];
};

/** The lowest lines of the terminal, painted over and over, with a scrollback that grows above. */
export type Window = {
	/** Something may have changed: paints soon, at most ten times a second. */
	touch(): void;
	/** Adds lines above that stay. */
	write(lines: readonly string[]): void;
	/** Leaves only what was written above, with the cursor below it. */
	close(): void;
};

export const openWindow = (options: WindowOptions): Window => {
	const {terminal, clock} = options;
	const showCursor = terminal.hideCursor();
	let pending: string[] = [];
	let painted: readonly PaintedLine[] = [];
	let paintedColumns = terminal.columns();
	let lastPaint = Number.NEGATIVE_INFINITY;
	let heldUntil = Number.NEGATIVE_INFINITY;
	let timer: NodeJS.Timeout | undefined;
	let turn: NodeJS.Immediate | undefined;
	let isOpen = true;

	const replace = (lines: readonly PaintedLine[]): void => {
		const rows = countRows(painted, terminal);
		const isInPlace =
			pending.length === 0 &&
			lines.length === painted.length &&
			terminal.columns() === paintedColumns;
		const erase = isInPlace ? '' : eraseRows(rows);
		const above = pending.map((line) => `${line}\n`).join('');
		const below = lines
			.map(({text}, index) =>
				isInPlace && text === painted[index]?.text ? '\n' : `${eraseLine}${text}\n`,
			)
			.join('');
		// What somebody typed stands on the last line.
		const end = eraseLine + syncEnd;
		terminal.writeError(`${syncBegin}${moveUp(rows)}${erase}${above}${below}${end}`);
		pending = [];
		painted = lines;
		paintedColumns = terminal.columns();
	};

	const paint = (): void => {
		timer = undefined;
		const lines = paintLines(options);
		if (pending.length > 0 || !areEqual(lines, painted)) {
			lastPaint = clock.elapsed();
			replace(lines);
		}
	};

	// A change of size that came meanwhile is heard of between a timer and the turn after it.
	const paintSoon = (): void => {
		turn = setImmediate(paint);
	};

	const touch = (): void => {
		if (isOpen) {
			const next = Math.max(lastPaint + paintInterval, heldUntil);
			timer ??= setTimeout(paintSoon, Math.max(0, next - clock.elapsed()));
		}
	};

	const holdOff = (): void => {
		clearTimeout(timer);
		clearImmediate(turn);
		timer = undefined;
		heldUntil = clock.elapsed() + settling;
		touch();
	};

	const beat = setInterval(touch, heartbeat).unref();
	const stopListening = terminal.onResize(holdOff);
	return {
		touch,
		write: (lines) => {
			if (lines.length > 0) {
				pending.push(...lines);
				touch();
			}
		},
		close: () => {
			isOpen = false;
			clearTimeout(timer);
			clearImmediate(turn);
			clearInterval(beat);
			stopListening();
			replace([]);
			showCursor();
		},
	};
};

type PaintedLine = {readonly text: string; readonly width: number};

const paintLines = ({terminal, style, ellipsis, draw}: WindowOptions): readonly PaintedLine[] => {
	const width = Math.max(1, terminal.columns() - 1);
	return draw().map((spans) => ({
		text: renderSpans(spans, width, {style, ellipsis}),
		width: Math.min(width, measureSpans(spans)),
	}));
};

/**
 * Rows that the painted lines take by now. A terminal that became narrower has broken them anew,
 * as every terminal does that keeps its text on a change of size.
 */
const countRows = (lines: readonly PaintedLine[], terminal: Terminal): number => {
	const columns = Math.max(1, terminal.columns());
	const rows = lines.reduce((sum, {width}) => sum + Math.max(1, Math.ceil(width / columns)), 0);
	return Math.min(rows, terminal.rows() - 1);
};

const areEqual = (left: readonly PaintedLine[], right: readonly PaintedLine[]): boolean =>
	left.length === right.length && left.every(({text}, index) => text === right[index]?.text);
