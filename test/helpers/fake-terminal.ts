import type {Terminal} from '../../source/ports/terminal.ts';

export type FakeTerminal = Terminal & {
	/** The text that was written to each stream so far. */
	out(): string;
	error(): string;
	isCursorHidden(): boolean;
	isListenedTo(): boolean;
	resize(columns: number, rows: number): void;
};

/** A terminal that only remembers. */
export const createFakeTerminal = (changes: Partial<Terminal> = {}): FakeTerminal => {
	let out = '';
	let error = '';
	let size = {columns: 80, rows: 24};
	let isHidden = false;
	const listeners = new Set<() => void>();
	return {
		writeOut: (text) => {
			out += text;
		},
		writeError: (text) => {
			error += text;
		},
		isInteractive: true,
		canAsk: true,
		hasColour: false,
		hasUnicode: true,
		columns: () => size.columns,
		outColumns: () => size.columns,
		errorColumns: () => size.columns,
		rows: () => size.rows,
		holdStill: () => {
			isHidden = true;
			return () => {
				isHidden = false;
			};
		},
		ask: async () => '',
		onResize: (listener) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		out: () => out,
		error: () => error,
		isCursorHidden: () => isHidden,
		isListenedTo: () => listeners.size > 0,
		resize: (columns, rows) => {
			size = {columns, rows};
			for (const listener of listeners) {
				listener();
			}
		},
		...changes,
	};
};
