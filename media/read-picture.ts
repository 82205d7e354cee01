import type {IBufferCell, Terminal} from '@xterm/headless';

/** Cells side by side that look the same. */
export type Run = {
	readonly column: number;
	readonly text: string;
	/** One of the terminal's sixteen; undefined is the usual one. */
	readonly colour: number | undefined;
	readonly isBold: boolean;
	readonly isDim: boolean;
};

export type Row = readonly Run[];

/** The rows of a terminal from the top; a picture holds no more than what is seen. */
export type Picture = readonly Row[];

/** The emulator's picture as it is now, without the empty rows at its end. */
export const readPicture = (emulator: Terminal): Picture => {
	const {baseY} = emulator.buffer.active;
	const rows = Array.from({length: emulator.rows}, (_, index) => readRow(emulator, baseY + index));
	return rows.slice(0, rows.findLastIndex((row) => row.length > 0) + 1);
};

const readRow = (emulator: Terminal, y: number): Row => {
	const line = emulator.buffer.active.getLine(y);
	const runs: Run[] = [];
	for (let column = 0; column < emulator.cols; column += 1) {
		const cell = line?.getCell(column);
		if (cell !== undefined && cell.getWidth() > 0) {
			append(runs, readCell(cell, column));
		}
	}
	return runs.filter(({text}) => text.trim() !== '');
};

const readCell = (cell: IBufferCell, column: number): Run => ({
	column,
	text: cell.getChars() || ' ',
	colour: cell.isFgPalette() ? cell.getFgColor() : undefined,
	isBold: cell.isBold() > 0,
	isDim: cell.isDim() > 0,
});

/** Two spaces end a run, so that columns stay columns in a font of another width. */
const append = (runs: Run[], next: Run): void => {
	const last = runs.at(-1);
	const continues =
		last !== undefined &&
		last.colour === next.colour &&
		last.isBold === next.isBold &&
		last.isDim === next.isDim &&
		last.text.endsWith('  ') === (next.text === ' ' && last.text.endsWith('  '));
	if (continues) {
		runs[runs.length - 1] = {...last, text: last.text + next.text};
	} else {
		runs.push(next);
	}
};
