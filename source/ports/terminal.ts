/** The terminal, or the streams in its place. */
export interface Terminal {
	/** Writes requested data to standard output, without colours when that is not a terminal. */
	writeOut(text: string): void;
	/** Writes progress, warnings and the summary to standard error, in the same way. */
	writeError(text: string): void;
	/** Is the error stream a terminal that understands cursor movement? */
	readonly isInteractive: boolean;
	/** Can a question be asked, because input and output are both a terminal? */
	readonly canAsk: boolean;
	readonly hasColour: boolean;
	readonly hasUnicode: boolean;
	columns(): number;
	/** Columns of each stream; Infinity when it is not a terminal, so that no line is broken. */
	outColumns(): number;
	errorColumns(): number;
	rows(): number;
	/**
	 * Hides the cursor and what is typed, while lines are painted over and over: until the returned
	 * function is called or the process exits, and not while it is suspended (Ctrl-Z). Calls
	 * `onSuspend` before that.
	 */
	holdStill(onSuspend: () => void): () => void;
	/** Asks on the error stream and returns the typed line. Call it only if `canAsk`. */
	ask(question: string, signal: AbortSignal): Promise<string>;
	/** Calls the listener at each change of size, until the returned function is called. */
	onResize(listener: () => void): () => void;
}
