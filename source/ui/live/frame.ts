import type {Marks, Span} from '../text/style.ts';

/** The room there is to draw in, and the moment it is drawn for. */
export type Frame = {
	readonly columns: number;
	/** One more than the lines that may be drawn: the cursor rests on the last. */
	readonly rows: number;
	/** Milliseconds since 1970. */
	readonly now: number;
	/** Columns for repository names; only ever grows, so that nothing beside them jumps. */
	readonly nameWidth: number;
	readonly marks: Marks;
};

export type Line = readonly Span[];

/** Fewer show hardly anything, so a low terminal is filled. */
const fewestRows = 8;

/**
 * Rows of a terminal that are drawn in: half of them. When it becomes narrower it breaks lines in
 * two, and what then has no room on the screen is in the scrollback, where nobody can erase it.
 */
export const drawnRows = (rows: number): number =>
	Math.min(rows, Math.max(fewestRows, Math.floor(rows / 2)));

/** Totals, the blank line above them, and the line below on which the cursor rests. */
export const reserved = 3;

/** Columns of a line: the last one stays free, where terminals differ in what they do. */
export const lineWidth = ({columns}: Frame): number => Math.max(1, columns - 1);

/** Below this a row has room for words only. */
const narrow = 60;

export const isNarrow = ({columns}: Frame): boolean => columns < narrow;

export const indent: Span = {text: '  '};

/** The spinner after so many steps. */
export const spin = ({marks}: Frame, steps: number): string =>
	marks.spinner[steps % marks.spinner.length] ?? '';

/** Whole seconds since a moment. */
export const secondsSince = ({now}: Frame, since: number): number =>
	Math.max(0, Math.floor((now - since) / 1000));
