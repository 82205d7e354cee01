import type {Clock} from '../../ports/clock.ts';
import type {Terminal} from '../../ports/terminal.ts';
import type {Span, Style} from '../text/style.ts';
import {measureSpans, renderSpans} from '../text/width.ts';

export type Line = readonly Span[];

/** Synchronised output (DEC private mode 2026): the terminal shows all of it at once or nothing. */
const syncBegin = '\u001B[?2026h';
const syncEnd = '\u001B[?2026l';
/**
 * Erases the whole line before writing it. If only its tail is erased, tmux keeps the old length
 * and wraps the line when the terminal becomes narrower.
 */
const eraseLine = '\u001B[2K';
const moveDown = '\u001B[1B';
const moveUp = (rows: number): string => (rows > 0 ? `\u001B[${rows}A\r` : '\r');

/**
 * Erases this many rows from the cursor on and the one below them, where the user may have typed,
 * and comes back. It goes row by row for two reasons: tmux puts everything into the scrollback
 * before it erases "all below" from the top of the screen, and a row that a resize has broken stays
 * joined to the next one until it is erased completely.
 */
const eraseRows = (rows: number): string =>
	(eraseLine + moveDown).repeat(rows) + eraseLine + moveUp(rows);

const paintInterval = 100;
/**
 * Milliseconds without a paint after a resize. While a border is dragged, tmux breaks the lines anew
 * up to 250 ms before it reports the new size; a paint in between would count the rows wrongly.
 * (Rows that no longer fit on the screen are in the scrollback and can never be erased.)
 */
const settling = 400;
/** Rows that show a time change without an event. Milliseconds. */
const heartbeat = 1000;

type WindowOptions = {
	readonly terminal: Terminal;
	readonly clock: Clock;
	readonly style: Style;
	readonly ellipsis: string;
	/** The content at this moment: fewer lines than the terminal has rows. */
	readonly draw: () => readonly Line[];
};

/** The lowest lines of the terminal, painted over and over, with a scrollback that grows above. */
export type Window = {
	/** Something may have changed: paints soon, at most ten times a second. */
	touch(): void;
	/** Adds lines above that stay. */
	write(lines: readonly string[]): void;
	/** Erases the window; the lines above it stay, with the cursor below them. */
	close(): void;
};

export const openWindow = (options: WindowOptions): Window => {
	const {terminal, clock} = options;
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
		// Erases what the user has typed on the last line.
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

	// A resize that happened meanwhile is reported between a timer and the turn after it.
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

	// The shell will write here meanwhile, so the window begins anew below.
	const letGo = terminal.holdStill(() => replace([]));
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
			letGo();
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

/** Rows that the painted lines take now: a terminal that became narrower has wrapped them. */
const countRows = (lines: readonly PaintedLine[], terminal: Terminal): number => {
	const columns = Math.max(1, terminal.columns());
	const rows = lines.reduce((sum, {width}) => sum + Math.max(1, Math.ceil(width / columns)), 0);
	return Math.min(rows, terminal.rows() - 1);
};

const areEqual = (left: readonly PaintedLine[], right: readonly PaintedLine[]): boolean =>
	left.length === right.length && left.every(({text}, index) => text === right[index]?.text);
